/**
 * The two other ways to settle a question: a call that was made (rule 51) and a rejection with
 * its reason (rules 42 and 43). Both are windows of their own, and a rejection is asked twice.
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { problem } from './parts.js';
import { said, w } from './words.js';

const reasons = ['duplicate', 'spam', 'not_performed', 'cannot_meet_now'];
const MINUTE_MS = 60_000;

/** As a field for local date and time takes it. @param {number} at */
function local(at) {
  const offset_ms = new Date(at).getTimezoneOffset() * MINUTE_MS;
  return new Date(at - offset_ms).toISOString().slice(0, 16);
}

class FormDeeds extends LitElement {
  static properties = { value: {}, panel: {}, note: { state: true }, called: { state: true },
    reason: { state: true }, asking: { state: true }, error: { state: true },
    busy: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.value = null;
    this.panel = '';
    this.clear();
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  clear() {
    this.note = '';
    this.called = '';
    this.reason = '';
    this.asking = false;
    /** @type {any} */ this.error = null;
    this.busy = false;
  }

  willUpdate(changed) {
    if (changed.has('panel') && this.panel) {
      this.clear();
      this.called = local(model.now());
      const { contact_form_id, last_message_id } = this.value.contact_form;
      this.base = { contact_form_id, last_message_id };
    }
  }

  close() {
    this.dispatchEvent(new CustomEvent('closed'));
  }

  /** @param {string} op @param {object} input @param {string} word what is said when it is done */
  async act(op, input, word) {
    this.busy = true;
    this.error = null;
    try {
      await model.deed(op, { ...this.base, ...input });
      this.close();
      toast(w(word), { kind: 'good' });
      this.dispatchEvent(new CustomEvent('done'));
    } catch (error) {
      this.error = error;
      announce(error.message, 'assertive');
    } finally {
      this.busy = false;
    }
  }

  save_call() {
    const called_at = this.called ? new Date(this.called).getTime() : undefined;
    const note = this.note.trim();
    void this.act('contact_form.answer_by_phone', { ...(note && { note }),
      ...(called_at && { called_at }) }, 'phone_saved');
  }

  reject() {
    const note = this.note.trim();
    void this.act('contact_form.reject', { reason: this.reason, ...(note && { note }) },
      'rejected_done');
  }

  render() {
    return [this.phone_dialog(), this.reject_dialog()];
  }

  closed_by(event, panel) {
    if (event.target.matches('wa-dialog') && this.panel === panel) this.close();
  }

  phone_dialog() {
    return html`<wa-dialog label=${said('button.answer_by_phone')}
      ?open=${this.panel === 'answer_by_phone'} class="deed-dialog phone-dialog"
      @wa-after-hide=${(event) => this.closed_by(event, 'answer_by_phone')}>
      <div class="deed-form">
        ${problem(this.error)}
        <p class="quiet small">${w('phone_hint')}</p>
        <wa-input type="datetime-local" label=${w('phone_when')} step="300"
          max=${local(model.now())} .value=${this.called}
          @input=${(event) => { this.called = event.target.value; }}></wa-input>
        <wa-textarea label=${w('phone_note')} hint=${w('phone_note_hint')} rows="3" resize="auto"
          maxlength="2000" .value=${this.note}
          @input=${(event) => { this.note = event.target.value; }}></wa-textarea>
      </div>
      <wa-button slot="footer" appearance="plain" @click=${this.close}>${w('cancel')}</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${this.busy} @click=${this.save_call}>
        <span slot="start">${icon('phone')}</span>${w('phone_save')}</wa-button>
    </wa-dialog>`;
  }

  reason_word(reason) {
    return this.value.texts?.[`reason_${reason}`] ?? reason;
  }

  reject_dialog() {
    return html`<wa-dialog label=${w('reject_title', { name: this.value.contact_form.name })}
      ?open=${this.panel === 'reject'} class="deed-dialog reject-dialog"
      @wa-after-hide=${(event) => this.closed_by(event, 'reject')}>
      <div class="deed-form">${problem(this.error)}
        ${this.asking ? this.reject_summary() : this.reject_choice()}</div>
      ${this.asking ? html`
        <wa-button slot="footer" appearance="plain" @click=${() => { this.asking = false; }}>
          ${w('back')}</wa-button>
        <wa-button slot="footer" variant="danger" ?loading=${this.busy} @click=${this.reject}>
          ${said('button.reject')}</wa-button>` : html`
        <wa-button slot="footer" appearance="plain" @click=${this.close}>
          ${w('cancel')}</wa-button>
        <wa-button slot="footer" variant="brand" ?disabled=${!this.reason}
          @click=${() => { this.asking = true; }}>${w('reject_next')}</wa-button>`}
    </wa-dialog>`;
  }

  reject_choice() {
    return html`<fieldset class="reasons"><legend>${w('reject_why')}</legend>
        ${reasons.map((reason) => html`<label class="reason"><input type="radio" name="reason"
          value=${reason} .checked=${this.reason === reason}
          @change=${() => { this.reason = reason; }}><span>${this.reason_word(reason)}</span>
        </label>`)}</fieldset>
      <wa-textarea label=${w('reject_note')} hint=${w('reject_note_hint')} rows="3" resize="auto"
        maxlength="2000" .value=${this.note}
        @input=${(event) => { this.note = event.target.value; }}></wa-textarea>`;
  }

  reject_summary() {
    return html`<p>${w('reject_sure')}</p>
      <blockquote class="reject-reads"><p><strong>${this.reason_word(this.reason)}</strong></p>
        ${this.note.trim() ? html`<p>${this.note.trim()}</p>` : nothing}</blockquote>
      <p class="small quiet">${w('reject_then')}</p>`;
  }
}

customElements.define('desk-form-deeds', FormDeeds);
