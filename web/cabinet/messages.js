/** The thread as it is read: days, authors, texts and what became of each notice. */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { day_name, day_time, same_day, time } from '../shared/i18n.js';
import { icon } from './kit.js';
import { purpose_label } from './parts.js';
import { said, w } from './words.js';

const delivery_icons = {
  silent: 'bell-off', queued: 'clock', sent: 'check', delivered: 'check-double', read: 'eye',
  failed: 'warning', unknown: 'info',
};

/** @param {any} message @param {boolean} waiting it has not left this device yet */
function delivery(message, waiting) {
  if (message.author !== 'clinic') return nothing;
  if (waiting) {
    return html`<span class="delivery waits" title=${w('sending_hint')}>${icon('cloud-off')}
      ${w('sending')}</span>`;
  }
  const kind = message.delivery ?? 'unknown';
  return html`<span class="delivery ${kind}">
    ${icon(delivery_icons[kind] ?? 'info')} ${said(`state.message.${kind}`)}</span>`;
}

/** What the chat is for and who sees it, above the first message (rules 6, 12, 14, 15).
 * @param {string} purpose @param {string} visibility */
export function thread_begin(purpose, visibility) {
  return html`<p class="thread-begin small quiet">${icon('lock')}<span>
    <strong>${w('purpose_chosen')}: ${purpose_label(purpose)}.</strong> ${visibility}</span></p>`;
}

function author(message, review) {
  if (message.author === 'patient') return review.author_name ?? w('patient');
  return message.agent_name ?? w('you_clinic');
}

/** @param {any} message @param {any} before @param {any} options */
function one(message, before, { review, waiting }) {
  const name = author(message, review);
  const starts = !before || before.author !== message.author || author(before, review) !== name
    || !same_day(before.sent_at, message.sent_at);
  return html`<li class="message ${message.author} ${starts ? 'starts' : ''}">
    ${starts ? html`<p class="message-author small"><strong>${name}</strong>
      ${message.agent_position ? html`<span class="quiet">${message.agent_position}</span>`
        : nothing}</p>` : html`<p class="visually-hidden">${name}</p>`}
    <div class="bubble" dir="auto"><p>${message.text}</p></div>
    <p class="message-foot small quiet">
      <time datetime=${new Date(message.sent_at).toISOString()} title=${day_time(message.sent_at)}
        >${time(message.sent_at)}</time>${delivery(message, waiting)}</p>
  </li>`;
}

function day_line(message, before) {
  if (before && same_day(before.sent_at, message.sent_at)) return nothing;
  return html`<li class="line-across"><span>${day_name(message.sent_at)}</span></li>`;
}

/**
 * @param {any[]} messages in the order in which they were sent
 * @param {{review: any, is_waiting: (message: any) => boolean,
 *   first_new_id: number | null}} options
 */
export function thread(messages, { review, is_waiting, first_new_id }) {
  return html`<ol class="messages" aria-label=${w('messages')}>
    ${repeat(messages, (message) => message.message_id, (message, at) => html`
      ${day_line(message, messages[at - 1])}
      ${message.message_id === first_new_id
        ? html`<li class="line-across new"><span>${w('new_messages')}</span></li>` : nothing}
      ${one(message, messages[at - 1], { review, waiting: is_waiting(message) })}`)}
  </ol>`;
}
