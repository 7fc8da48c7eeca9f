/**
 * One field with its label, hint and error, tied together for those who hear the page.
 */
import { h } from './dom.js';

/** @param {{name:string, label:string, hint?:string, below?:boolean, optional?:string,
 *   control:any, more?:any}} what below: a field beside another has its hint below, so that the two
 *   stay in line */
export function make_field({ name, label, hint, below, optional, control, more }) {
  const hint_line = hint && h('p', { class: 'hint', id: `${name}-hint` }, hint);
  const error = h('p', { class: 'error', id: `${name}-error` });
  control.id = name;
  control.name = name;
  const described = [hint && `${name}-hint`, more && `${name}-more`].filter(Boolean);
  const describe = (ids) => (ids.length ? control.setAttribute('aria-describedby', ids.join(' '))
    : control.removeAttribute('aria-describedby'));
  describe(described);
  const row = h('div', { class: `field ${name}` },
    h('label', { for: name }, label, optional && h('span', { class: 'quiet' }, ` (${optional})`)),
    !below && hint_line,
    h('div', { class: 'control' }, control, control.tagName === 'SELECT' && h('span',
      { class: 'arrow', 'aria-hidden': 'true' })),
    h('div', { class: 'under' }, error, below && hint_line,
      more && h('p', { class: 'hint', id: `${name}-more` }, more)));
  return { name, row, control,
    /** @param {string} [text] the reason in words; none takes it away */
    fail(text = '') {
      error.textContent = text;
      control.setAttribute('aria-invalid', String(Boolean(text)));
      describe(text ? [`${name}-error`, ...described] : described);
    },
  };
}

/** A field that people never meet: not seen, not read out, not reached by keyboard, not filled in
 * by browsers. Machines fill in what they find. @param {string} label */
export function make_trap(label) {
  const control = h('input', { id: 'trap', name: 'trap', type: 'text', tabindex: -1,
    autocomplete: 'off', 'data-lpignore': 'true', 'data-1p-ignore': true,
    'data-bwignore': true, 'data-form-type': 'other' });
  const row = h('div', { class: 'trap', 'aria-hidden': 'true', inert: true },
    h('label', { for: 'trap' }, label), control);
  return { row, control };
}

/** @param {[string, string][]} options value and words */
export const options = (options) => options.map(([value, words]) =>
  h('option', { value }, words));
