/**
 * The page behind a link that a patient got. It shows nothing about anybody until the person taps:
 * only that tap exchanges the link for a session, so that mail and message scanners change
 * nothing. Read next: door.js (link and code), talk.js (the conversation).
 */
import './patient.css';
import { render } from 'lit';
import '../shared/page.js';
import { session, use_role } from '../shared/api.js';
import { add_words, onLocale, setLocale, t } from '../shared/i18n.js';
import { patient_words } from './words.js';
import { door_view } from './door.js';
import { make_door } from './door_state.js';

use_role('patient');
add_words(patient_words);

const root = document.getElementById('page');
/** @type {() => any} */
let view = () => '';
let close_talk = () => {};
/** @type {{kind:string, words:any, load:() => Promise<any>}} */
let about;

/** Draws the present view again. */
export function draw() {
  document.title = t('title');
  render(view(), root);
}

/** The link's token never stays in the address, nor in the history. It waits in this tab only
 * until it has been exchanged, because a phone may drop the tab while the code is looked up. */
function take_token() {
  const token = location.hash.slice(1);
  if (token) {
    history.replaceState(null, '', location.pathname);
    sessionStorage.setItem('token', token);
  }
  return token || sessionStorage.getItem('token');
}

/** The conversation's code. A page that stood open over a new version of the product asks for
 * files that are gone; loaded anew it finds the new ones, and the session is there already. */
async function conversation() {
  try {
    const code = await about.load();
    sessionStorage.removeItem('reloaded');
    return code;
  } catch (error) {
    if (!navigator.onLine || sessionStorage.getItem('reloaded')) throw error;
    sessionStorage.setItem('reloaded', 'once');
    location.reload();
    return new Promise(() => {});
  }
}

const pages = { review_chat: '/chat', contact_form: '/form' };

/** @param {any} opened who the session belongs to */
async function enter(opened) {
  sessionStorage.removeItem('token');
  // A link that was opened under the other page's address has been exchanged all the same.
  if (opened.item.kind !== about.kind) return location.replace(pages[opened.item.kind]);
  if (opened.locale) setLocale(opened.locale, { keep: false });
  const { open_talk } = await conversation();
  const talk = await open_talk(opened, { draw, leave });
  close_talk = () => talk.close();
  view = () => talk.view();
  draw();
  await talk.start();
}

/** The session is over: back to the door, with what can be done. @param {any} [problem] */
function leave(problem) {
  const door = make_door(null, { draw, enter });
  door.fail(problem, 'signed_out');
  view = () => door_view(door);
  draw();
}

async function start() {
  const token = take_token();
  close_talk();
  const door = make_door(token, { draw, enter });
  view = () => door_view(door);
  if (token) return draw();
  door.screen = 'loading';
  draw();
  try {
    const opened = await session();
    // A browser knows one patient's session, which may be that of the other page.
    if (opened?.item?.kind === about.kind) return await enter(opened);
    door.fail(null);
  } catch (error) {
    door.fail(error, 'error_title', start);
  }
  draw();
}

/** @param {{kind:string, words:any, load:() => Promise<any>}} page which item's page this is, its
 *   own words, and the code of its conversation */
export async function start_page(page) {
  about = page;
  add_words(page.words);
  onLocale(draw);
  addEventListener('hashchange', () => location.hash.length > 1 && start());
  root.replaceChildren();
  await start();
  // The conversation's code is fetched while the person reads the first screen.
  page.load().catch(() => {});
}
