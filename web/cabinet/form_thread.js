/**
 * What was said about one question, as it is read: the patient's data, what must be known first,
 * the messages with who wrote them, calls and rejections as events, and who has looked.
 */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { day_name, day_time, same_day, time } from '../shared/i18n.js';
import { icon } from './kit.js';
import { address } from './route.js';
import { said, w } from './words.js';

const delivery_icons = { silent: 'bell-off', queued: 'clock', sent: 'check',
  delivered: 'check-double', read: 'eye', failed: 'warning', unknown: 'info' };

/** Who asks, and how to reach them: a telephone is one tap away.
 * @param {any} value contact_form.get's reply */
export function form_facts({ contact_form: form }) {
  const rows = [
    [w('field_phone'), form.phone && html`<a href="tel:${form.phone}">${form.phone}</a>`],
    [w('field_email_short'), form.email],
    [w('service'), form.service],
    [w('doctor'), form.practitioner_name],
    [w('origin'), form.origin === 'direct' ? null : w(`origin_${form.origin}`)],
  ].filter(([, shown]) => shown);
  if (!rows.length) return nothing;
  return html`<dl class="form-facts small">${rows.map(([name, shown]) => html`<div>
    <dt>${name}</dt><dd>${shown}</dd></div>`)}</dl>`;
}

/** @param {any} value */
export function form_notices({ contact_form: form, forwarded = [] }) {
  return [
    form.duplicate_of && html`<p class="notice quiet-notice">${icon('copy')}<span>
      ${w('duplicate_note')} <a href=${address('contact_form', form.duplicate_of)}>
      ${w('duplicate_open')}</a></span></p>`,
    form.bounced && html`<p class="notice warn">${icon('mail')}<span>
      ${w(form.phone ? 'bounced_note_phone' : 'bounced_note')}</span></p>`,
    form.offered_elsewhere && html`<p class="notice secondary-note">${icon('fork')}<span>
      ${w('offered_note', { when: form.offered_at ? day_time(form.offered_at) : '' })}</span></p>`,
    ...forwarded.map((one) => html`<p class="notice quiet-notice">${icon('forward')}<span>
      ${w('forwarded_note', { clinic: one.clinic_name, when: day_time(one.sent_at) })}
      </span></p>`),
    form.erased && html`<p class="notice quiet-notice">${icon('lock')}<span>
      ${w('erased_note')}</span></p>`,
  ].filter(Boolean);
}

function delivery(message, waiting) {
  if (message.author !== 'clinic' || message.kind === 'phone') return nothing;
  if (waiting) {
    return html`<span class="delivery waits" title=${w('sending_hint')}>${icon('cloud-off')}
      ${w('sending')}</span>`;
  }
  const kind = message.delivery ?? 'unknown';
  return html`<span class="delivery ${kind}">${icon(delivery_icons[kind] ?? 'info')}
    ${said(`state.message.${kind}`)}</span>`;
}

function written_at(at) {
  return html`<time datetime=${new Date(at).toISOString()} title=${day_time(at)}
    >${time(at)}</time>`;
}

/** A call and a rejection are deeds, not messages: they stand across the thread. */
function event(message, { texts, waiting }) {
  const phone = message.kind === 'phone';
  const reason = texts[`reason_${message.reason}`] ?? '';
  return html`<li class="form-event ${message.kind}">
    <p>${icon(phone ? 'phone' : 'xmark')}<span>
      <strong>${said(`state.contact_form.${phone ? 'answered_by_phone' : 'rejected'}`)}</strong>
      ${phone && message.called_at ? w('called_at', { when: day_time(message.called_at) }) : reason}
      </span></p>
    ${message.text ? html`<p class="event-text" dir="auto">${phone ? html`<span
      class="quiet small">${w('note_internal')}</span> ` : nothing}${message.text}</p>` : nothing}
    <p class="small quiet event-foot">${message.agent_name ?? w('you_clinic')}
      ${message.agent_position ? html`· ${message.agent_position}` : nothing}
      · ${written_at(message.sent_at)} ${delivery(message, waiting)}</p>
  </li>`;
}

function one(message, before, { form, waiting }) {
  const name = message.author === 'patient' ? form.name || w('patient')
    : message.agent_name ?? w('you_clinic');
  const starts = !before || before.kind !== 'text' || before.author !== message.author
    || before.agent_id !== message.agent_id || !same_day(before.sent_at, message.sent_at);
  return html`<li class="message ${message.author} ${starts ? 'starts' : ''}">
    ${starts ? html`<p class="message-author small"><strong>${name}</strong>
      ${message.agent_position ? html`<span class="quiet">${message.agent_position}</span>`
        : nothing}</p>` : html`<p class="visually-hidden">${name}</p>`}
    <div class="bubble" dir="auto"><p>${message.text}</p></div>
    <p class="message-foot small quiet">${written_at(message.sent_at)}
      ${delivery(message, waiting)}</p>
  </li>`;
}

/** @param {any[]} messages
 * @param {{form: any, texts: any, is_waiting: (one: any) => boolean}} how */
export function form_thread(messages, { form, texts, is_waiting }) {
  return html`<ol class="messages" aria-label=${w('messages')}>
    ${repeat(messages, (message) => message.message_id, (message, at) => {
      const before = messages[at - 1];
      const waiting = is_waiting(message);
      return html`
        ${before && same_day(before.sent_at, message.sent_at) ? nothing
          : html`<li class="line-across"><span>${day_name(message.sent_at)}</span></li>`}
        ${message.kind === 'text' ? one(message, before, { form, waiting })
          : event(message, { texts, waiting })}`;
    })}
  </ol>`;
}

/** Who of the clinic has seen the question (B02). @param {any[]} [read_by] */
export function readers(read_by = []) {
  if (!read_by.length) return nothing;
  return html`<p class="read-by small quiet">${icon('eye')}<span>${w('read_by')}
    ${read_by.map((one, at) => html`${at ? ', ' : ''}<span title=${day_time(one.at)}>
      ${one.agent_name}</span>`)}</span></p>`;
}
