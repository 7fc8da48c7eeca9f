/**
 * Signing in without a password: by a link that was asked for here, which works once, in this
 * browser, or elsewhere with the code shown here; or by the link of a notice, which opens its one
 * item. Opening the page changes nothing, so that a mail scanner spends no link; the tap does.
 */
import './sign-in.css';
import { html, render } from 'lit';
import { live } from 'lit/directives/live.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '../shared/kit.js';
import { announce } from '../shared/announce.js';
import { session, tap, use_role } from '../shared/api.js';
import { add_words, onLocale, t } from '../shared/i18n.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import { words_of } from '../shared/problem.js';
import { sign_in_words } from './words.js';

use_role('staff');
add_words(sign_in_words);

const root = document.getElementById('page');
const state = { screen: 'ask', token: '', email: '', code: '', error: '', busy: false,
  problem: null, way: '' };

/** The token leaves the address before anything else happens. */
function take_token() {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}

function draw() {
  document.title = `${t('title')} · Clinicdesk`;
  render(html`<header class="door-top">${language_switch()}</header>
    <main class="door" aria-busy=${state.busy}>${screens[state.screen]()}</main>`, root);
}

/** One thing at a time; a refusal is shown where the person is. @param {() => any} act */
async function work(act) {
  if (state.busy) return;
  Object.assign(state, { busy: true, error: '' });
  draw();
  try {
    await act();
  } catch (error) {
    refused(error);
  }
  state.busy = false;
  draw();
}

/** @param {any} error */
function refused(error) {
  const dead = ['refused.expired_link', 'refused.used_link'].includes(error.code)
    || error.category === 'missing' || (error.category === 'invalid' && state.screen !== 'ask');
  if (dead) {
    look_for_session();
    return Object.assign(state, { screen: 'problem', problem: error });
  }
  state.error = words_of(error);
  announce(state.error, 'assertive');
}

/** @param {SubmitEvent} event */
function form_of(event) {
  return new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
}

/** @param {SubmitEvent} event */
function ask(event) {
  event.preventDefault();
  const email = String(form_of(event).get('email') ?? '').trim();
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) {
    state.error = t('email_wrong');
    return draw();
  }
  work(async () => {
    const { out } = await tap('/session/request', { email });
    Object.assign(state, { screen: 'sent', email, code: String(out.code) });
  });
}

/** @param {string} [code] */
function open(code) {
  work(async () => {
    const { out } = await tap('/session/open', { token: state.token, ...(code && { code }) });
    if (out.code_needed) state.screen = 'code';
    else enter(out);
  });
}

/** @param {any} opened */
function enter(opened) {
  if (opened.actor?.role === 'patient') {
    return location.replace(opened.item?.kind === 'contact_form' ? '/form' : '/chat');
  }
  location.replace(way_of(opened));
}

/** @param {any} opened */
function way_of({ item }) {
  return `/cabinet/${item ? `#/${item.kind}/${item.item_id}` : remembered_route()}`;
}

/** Where the person wanted to go before signing in; only a route of the cabinet. */
function remembered_route() {
  const route = localStorage.getItem('return_to') ?? '';
  localStorage.removeItem('return_to');
  return route.startsWith('#/') ? route : '';
}

/** @param {SubmitEvent} event */
function enter_code(event) {
  event.preventDefault();
  const code = String(form_of(event).get('code') ?? '').replace(/\D/g, '');
  if (code.length === 6) return open(code);
  state.error = t('code_incomplete');
  draw();
}

function restart() {
  Object.assign(state, { screen: 'ask', error: '', problem: null, token: '' });
  draw();
}

const brand = () => html`<p class="brand"><span class="brand-mark">${icon('message')}</span>
  Clinicdesk</p>`;

const problem_line = () => (state.error ? html`<p class="problem" id="error">${icon('warning')}
  <span>${state.error}</span></p>` : '');

const screens = {
  ask: () => html`
    ${brand()}
    <h1>${t('ask_title')}</h1>
    <p class="door-text">${t('ask_text')}</p>
    <form class="ask-form" novalidate @submit=${ask}>
      <wa-input name="email" type="email" label=${t('email')} autocomplete="email" inputmode="email"
        enterkeyhint="send" .value=${live(state.email)} @input=${(event) => {
          state.email = event.target.value;
        }}></wa-input>
      ${problem_line()}
      <wa-button class="wide" type="submit" variant="brand" ?loading=${state.busy}>${t('ask')}
      </wa-button>
    </form>`,

  sent: () => html`
    <div class="door-mark">${icon('mail')}</div>
    <h1>${t('sent_title')}</h1>
    <p class="door-text">${t('sent_text', { email: state.email })}</p>
    <section class="other-browser">
      <p>${t('sent_code')}</p>
      <p class="big-code" aria-label=${[...state.code].join(' ')}>${state.code.slice(0, 3)}<span
        class="gap"></span>${state.code.slice(3)}</p>
    </section>
    <p class="door-note">${icon('lock')}<span>${t('code_note')}</span></p>
    <wa-button class="wide" appearance="plain" @click=${restart}>${t('other_email')}</wa-button>`,

  open: () => html`
    ${brand()}
    <h1>${t('open_title')}</h1>
    <p class="door-text">${t('open_text')}</p>
    <wa-button class="wide" variant="brand" ?loading=${state.busy} @click=${() => open()}>
      ${t('open')}</wa-button>
    ${problem_line()}`,

  code: () => html`
    <div class="door-mark">${icon('shield')}</div>
    <h1>${t('code_title')}</h1>
    <p class="door-text">${t('code_text')}</p>
    <form class="code" novalidate @submit=${enter_code}>
      <label for="code">${t('code_label')}</label>
      <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7"
        placeholder="000000" autofocus spellcheck="false" aria-invalid=${Boolean(state.error)}
        aria-describedby="error">
      ${problem_line()}
      <wa-button class="wide" type="submit" variant="brand" ?loading=${state.busy}>
        ${t('code_enter')}</wa-button>
    </form>`,

  problem: () => html`
    <div class="door-mark quiet-mark">${icon('key')}</div>
    <h1>${t('problem_title')}</h1>
    <p class="door-text">${state.problem.code === 'refused.used_link' ? t('used_text')
      : state.problem.message}</p>
    ${state.way ? html`<wa-button class="wide" variant="brand" href=${state.way}>
        ${t('to_cabinet')}</wa-button>` : ''}
    <wa-button class="wide" variant=${state.way ? 'neutral' : 'brand'}
      appearance=${state.way ? 'plain' : 'accent'} @click=${restart}>${t('new_link')}
    </wa-button>`,
};

/** The link may have been opened in another tab meanwhile. Who is in for one item only may be here
 * to sign in for the rest; who came by a link that does not open stays to read why, and is shown
 * the way. */
async function look_for_session() {
  if (document.visibilityState !== 'visible') return;
  const opened = await session().catch(() => null);
  if (!opened) return;
  if (['ask', 'sent'].includes(state.screen)) {
    if (!opened.item) enter(opened);
    return;
  }
  if (state.screen !== 'problem') return;
  state.way = way_of(opened);
  draw();
}

function start() {
  state.token = take_token();
  state.screen = state.token ? 'open' : 'ask';
  draw();
}

onLocale(draw);
addEventListener('hashchange', () => location.hash.length > 1 && start());
addEventListener('visibilitychange', look_for_session);
root.replaceChildren();
start();
look_for_session();
