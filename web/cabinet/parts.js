/**
 * Small pieces that several screens draw: stars, badges, times, empty and failed states.
 * Each is a pure function of what it shows.
 */
import { html, nothing } from 'lit';
import { day, day_time, relative, time, same_day } from '../shared/i18n.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { has_word, w } from './words.js';

const five = [1, 2, 3, 4, 5];

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

/** @param {'good'|'warn'|'bad'|'accent'|'quiet'} tone @param {string} name @param {unknown} text */
export function badge(tone, name, text) {
  return html`<span class="badge ${tone}">${icon(name)}<span>${text}</span></span>`;
}

/** The facts of a chat in one word and colour; several may hold, the most urgent is first. */
export function chat_badges(chat) {
  if (!chat) return [];
  const badges = [];
  if (chat.state === 'ended') badges.push(['quiet', 'lock', 'chat_ended']);
  else if (chat.last_author === 'patient') badges.push(['accent', 'message', 'chat_patient']);
  else badges.push(['quiet', 'clock', 'chat_waiting']);
  if (chat.solved) badges.unshift(['good', 'handshake', 'chat_solved']);
  if (chat.failed) badges.push(['bad', 'warning', 'delivery_failed']);
  if (chat.muted && chat.state !== 'ended') badges.push(['warn', 'bell-off', 'chat_muted']);
  return badges.map(([tone, name, word]) => badge(tone, name, w(word)));
}

/** @param {unknown} number of the rule in the specification */
export function rule_chip(number) {
  return number ? html`<span class="rule">${w('rule', { n: String(number) })}</span>` : nothing;
}

/** A refusal or failure where it happened, in the core's words. @param {any} error */
export function problem(error) {
  if (!error) return nothing;
  const field = error.field && has_word(`field_${error.field}`) ? w(`field_${error.field}`) : '';
  const message = error.category === 'offline' ? w('gone_offline') : error.message;
  return html`<wa-callout class="problem" variant="danger" role="alert">
    <span slot="icon">${icon('warning')}</span>
    <span>${field ? w('error_field', { field, message }) : message}</span>
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
    <p class="quiet">${error.category === 'offline' ? w('gone_offline') : error.message}</p>
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

/** The core's label for a purpose; the cabinet's word stands in while it loads. */
export function purpose_label(purpose) {
  return model.text(`purpose.${purpose}`, w(`purpose_${purpose}`));
}
