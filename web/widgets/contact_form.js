/**
 * <clinicdesk-contact-form clinic="1" practitioner="2" locale="pl">: a question to a clinic from
 * any site. Every decision is the core's; here stands only what happens on a bad line: the
 * question is kept, goes by itself when the line is back, and goes once.
 * Read next: form_view.js (what is shown), work.js (why machines find it dear).
 */
import css from './form.css';
import { fill, h } from './dom.js';
import { DeskElement } from './element.js';
import { FormMemory } from './form_memory.js';
import { form_view, show_preview, show_soon, thanks_view } from './form_view.js';
import { ask, passing, send } from './server.js';
import { Work } from './work.js';

const REQUIRED = ['text', 'name', 'email'];
const PAUSE_MS = 3000;
const PAUSE_MS_MAX = 30_000;

export class ContactForm extends DeskElement {
  /** @type {any} */ #view; /** @type {FormMemory} */ #memory; /** @type {Work} */ #work;
  #sending = false; /** @type {any} */ #timer; #failures = 0; #asked = 0;
  /** @type {any} what was sent and what came back */ #sent = null;
  /** @type {any} */ #preview = null;

  constructor() {
    super(css);
  }

  show() {
    if (!this.about.clinic_id) return fill(this.body, h('p', {}, this.language.t('no_clinic')));
    if (this.#sent) return this.#thank();
    if (this.#view) this.#keep();
    this.#remember();
    this.#work = new Work(this.from);
    this.#view = form_view(this.language, { doctor_known: Boolean(this.about.practitioner_id),
      on_submit: () => this.#submit(), on_input: () => this.#typed(),
      on_doctor: () => this.#load(false) });
    this.#recall();
    fill(this.body, this.#view.form);
    return this.#load(true);
  }

  /** Who turns to another doctor in the middle of a question takes the words along. */
  #remember() {
    if (this.#memory?.is_for(this.server, this.about)) return;
    const typed = this.#memory?.values;
    this.#memory = new FormMemory(this.server, this.about);
    if (typed && !this.#memory.values.text) this.#memory.keep({ ...typed, practitioner_id: '' });
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('online', this.#back);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('online', this.#back);
    clearTimeout(this.#timer);
  }

  /** The line is back: what waits goes, what was not loaded is asked for again. */
  #back = () => {
    if (this.#timer) this.#submit();
    else if (!this.#preview && this.#view && !this.#sent) this.#load(true);
  };

  /** Whom the question is for. */
  get #practitioner_id() {
    return this.about.practitioner_id
      ?? (Number(this.#view.fields.practitioner_id.control.value) || undefined);
  }

  /** @param {boolean} first everything, or only what depends on the doctor */
  async #load(first) {
    const asked = ++this.#asked;
    const view = this.#view;
    const practitioner_id = first ? this.about.practitioner_id : this.#practitioner_id;
    try {
      const preview = await ask(this.from, 'contact_form.preview',
        { clinic_id: this.about.clinic_id, practitioner_id });
      if (asked !== this.#asked || view !== this.#view) return;
      this.#preview = preview;
      if (!first) return show_soon(view, this.language, preview);
      show_preview(view, this.language, preview);
      if (this.#practitioner_id !== practitioner_id) this.#load(false);
    } catch (problem) {
      if (asked !== this.#asked || view !== this.#view || passing(problem)) return;
      if (first) fill(this.body, h('p', { class: 'quiet' }, this.language.t('unavailable')));
    }
  }

  #recall() {
    const { values } = this.#memory;
    const { fields } = this.#view;
    for (const [name, value] of Object.entries(values)) {
      const control = fields[name]?.control;
      if (!control || !value) continue;
      // Which doctors and services there are is known when the server has told.
      if (control.tagName === 'SELECT') control.dataset.wanted = value;
      control.value = value;
    }
    this.#view.recount();
    if (values.text) this.#view.parts.status.textContent = this.language.t('kept');
  }

  #typed() {
    this.#keep();
    this.#work.begin().catch(() => {});
    for (const field of Object.values(this.#view.fields)) {
      if (field.control === this.shadowRoot?.activeElement) field.fail();
    }
  }

  #keep() {
    const { fields } = this.#view;
    this.#memory?.keep(Object.fromEntries(Object.entries(fields).map(([name, { control }]) =>
      [name, control.value || control.dataset.wanted || ''])));
  }

  /** What is sent; empty fields are not there. */
  #input() {
    const { fields, trap } = this.#view;
    const said = (name) => fields[name].control.value.trim();
    const input = { clinic_id: this.about.clinic_id, practitioner_id: this.#practitioner_id,
      name: said('name'), email: said('email'), phone: said('phone'), service: said('service'),
      text: said('text'), locale: this.language.locale, trap: trap.control.value };
    return Object.fromEntries(Object.entries(input).filter(([, value]) => value));
  }

  async #submit() {
    if (this.#sending) return;
    clearTimeout(this.#timer);
    const input = this.#input();
    if (!this.#complete(input)) return;
    this.#busy(true);
    try {
      const out = await this.#deliver(input);
      this.#memory.forget();
      this.#sent = { input, out };
      this.#timer = null;
      this.#failures = 0;
      this.#thank().focus();
      this.dispatchEvent(new CustomEvent('clinicdesk-sent', { bubbles: true, composed: true }));
    } catch (problem) {
      this.#failed(problem);
    }
    this.#busy(false);
  }

  /** @param {any} input */
  #complete(input) {
    const { t } = this.language;
    const missing = REQUIRED.filter((name) => !input[name]);
    this.#fail(Object.fromEntries(missing.map((name) => [name, t(`empty_${name}`)])));
    return missing.length === 0;
  }

  /** Errors at their fields; the first one gets the focus.
   * @param {Record<string, string>} reasons */
  #fail(reasons) {
    const { fields, parts } = this.#view;
    for (const [name, field] of Object.entries(fields)) field.fail(reasons[name]);
    const wrong = Object.values(fields).filter(({ name }) => reasons[name]);
    fill(parts.problem);
    parts.status.textContent = wrong.length
      ? this.language.t('check', { n: wrong.length }) : '';
    wrong[0]?.control.focus();
  }

  /** One question for one key, however often it is tried. @param {any} input */
  async #deliver(input) {
    const key = this.#memory.key_of(input);
    for (let again = false; ; again = true) {
      const work = await this.#work.take();
      try {
        return await send(this.from, 'contact_form.send', input, { key, work });
      } catch (problem) {
        // The proof was too old, or spent by an attempt whose answer got lost.
        if (again || problem.code !== 'denied.work') throw problem;
      }
    }
  }

  /** @param {any} problem */
  #failed(problem) {
    const { t } = this.language;
    this.#timer = null;
    if (problem.category !== 'busy' && problem.field in this.#view.fields) {
      return this.#fail({ [problem.field]: problem.message });
    }
    const line = problem.category === 'offline';
    const words = line ? [h('p', {}, t('line_failed')), h('p', { class: 'quiet' }, t('once'))]
      : [h('p', {}, h('strong', {}, t('not_sent')), ' ', this.#reason(problem))];
    fill(this.#view.parts.problem, h('div', { class: `note ${line ? 'warn' : 'bad'}` },
      h('div', {}, words)));
    if (!passing(problem)) return undefined;
    const pause = Math.min(PAUSE_MS * 2 ** this.#failures++, PAUSE_MS_MAX);
    this.#timer = setTimeout(() => this.#submit(), pause * (0.75 + Math.random() / 2));
    return undefined;
  }

  /** @param {any} problem */
  #reason({ category, code, message }) {
    const { t } = this.language;
    if (code === 'busy.too_many') return message || t('many');
    if (category === 'busy' || category === 'storage') return t('busy');
    return (category !== 'bug' && message) || t('bug');
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.#sending = busy;
    const { button } = this.#view.parts;
    // Not disabled: who pressed it keeps the focus.
    button.setAttribute('aria-disabled', String(busy));
    button.textContent = this.language.t(busy ? 'sending' : this.#timer ? 'send_again' : 'send');
    if (busy) this.#view.parts.status.textContent = this.language.t('sending');
  }

  /** @returns {HTMLElement} its title */
  #thank() {
    const { root, title } = thanks_view(this.language, this.#sent.input, this.#sent.out, () => {
      this.#sent = null;
      this.#view = null;
      this.show();
      this.#view.fields.text.control.focus();
    });
    fill(this.body, root);
    return title;
  }
}
