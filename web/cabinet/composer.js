/**
 * The field in which the clinic writes. A draft is kept per chat until it is sent; a prepared
 * text stands in it until somebody writes his own.
 */
import { LitElement, html, nothing } from 'lit';
import { toast } from '../shared/toast.js';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { problem } from './parts.js';
import { said, w } from './words.js';

class Composer extends LitElement {
  static properties = {
    draft_key: {}, label: {}, prepared: {}, submit: {}, submit_word: {},
    maxlength: { type: Number }, text: { state: true }, error: { state: true },
    busy: { state: true },
  };

  constructor() {
    super();
    this.draft_key = '';
    this.label = '';
    /** @type {string | null} */ this.submit_word = null;
    /** @type {(text: string) => Promise<boolean>} */ this.submit = async () => false;
    /** @type {any} */ this.error = null;
    this.busy = false;
    this.text = '';
    this.prepared = '';
    this.maxlength = 4000;
  }

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    const other = changed.has('draft_key');
    if (other) {
      this.error = null;
      this.text = drafts.get(this.draft_key) ?? this.prepared ?? '';
    } else if (changed.has('prepared')) {
      const untouched = !this.text || this.text === (changed.get('prepared') ?? '');
      if (untouched && drafts.get(this.draft_key) === null) this.text = this.prepared ?? '';
    }
  }

  get own() {
    return this.text !== (this.prepared ?? '') && this.text !== '';
  }

  write(text) {
    this.text = text;
    drafts.set(this.draft_key, text === this.prepared ? '' : text);
    this.dispatchEvent(new CustomEvent('draft', { bubbles: true }));
  }

  async begin() {
    await this.updateComplete;
    this.querySelector('wa-textarea')?.focus();
  }

  discard() {
    const kept = this.text;
    this.write(this.prepared ?? '');
    toast(w(this.prepared ? 'text_restored' : 'draft_discarded'),
      { undo: () => this.write(kept), undo_label: w('undo') });
    void this.begin();
  }

  async send() {
    if (this.busy || !this.text.trim()) return;
    this.busy = true;
    this.error = null;
    const key = this.draft_key;
    try {
      // The owner decides what sending is; false means it asked back and nothing was sent.
      const sent = await this.submit(this.text.trim());
      if (sent !== false) {
        drafts.forget(key);
        if (this.draft_key === key) this.text = '';
        this.dispatchEvent(new CustomEvent('draft', { bubbles: true }));
      }
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  submitted(event) {
    event.preventDefault();
    void this.send();
  }

  pressed(event) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void this.send();
  }

  render() {
    return html`<form class="composer" @submit=${this.submitted}>
      ${problem(this.error)}
      <wa-textarea size="m" rows="2" resize="auto" label=${this.label} maxlength=${this.maxlength}
        .value=${this.text} placeholder=${this.label}
        @input=${(event) => this.write(event.target.value)} @keydown=${this.pressed}></wa-textarea>
      <div class="composer-foot">
        <span class="quiet small composer-hint">
          ${w(this.own ? 'draft_kept' : 'composer_hint')}</span>
        ${this.own ? html`<button type="button" class="text-button" @click=${this.discard}>
          ${w(this.prepared ? 'text_restore' : 'draft_discard')}</button>` : nothing}
        <wa-button type="submit" size="s" variant="brand" ?loading=${this.busy}
          ?disabled=${!this.text.trim()}>
          <span slot="start">${icon('send')}</span>
          ${this.submit_word ?? said('button.post')}</wa-button>
      </div>
    </form>`;
  }
}

customElements.define('desk-composer', Composer);
