/**
 * One question with everything that belongs to it: the patient's data, the thread, who has read
 * it, the answer, and beside it what happens next and why. Asking for it marks it as read
 * (rule 34), so it is asked for only while it lies open before a person.
 * Read next: form_thread.js, form_answer.js.
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { about, form_badges, state_badge } from './form_row.js';
import { form_facts, form_notices, form_thread, readers } from './form_thread.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { empty, failed, focus_in, moment_full, skeleton } from './parts.js';
import { Read } from './read.js';
import { address } from './route.js';
import { said, w } from './words.js';
import './form_answer.js';
import './story.js';

const page_size = 100;
const near_bottom_px = 120;

class Form extends LitElement {
  static properties = { contact_form_id: {}, row: {}, waiting: {}, told: { state: true },
    limit: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */ this.contact_form_id = null;
    /** @type {any} */ this.row = null;
    this.waiting = 0;
    this.told = false;
    this.limit = page_size;
    this.last_id = null;
    this.wanted = '';
    this.form = new Read(this, 'contact_form.get', () => (this.contact_form_id
      ? { contact_form_id: this.contact_form_id, limit: this.limit } : null),
    { server: 'first', while_seen: true });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => void this.form.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  willUpdate(changed) {
    if (changed.has('contact_form_id')) {
      this.told = false;
      this.limit = page_size;
      this.last_id = null;
    }
    this.was_low = this.low();
  }

  /** Where the list gives way to the form, the focus goes with the eye. */
  updated(changed) {
    const alone = getComputedStyle(this).getPropertyValue('--alone');
    if (changed.has('contact_form_id') && alone) focus_in(this, 'h2');
    this.begin_wanted();
    const last = this.form.value?.messages.at(-1);
    if (!last || last.message_id === this.last_id) return;
    const first = this.last_id === null;
    this.last_id = last.message_id;
    if (first || this.was_low || last.author === 'clinic') this.to_end();
    if (!first && last.author === 'patient') announce(w('new_from', { name: this.shown.name }));
  }

  low() {
    const area = this.querySelector('.thread-scroll');
    return !area || area.scrollHeight - area.scrollTop - area.clientHeight < near_bottom_px;
  }

  to_end() {
    requestAnimationFrame(() => {
      const area = this.querySelector('.thread-scroll');
      if (area) area.scrollTop = area.scrollHeight;
    });
  }

  get shown() {
    return this.form.value?.contact_form ?? this.row;
  }

  /** What a key asked for begins when the form is on the screen.
   * @param {string} what answer, phone or reject */
  begin(what) {
    this.told = false;
    this.wanted = what;
    this.requestUpdate();
  }

  begin_wanted() {
    const answer = /** @type {any} */ (this.querySelector('desk-form-answer'));
    if (!this.wanted || !answer) return;
    const what = this.wanted;
    this.wanted = '';
    void answer.updateComplete.then(() => answer.begin(what));
  }

  render() {
    const form = this.shown;
    if (!form) {
      const { error } = this.form;
      if (!error) return skeleton(5, 'item-skeleton');
      if (error.category !== 'missing') return failed(error, () => this.form.again());
      return empty('search', w('not_found_question'), w('not_found_hint'), html`
        <wa-button size="s" href=${address('contact_forms')}>${w('to_questions')}</wa-button>`);
    }
    return html`${this.head(form)}
      <div class="item-body ${this.told ? 'told' : ''}">
        <div class="item-main">${this.main(form)}</div>
        <desk-story .kind=${'contact_form'} .item_id=${this.contact_form_id}></desk-story>
      </div>`;
  }

  head(form) {
    return html`<header class="item-head form-head">
      ${model.limited ? nothing : html`<button type="button" class="back-button"
        @click=${() => this.dispatchEvent(new CustomEvent('back-to-list'))}>
        ${icon('arrow-left')}<span>${said('button.back_to_list')}</span></button>`}
      <div class="item-title">
        <h2 tabindex="-1">${form.name || w('erased_name')}</h2>
        <p class="item-about quiet small"><span>${about(form)}</span>
          <span>${moment_full(form.delivered_at)}</span></p>
      </div>
      <div class="badges">${state_badge(form)}
        ${form_badges({ ...form, claim: null })}</div>
      ${this.waiting ? html`<wa-button class="next" size="s" appearance="outlined"
        @click=${() => this.dispatchEvent(new CustomEvent('next-question'))}>
        ${w('next_question', { n: this.waiting })}
        <span slot="end">${icon('chevron-right')}</span></wa-button>` : nothing}
      <button type="button" class="icon-button story-button" aria-expanded=${this.told}
        aria-label=${w('show_story')} title=${w('show_story')}
        @click=${() => { this.told = !this.told; }}>${icon('history')}</button>
    </header>`;
  }

  main(form) {
    const { value, error } = this.form;
    if (!value) {
      return html`<div class="thread-scroll">${error ? failed(error, () => this.form.again())
        : skeleton(4, 'thread-skeleton')}</div>`;
    }
    const { messages, texts = {} } = value;
    return html`<div class="thread-scroll" tabindex="0" role="region" aria-label=${w('messages')}>
        ${form_facts(value)}
        ${form_notices(value)}
        ${value.more ? html`<div class="more"><wa-button size="s" appearance="plain"
          @click=${() => { this.limit = Math.min(this.limit + page_size, 200); }}>
          ${w('earlier')}</wa-button></div>` : nothing}
        ${form_thread(messages, { form, texts, is_waiting: (one) => this.is_waiting(one) })}
        ${readers(value.read_by)}
      </div>
      <desk-form-answer .contact_form_id=${this.contact_form_id} .value=${value}
        @form-changed=${() => this.form.again()}></desk-form-answer>`;
  }

  is_waiting(message) {
    return ['contact_form.answer', 'contact_form.answer_by_phone', 'contact_form.reject']
      .some((op) => model.pending(op).some((entry) =>
        entry.reply?.message_id === message.message_id));
  }
}

customElements.define('desk-form', Form);
