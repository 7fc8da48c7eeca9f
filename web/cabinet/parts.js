/**
 * Small pieces that several screens draw: stars, badges, times, empty and failed states.
 * Each is a pure function of what it shows.
 */
import { html, nothing } from 'lit';
import { day, day_time, relative, time, same_day } from '../shared/i18n.js';
import { icon } from './kit.js';
import { has_word, said, w } from './words.js';

const five = [1, 2, 3, 4, 5];

/** Moves the cursor to a part of an element. @param {Element} host @param {string} selector */
export function focus_in(host, selector) {
  /** @type {HTMLElement | null} */ (host.querySelector(selector))?.focus();
}

/** @param {{rating?: number | null, annulled_rating?: number | null}} review */
export function stars({ rating, annulled_rating }) {
  if (!rating && !annulled_rating) return nothing;
  const shown = rating ?? annulled_rating;
  const annulled = rating === null || rating === undefined;
  const label = annulled ? w('stars_annulled', { n: shown }) : w('stars', { n: shown });
  return html`<span class="stars ${annulled ? 'annulled' : ''}" role="img" aria-label=${label}>
    ${five.map((n) => icon('star', n <= shown ? 'filled on' : 'filled off'))}</span>`;
}

/** @param {number} at */
export function moment(at) {
  const now = Date.now();
  const shown = same_day(at, now) ? time(at) : day(at);
  return html`<time datetime=${new Date(at).toISOString()} title=${day_time(at)}>${shown}</time>`;
}

/** @param {number} at */
export function moment_full(at) {
  return html`<time datetime=${new Date(at).toISOString()} title=${day_time(at)}>
    ${relative(at)}</time>`;
}

/** @param {'good'|'warn'|'bad'|'accent'|'soft'|'quiet'|'secondary'} tone @param {string} name
 * @param {unknown} text */
export function badge(tone, name, text) {
  return html`<span class="badge ${tone}">${icon(name)}<span>${text}</span></span>`;
}

/** The facts of a chat in one word and colour; several may hold, the most urgent is first. */
export function chat_badges(chat) {
  if (!chat) return [];
  const ended = chat.state === 'ended';
  const theirs = chat.last_author === 'patient';
  return [
    chat.solved && badge('good', 'handshake', said('state.review_chat.solved')),
    ended && badge('quiet', 'lock', said('state.review_chat.ended')),
    !ended && theirs && badge('accent', 'message', w('chat_patient')),
    !ended && !theirs && badge('quiet', 'clock', w('chat_waiting')),
    chat.failed && badge('bad', 'warning', said('state.message.failed')),
    !ended && chat.muted && badge('warn', 'bell-off', said('state.review_chat.muted')),
  ].filter(Boolean);
}

/** @param {unknown} number of the rule in the specification */
export function rule_chip(number) {
  return number ? html`<span class="rule">${w('rule', { n: String(number) })}</span>` : nothing;
}

/** The core's sentence, with the screen's name of the field that it speaks of.
 * @param {any} error */
export function message_of(error) {
  if (error.category === 'offline') return w('gone_offline');
  const field = `field_${error.field}`;
  return has_word(field) ? error.message.replaceAll(error.field, w(field)) : error.message;
}

/** A refusal or failure where it happened. @param {any} error */
export function problem(error) {
  if (!error) return nothing;
  return html`<wa-callout class="problem" variant="danger" role="alert">
    <span slot="icon">${icon('warning')}</span>
    <span>${message_of(error)}</span>
    ${rule_chip(error.rule)}
  </wa-callout>`;
}

/** @param {string} name @param {string} title @param {string} hint @param {unknown} [more] */
export function empty(name, title, hint, more = nothing) {
  return html`<div class="empty">
    <span class="empty-mark">${icon(name)}</span>
    <p class="empty-title">${title}</p>
    <p class="quiet">${hint}</p>
    ${more}
  </div>`;
}

/** @param {any} error @param {() => void} again */
export function failed(error, again) {
  return html`<div class="empty" role="alert">
    <span class="empty-mark bad">${icon('warning')}</span>
    <p class="empty-title">${w('error_load')}</p>
    <p class="quiet">${message_of(error)}</p>
    <wa-button size="s" @click=${again}>${w('retry')}</wa-button>
  </div>`;
}

/** @param {number} lines @param {string} [more] */
export function skeleton(lines, more = '') {
  return html`<div class="skeletons ${more}" aria-busy="true">
    <span class="visually-hidden" role="status">${w('loading')}</span>
    ${Array.from({ length: lines }, () => html`<wa-skeleton effect="sheen"></wa-skeleton>`)}
  </div>`;
}

/** @param {string} purpose */
export function purpose_label(purpose) {
  return said(`button.purpose.${purpose}`);
}
