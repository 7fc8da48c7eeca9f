/**
 * What the contact form shows. Built once for each language, changed in place afterwards, so that
 * nothing moves away under the thumb and no typed word is lost. Decides nothing.
 */
import { numbers_in } from '../shared/numbers.js';
import { fill, h, icon } from './dom.js';
import { make_field, make_trap, options } from './form_field.js';

/** How long a question may be; the core refuses what is longer. */
const LETTERS_MAX = 4000;

/** @typedef {ReturnType<typeof form_view>} FormView */

/** @param {any} language @param {{doctor_known:boolean, on_submit:() => void,
 *   on_input:() => void, on_doctor:() => void}} how */
export function form_view(language, { doctor_known, on_submit, on_input, on_doctor }) {
  const { t } = language;
  const fields = make_fields(language, doctor_known);
  const trap = make_trap(t('trap'));
  const count = fields.text.row.querySelector('#text-more');
  const parts = {
    whom: h('p', { class: 'whom', id: 'whom' }, '\u00a0'),
    emergency: h('p', { class: 'note warn emergency', part: 'emergency' }),
    soon: h('div', { class: 'soon', part: 'soon' }),
    problem: h('div', { class: 'problem', role: 'alert' }),
    status: h('p', { class: 'unseen', role: 'status' }),
    button: h('button', { type: 'submit', class: 'button', part: 'button' }, t('send')),
  };
  const form = h('form', { novalidate: true, 'aria-labelledby': 'title whom', part: 'form',
    onsubmit: (event) => { event.preventDefault(); on_submit(); },
    oninput: () => { show_count(language, count, fields.text.control.value); on_input(); } },
  h('header', {}, h('h2', { id: 'title', part: 'heading' }, t('form_title')), parts.whom),
  parts.emergency,
  h('div', { class: 'row' }, !doctor_known && fields.practitioner_id.row, fields.service.row),
  fields.text.row,
  h('div', { class: 'row' }, fields.name.row, fields.email.row),
  fields.phone.row, trap.row, parts.soon, parts.problem, parts.button, parts.status);
  fields.practitioner_id.control.addEventListener('change', on_doctor);
  show_count(language, count, '');
  show_emergency(parts, EMERGENCY[language.locale]);
  fill(parts.soon, icon('clock'), h('p', {}, t('soon_mail')));
  return { form, fields, trap, parts,
    recount: () => show_count(language, count, fields.text.control.value) };
}

/** @param {any} language @param {boolean} doctor_known */
function make_fields({ t }, doctor_known) {
  const pick = (words) => h('select', { disabled: true, autocomplete: 'off' },
    options([['', words]]));
  const input = (type, autocomplete, more = {}) => h('input', { type, autocomplete,
    spellcheck: 'false', autocapitalize: type === 'text' ? 'words' : 'none', ...more });
  const list = [
    make_field({ name: 'practitioner_id', label: t('doctor'),
      control: pick(doctor_known ? '' : t('any_doctor')) }),
    make_field({ name: 'service', label: t('service'), control: pick(t('any_service')) }),
    make_field({ name: 'text', label: t('question'), hint: t('question_hint'), more: ' ',
      control: h('textarea', { rows: 5, required: true, autocomplete: 'off',
        enterkeyhint: 'enter' }) }),
    make_field({ name: 'name', label: t('name'),
      control: input('text', 'name', { required: true }) }),
    make_field({ name: 'email', label: t('email'), hint: t('email_hint'), below: true,
      control: input('email', 'email', { required: true, inputmode: 'email' }) }),
    make_field({ name: 'phone', label: t('phone'), optional: t('optional'),
      hint: t('phone_hint'), control: input('tel', 'tel', { inputmode: 'tel' }) }),
  ];
  return Object.fromEntries(list.map((field) => [field.name, field]));
}

/** @param {any} language @param {Element} element @param {string} text */
function show_count({ t }, element, text) {
  const n = [...text].length;
  const over = n - LETTERS_MAX;
  element.textContent = over > 0 ? t('letters_over', { n: over })
    : t('letters', { n, max: LETTERS_MAX });
  element.classList.toggle('over', over > 0);
}

/** What the clinic says about itself before anything is sent.
 * @param {FormView} view @param {any} language @param {any} preview */
export function show_preview({ parts, fields }, language, preview) {
  const { t } = language;
  parts.whom.textContent = preview.practitioner_name ? t('whom_doctor',
    { name: preview.practitioner_name, clinic: preview.clinic_name }) : preview.clinic_name;
  show_emergency(parts, preview.emergency);
  const doctors = preview.practitioners.map((one) => [String(one.practitioner_id), one.name]);
  offer(fields.practitioner_id, t('any_doctor'), doctors, 2);
  offer(fields.service, t('any_service'), preview.services.map((one) => [one, one]), 1);
  show_soon({ parts }, language, preview);
}

/** It stands there before the server has answered, and when it never does.
 * @param {any} parts @param {string} notice */
function show_emergency({ emergency }, notice) {
  fill(emergency, icon('warning'), h('span', {}, numbers_in(notice)
    .map(({ text, call }) => (call ? h('a', { href: `tel:${call}` }, text) : text))));
}

/** @param {any} field @param {string} none @param {[string, string][]} choices
 * @param {number} least so many make a choice */
function offer(field, none, choices, least) {
  const { control, row } = field;
  const chosen = control.dataset.wanted ?? control.value;
  fill(control, options([['', none], ...choices]));
  control.value = choices.some(([value]) => value === chosen) ? chosen : '';
  control.disabled = false;
  row.hidden = choices.length < least;
}

/** When an answer may be expected; the absence comes first. It stands where it always stood.
 * @param {{parts:any}} view @param {any} language @param {any} preview */
export function show_soon({ parts }, { t, moment }, preview) {
  const { warning, open_now, opens_at, response } = preview;
  const lines = [
    open_now ? t('open_now') : opens_at ? t('closed_until', { when: moment(opens_at) })
      : open_now === false ? t('closed') : '',
    response?.enough ? response.text : '',
  ].filter(Boolean);
  parts.soon.classList.toggle('warn', Boolean(warning));
  fill(parts.soon, icon(warning ? 'warning' : 'clock'),
    h('p', {}, warning ? warning.text : lines.join(' ') || t('soon_mail')));
}

/** @param {any} language @param {{email:string, phone?:string}} sent @param {any} out
 * @param {() => void} on_another */
export function thanks_view({ t }, { email, phone }, out, on_another) {
  const title = h('h2', { id: 'title', tabindex: -1, part: 'heading' }, t('thanks'));
  const root = h('section', { class: 'thanks', 'aria-labelledby': 'title', part: 'thanks' },
    h('span', { class: 'mark' }, icon('check')), title,
    h('p', {}, t('thanks_mail', { email })),
    out.warning && h('p', { class: 'note warn' }, icon('warning'), h('span', {}, out.warning.text)),
    phone && h('p', {}, t('thanks_phone', { phone })),
    h('p', { class: 'quiet' }, t('thanks_junk')),
    h('button', { type: 'button', class: 'button plain', onclick: on_another }, t('another')));
  return { root, title };
}
