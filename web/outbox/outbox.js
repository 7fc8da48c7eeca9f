/**
 * What the `local` adapter would have sent, as the people would see it: a phone per number, the
 * mails beside it, links that work. A developer's page; it changes nothing.
 */
import './outbox.css';
import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { announce } from '../shared/announce.js';
import { request } from '../shared/api.js';
import { add_words, day_time, onLocale, t } from '../shared/i18n.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import '../shared/page.js';
import { outbox_words } from './words.js';

add_words(outbox_words);

const REFRESH_MS = 2000;
const root = document.getElementById('page');
const state = { messages: [], loaded: false, online: true, asking: false, drawn: 0 };

/** Messages come by id, so that each is fetched once. */
async function refresh() {
  if (state.asking) return;
  state.asking = true;
  const after = state.messages.at(-1)?.id ?? 0;
  try {
    const { out } = await request(`/outbox.json?after=${after}`);
    const fresh = out.messages.filter((message) => message.id > after);
    if (state.loaded) fresh.forEach(tell);
    state.messages = [...state.messages, ...fresh];
    Object.assign(state, { loaded: true, online: true });
  } catch {
    state.online = false;
  }
  state.asking = false;
  draw();
  if (state.drawn !== state.messages.length) show_newest();
  state.drawn = state.messages.length;
}

/** As on a phone: the newest message is in sight. */
function show_newest() {
  for (const list of root.querySelectorAll('.phone ol')) list.scrollTop = list.scrollHeight;
}

/** @param {any} message */
function tell(message) {
  announce(t(is_sms(message) ? 'new_sms' : 'new_mail', { to: message.to }));
}

/** @param {any} message */
function is_sms(message) {
  return message.kind.startsWith('sms');
}

function draw() {
  document.title = `${t('title')} · Clinicdesk`;
  render(view(), root);
}

function view() {
  const phones = new Map();
  for (const message of state.messages.filter(is_sms)) {
    phones.set(message.to, [...(phones.get(message.to) ?? []), message]);
  }
  const newest = [...phones].sort((a, b) => b[1].at(-1).id - a[1].at(-1).id);
  const mails = state.messages.filter((message) => !is_sms(message)).reverse();
  return html`
    <header class="top">
      <div>
        <h1>${t('title')}</h1>
        <p class="live ${state.online ? '' : 'off'}" role="status">${icon(state.online ? 'refresh'
          : 'cloud-off')}${t(state.online ? 'live' : 'paused')}</p>
      </div>
      <nav>
        <a href="/cabinet/">${t('cabinet')}</a>
        <a href="/platform">${t('platform')}</a>
      </nav>
      ${language_switch()}
      <p class="lead">${t('lead')}</p>
    </header>
    <main>
      <section aria-labelledby="phones">
        <h2 id="phones">${icon('phone')}${t('phones')}</h2>
        ${newest.length
          ? html`<div class="phones">${repeat(newest, ([to]) => to, phone_view)}</div>`
          : empty('phone', 'empty_phones')}
      </section>
      <section aria-labelledby="mails">
        <h2 id="mails">${icon('mail')}${t('mails')}</h2>
        ${mails.length ? html`<ol class="mails">${repeat(mails, (mail) => mail.id, mail_view)}</ol>`
          : empty('mail', 'empty_mails')}
      </section>
    </main>`;
}

/** @param {string} name @param {string} words */
function empty(name, words) {
  if (!state.loaded) return html`<span class="skeleton wait" aria-busy="true"></span>`;
  return html`<p class="empty">${icon(name)}<span>${t(words)}</span></p>`;
}

/** @param {[string, any[]]} phone */
function phone_view([to, messages]) {
  return html`<article class="phone">
    <div class="phone-top"><span class="lens"></span></div>
    <h3>${to}</h3>
    <p class="count">${t('sms_count', { n: messages.length })}</p>
    <ol tabindex="0" aria-label=${to}>${repeat(messages, (message) => message.id, (message) => html`
      <li><time datetime=${new Date(message.at).toISOString()}>${day_time(message.at)}</time>
        <p>${linked(message.text)}</p></li>`)}</ol>
  </article>`;
}

/** @param {any} mail */
function mail_view(mail) {
  return html`<li class="mail">
    <div class="mail-head"><h3>${mail.subject}</h3>
      <time datetime=${new Date(mail.at).toISOString()}>${day_time(mail.at)}</time></div>
    <p class="mail-to">${t('to')}: ${mail.to}</p>
    <p class="mail-text">${linked(mail.text)}</p>
  </li>`;
}

/** Only addresses of the web become links; everything else stays text.
 * @param {string} text */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, at) => (at % 2
    ? html`<a href=${part} target="_blank" rel="noopener noreferrer">${part}</a>` : part));
}

onLocale(draw);
draw();
await refresh();
addEventListener('visibilitychange', refresh);
setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_MS);
