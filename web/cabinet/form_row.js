/**
 * One question in the list: who, about what, how long it waits, who is at it. The question
 * itself is not here, because seeing it would mark it as read (rule 34).
 */
import { html, nothing } from 'lit';
import { day_time, relative } from '../shared/i18n.js';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { lasting } from './lasting.js';
import { model } from './model.js';
import { badge, moment } from './parts.js';
import { address } from './route.js';
import { said, w } from './words.js';

const done_icons = { answered: 'reply', answered_by_phone: 'phone', rejected: 'xmark' };

/** The state in the core's words; new ones stand out. @param {any} row */
export function state_badge(row) {
  const words = said(`state.contact_form.${row.state}`);
  if (row.state === 'new') return html`<span class="badge accent new-badge">${words}</span>`;
  const tone = row.state === 'rejected' ? 'quiet' : row.state === 'read' ? 'soft' : 'good';
  return badge(tone, done_icons[row.state] ?? 'eye', words);
}

/** How long the patient has waited, and the moment in the title.
 * @param {any} row */
function waiting(row) {
  if (!row.waiting_since_at) return html`<span class="row-when quiet small">
    ${moment(row.last_at ?? row.delivered_at)}</span>`;
  const at = row.waiting_since_at;
  return html`<span class="row-when row-waits small" title=${day_time(at)}>
    <span class="visually-hidden">${w('waits_for')}</span>
    ${icon('clock')}<time datetime=${new Date(at).toISOString()}>
      ${lasting(model.now() - at)}</time></span>`;
}

function due(row) {
  if (!row.waiting_since_at || !row.due_at) return nothing;
  const late = row.due_at < model.now();
  return badge(late ? 'bad' : 'quiet', late ? 'warning' : 'flag', html`<span
    title=${day_time(row.due_at)}>${late ? w('overdue') : w('due',
      { when: relative(row.due_at, model.now()) })}</span>`);
}

/** Everything that sets this question apart, the most urgent first. @param {any} row */
export function form_badges(row) {
  const { claim } = row;
  const answering = claim && claim.until_at > model.now();
  return [
    answering && badge('warn', 'pencil', claim.mine ? w('you_answer')
      : w('answers_now', { name: claim.agent_name })),
    row.reminded_at && badge('warn', 'bell', w('reminded')),
    row.secondary && badge('secondary', 'fork', said('state.contact_form.secondary')),
    row.origin === 'forwarded' && badge('soft', 'forward', w('origin_forwarded')),
    row.bounced && badge('bad', 'mail', w('bounced')),
    row.duplicate_of && badge('quiet', 'copy', w('duplicate')),
  ].filter(Boolean);
}

/** @param {any} row whom it asks, and about what */
export function about(row) {
  return [row.practitioner_name ?? w('to_clinic'), row.service].filter(Boolean).join(' · ');
}

function answered(row) {
  if (row.waiting_since_at || !row.answered_at) return nothing;
  return html`<p class="row-line small">${icon('user')}<span class="one-line">
    ${row.answered_by ?? ''} · ${moment(row.answered_at)}</span></p>`;
}

/** @param {any} row @param {{open: boolean}} options */
export function form_row(row, { open }) {
  const { contact_form_id } = row;
  return html`<li class="row form-row ${open ? 'current' : ''}
      ${row.state === 'new' ? 'unread' : ''}" data-form-id=${contact_form_id}>
    <div class="row-head">
      ${row.state === 'new' ? state_badge(row) : nothing}
      <a class="row-link" href=${address('contact_form', contact_form_id)}
        aria-current=${open ? 'true' : nothing}>${row.name || w('erased_name')}</a>
      ${waiting(row)}
    </div>
    <p class="row-about quiet small">${about(row)}</p>
    ${answered(row)}
    <div class="badges">
      ${row.state === 'new' || row.waiting_since_at && row.state === 'read' ? nothing
        : state_badge(row)}
      ${form_badges(row)} ${due(row)}
      ${drafts.get(`contact_form.${contact_form_id}`) ? badge('warn', 'pencil', w('draft'))
        : nothing}
    </div>
  </li>`;
}
