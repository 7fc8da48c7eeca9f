/**
 * The public reply to a review (rule 26): read by everybody, so it is shown once more before it
 * is published. Undo appears only where an earlier text can really come back.
 */
import { LitElement, html, nothing } from 'lit';
import { toast } from '../shared/toast.js';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { focus_in, moment_full, problem } from './parts.js';
import { said, w } from './words.js';

class PublicReply extends LitElement {
  static properties = {
    review: {}, allowed: {}, refused: {}, step: { state: true }, text: { state: true },
    error: { state: true }, busy: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */ this.review = null;
    /** @type {any} */ this.error = null;
    this.busy = false;
    this.allowed = [];
    this.refused = [];
    this.step = 'shown';
    this.text = '';
  }

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    if (changed.has('review') && changed.get('review')?.review_id !== this.review?.review_id) {
      this.step = 'shown';
      this.error = null;
    }
  }

  get key() {
    return `reply.${this.review.review_id}`;
  }

  async begin() {
    if (!this.allowed.includes('reply')) return;
    this.text = drafts.get(this.key) ?? this.review.reply ?? '';
    this.step = 'writing';
    await this.updateComplete;
    const field = this.querySelector('wa-textarea');
    await field?.updateComplete;
    field?.focus();
  }

  async leave() {
    this.step = 'shown';
    this.error = null;
    await this.updateComplete;
    focus_in(this, 'wa-button');
  }

  async check() {
    if (!this.text.trim()) return;
    this.step = 'checking';
    await this.updateComplete;
    focus_in(this, '.publish');
  }

  async publish() {
    const before = this.review.reply;
    this.busy = true;
    this.error = null;
    try {
      await this.store(this.text.trim());
      drafts.forget(this.key);
      toast(w('public_reply_done'), { kind: 'good', undo_label: w('undo'),
        undo: before ? () => void this.restore(before) : undefined });
      await this.leave();
    } catch (error) {
      this.error = error;
      this.step = 'writing';
    } finally {
      this.busy = false;
    }
  }

  store(text) {
    return model.send('review.reply', { review_id: this.review.review_id, text });
  }

  async restore(before) {
    await this.store(before);
    toast(w('public_reply_undone'));
  }

  write(text) {
    this.text = text;
    drafts.set(this.key, text === (this.review.reply ?? '') ? '' : text);
  }

  render() {
    if (this.step === 'writing') return this.editor();
    if (this.step === 'checking') return this.checking();
    return this.shown();
  }

  shown() {
    const { reply, replied_at } = this.review;
    const may = this.allowed.includes('reply');
    const button = may ? html`<wa-button size="s" appearance=${reply ? 'plain' : 'outlined'}
      @click=${() => this.begin()}><span slot="start">${icon(reply ? 'pencil' : 'reply')}</span>
      ${reply ? w('public_reply_edit') : said('button.reply')}</wa-button>` : nothing;
    if (!reply) return html`<div class="reply-none">${button}</div>`;
    return html`<section class="reply" aria-label=${w('public_reply_by')}>
      <p class="reply-head small"><strong>${w('public_reply_by')}</strong>
        ${replied_at ? html`<span class="quiet">${moment_full(replied_at)}</span>` : nothing}
        ${this.waiting() ? html`<span class="delivery waits">${icon('cloud-off')}
          ${w('sending')}</span>` : nothing}</p>
      <p class="reply-text">${reply}</p>
      ${button}
    </section>`;
  }

  submitted(event) {
    event.preventDefault();
    void this.check();
  }

  /** Escape leaves the editor, not the review; the draft stays. */
  pressed(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    void this.leave();
  }

  waiting() {
    return model.pending('review.reply')
      .some((entry) => entry.in.review_id === this.review.review_id);
  }

  editor() {
    return html`<form class="reply-editor" @submit=${this.submitted} @keydown=${this.pressed}>
      ${problem(this.error)}
      <wa-textarea rows="3" resize="auto" label=${w('public_reply_label')}
        hint=${w('public_reply_hint')} .value=${this.text}
        @input=${(event) => this.write(event.target.value)}></wa-textarea>
      <div class="buttons">
        <wa-button type="submit" size="s" variant="brand" ?disabled=${!this.text.trim()}>
          ${w('check')}</wa-button>
        <wa-button size="s" appearance="plain" @click=${() => this.leave()}>
          ${w('cancel')}</wa-button>
      </div>
    </form>`;
  }

  checking() {
    return html`<section class="reply checking" role="group"
      aria-label=${w('public_reply_confirm')}>
      <p><strong>${w('public_reply_confirm')}</strong></p>
      <p class="small quiet">${w('public_reply_confirm_text')}</p>
      <p class="reply-text">${this.text.trim()}</p>
      <div class="buttons">
        <wa-button class="publish" size="s" variant="brand" ?loading=${this.busy}
          @click=${() => this.publish()}>${w('public_reply_publish')}</wa-button>
        <wa-button size="s" appearance="plain" @click=${() => { this.step = 'writing'; }}>
          ${w('edit')}</wa-button>
      </div>
    </section>`;
  }
}

customElements.define('desk-public-reply', PublicReply);
