/**
 * The page behind the link of an SMS. It shows nothing about anybody until the person taps:
 * only that tap exchanges the link for a session, so that mail and message scanners change
 * nothing. Read next: door.js (link and code), chat.js (the conversation).
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
let close_chat = () => {};

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
    const code = await import('./chat.js');
    sessionStorage.removeItem('reloaded');
    return code;
  } catch (error) {
    if (!navigator.onLine || sessionStorage.getItem('reloaded')) throw error;
    sessionStorage.setItem('reloaded', 'once');
    location.reload();
    return new Promise(() => {});
  }
}

/** @param {any} opened who the session belongs to */
async function enter(opened) {
  sessionStorage.removeItem('token');
  if (opened.locale) setLocale(opened.locale, { keep: false });
  const { open_chat } = await conversation();
  const chat = await open_chat(opened, { draw, leave });
  close_chat = () => chat.close();
  view = () => chat.view();
  draw();
  await chat.start();
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
  close_chat();
  const door = make_door(token, { draw, enter });
  view = () => door_view(door);
  if (token) return draw();
  door.screen = 'loading';
  draw();
  try {
    const opened = await session();
    if (opened?.item) return await enter(opened);
    door.fail(null);
  } catch (error) {
    door.fail(error, 'error_title', start);
  }
  draw();
}

onLocale(draw);
addEventListener('hashchange', () => location.hash.length > 1 && start());
root.replaceChildren();
await start();
// The conversation's code is fetched while the person reads the first screen.
import('./chat.js').catch(() => {});
