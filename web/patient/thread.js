import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { icon } from '../shared/icons.js';
import { day_name, same_day, t, time } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';

/** Messages of one person within this time stand together under one name. */
const TOGETHER_MS = 5 * 60_000;

/** @param {any} talk @param {string} [silent] why nobody is told of new messages */
export function thread_view(talk, silent) {
  const messages = talk.messages();
  return html`
    ${talk.more ? html`<p class="older"><wa-button appearance="plain"
      @click=${() => talk.load_older()}>${t('older')}</wa-button></p>` : ''}
    ${messages.length ? html`<ol class="thread">${repeat(messages,
      (message) => message.entry?.id ?? message.message_id,
      (message, at) => message_view(talk, message, messages[at - 1]))}</ol>`
      : html`<p class="empty quiet">${icon('message')}<span>${t('empty')}</span></p>`}
    ${silent ? html`<p class="notice">${icon('bell-off')}<span>${silent}</span></p>` : ''}`;
}

/** @param {any} talk @param {any} message @param {any} before */
function message_view(talk, message, before) {
  const mine = message.author === 'patient';
  const new_day = Number.isFinite(message.sent_at)
    && (!before || !same_day(before.sent_at, message.sent_at));
  const together = before && !new_day && before.author === message.author
    && before.agent_name === message.agent_name
    && message.sent_at - before.sent_at < TOGETHER_MS;
  const event = (message.kind ?? 'text') !== 'text';
  return html`
    ${new_day ? html`<li class="day"><span>${day_name(message.sent_at)}</span></li>` : ''}
    ${event ? event_view(talk, message) : html`<li class="message ${look(message, mine, together)}">
      ${together || mine ? html`<span class="visually-hidden">${author(message, mine)}</span>`
        : html`<p class="author"><strong>${author(message, mine)}</strong>${message.agent_position
          ? html`<span class="quiet">, ${message.agent_position}</span>` : ''}</p>`}
      <div class="bubble"><p class="text">${message.text}</p>${foot(talk, message, mine)}</div>
      ${message.refusal ? refusal_view(talk, message.refusal) : ''}
    </li>`}`;
}

/** What the clinic did instead of writing. @param {any} talk @param {any} message */
function event_view(talk, message) {
  const { title, text, mark } = talk.event_words(message);
  return html`<li class="message event ${message.kind}">
    <div class="event-in">${icon(mark)}<div><p><strong>${title}</strong></p>
      ${text ? html`<p class="text">${text}</p>` : ''}
      ${message.text ? html`<p class="text note-of-clinic">${message.text}</p>` : ''}
      <p class="quiet small">${message.agent_name ? `${message.agent_name}, ` : ''}<time
        datetime=${new Date(message.sent_at).toISOString()}>${time(message.sent_at)}</time></p>
    </div></div></li>`;
}

/** @param {any} message @param {boolean} mine @param {boolean} together */
function look(message, mine, together) {
  const waits = message.entry && !message.entry.settling;
  return [mine ? 'mine' : 'theirs', together && 'together', message.refusal && 'failed',
    waits && 'waits'].filter(Boolean).join(' ');
}

/** @param {any} message @param {boolean} mine */
function author(message, mine) {
  return mine ? t('you') : message.agent_name || t('clinic');
}

/** Time and what has become of it. @param {any} talk @param {any} message @param {boolean} mine */
function foot(talk, message, mine) {
  if (message.refusal) return '';
  const waits = message.entry && !message.entry.settling;
  return html`<p class="foot">
    ${waits ? html`<span class="fate">${icon('clock')}${t(talk.state.online ? 'sending'
      : 'waiting')}</span>` : html`
      <time datetime=${new Date(message.sent_at).toISOString()}>${time(message.sent_at)}</time>
      ${mine ? fate(message) : ''}`}</p>`;
}

/** @param {any} message */
function fate(message) {
  const seen = message.delivery === 'read';
  return html`<span class="fate">${icon(seen ? 'check-double' : 'check')}<span
    class="visually-hidden">${t(seen ? 'seen' : 'sent')}</span></span>`;
}

/** @param {any} talk @param {any} refusal */
function refusal_view(talk, refusal) {
  return html`<div class="refusal">
    <p>${icon('warning')}<span><strong>${t('not_sent')}.</strong>
      ${words_of(refusal.error)}</span></p>
    <wa-button appearance="outlined" @click=${() => talk.take_back(refusal)}
      >${t('take_back')}</wa-button>
    <wa-button appearance="plain" @click=${() => talk.dismiss(refusal)}
      >${t('dismiss')}</wa-button>
  </div>`;
}
