/**
 * One review with everything that belongs to it: its label and text, the public reply, the
 * private chat or the way to begin it, and the story beside. Buttons come from `allowed`.
 * Read next: chat.js (an existing chat), chat_start.js (a new one), story.js.
 */
import { LitElement, html, nothing } from 'lit';
import { onLocale } from '../shared/i18n.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { badge, chat_badges, empty, failed, focus_in, moment_full, skeleton, stars }
  from './parts.js';
import { Read } from './read.js';
import { address, go } from './route.js';
import { said, w } from './words.js';
import './chat.js';
import './chat_start.js';
import './public_reply.js';
import './story.js';

/** The review's own lines: who, when, about whom, the label above the text (rule 28). */
export function review_card(review) {
  return html`<article class="review" aria-label=${w('review_of', { name: review.author_name })}>
    ${review.label ? html`<p class="review-label">${icon('handshake')}
      <span>${review.label}</span></p>` : nothing}
    <blockquote class="review-text" dir="auto">${review.text}</blockquote>
  </article>`;
}

/** @param {any} review @param {{back: () => void, more?: unknown}} options */
export function item_head(review, { back, more = nothing }) {
  return html`<header class="item-head">
    <button type="button" class="icon-button item-back" @click=${back} aria-label=${w('to_list')}>
      ${icon('arrow-left')}</button>
    <div class="item-title">
      <h2 tabindex="-1">${review.author_name}</h2>
      <p class="item-about quiet small">${stars(review)}
        <span>${review.practitioner_name
          ? w('about_practitioner', { name: review.practitioner_name }) : w('about_clinic')}</span>
        <span>${moment_full(review.published_at)}</span></p>
    </div>
    <div class="badges">
      ${review.state === 'annulled' ? badge('quiet', 'star', said('state.review.annulled'))
        : nothing}
      ${chat_badges(review.review_chat && { ...review.review_chat, solved: false })}</div>
    ${more}
  </header>`;
}

class Conversation extends LitElement {
  static properties = { review_id: {}, row: {}, waiting: {}, told: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */ this.review_id = null;
    /** @type {any} */ this.row = null;
    this.waiting = 0;
    this.told = false;
    this.review = new Read(this, 'review.get',
      () => (this.review_id ? { review_id: this.review_id } : null));
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => void this.review.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  /** The list's row is on the screen at once; the full answer follows. */
  get shown() {
    return this.review.value?.review ?? this.row;
  }

  willUpdate(changed) {
    if (changed.has('review_id')) this.told = false;
  }

  /** Where the list gives way to the review, the focus goes with the eye. */
  updated(changed) {
    const alone = getComputedStyle(this).getPropertyValue('--alone');
    if (changed.has('review_id') && alone) focus_in(this, 'h2');
  }

  /** Moves the cursor to what a key or a button asked for. @param {'chat' | 'reply'} what */
  async begin(what) {
    this.told = false;
    await this.updateComplete;
    const part = what === 'reply' ? 'desk-public-reply' : 'desk-chat, desk-chat-start';
    await /** @type {any} */ (this.querySelector(part))?.begin();
  }

  back = () => go(address('reviews'));

  render() {
    const review = this.shown;
    if (!review) {
      if (!this.review.error) return skeleton(5, 'item-skeleton');
      if (this.review.error.category !== 'missing') {
        return failed(this.review.error, () => this.review.again());
      }
      return empty('search', w('not_found'), w('not_found_hint'), html`
        <wa-button size="s" href=${address('reviews')}>${w('to_list')}</wa-button>`);
    }
    const { allowed = [], refused = [] } = this.review.value ?? {};
    return html`
      ${item_head(review, { back: this.back, more: this.head_buttons() })}
      <div class="item-body ${this.told ? 'told' : ''}">
        <div class="item-main">${this.chat(review, allowed, refused)}</div>
        ${this.story(review)}
      </div>`;
  }

  head_buttons() {
    return html`
      ${this.waiting ? html`<wa-button class="next" size="s" appearance="outlined"
        title=${w('key_patient')}
        @click=${() => this.dispatchEvent(new CustomEvent('next-patient'))}>
        ${w('next_patient', { n: this.waiting })}<span slot="end">${icon('chevron-right')}</span>
        </wa-button>` : nothing}
      <button type="button" class="icon-button story-button" aria-expanded=${this.told}
      @click=${() => { this.told = !this.told; }} aria-label=${w('show_story')}
      title=${w('show_story')}>${icon('history')}</button>`;
  }

  /** The review and the public reply scroll away with the messages; the composer stays. */
  top(review, allowed, refused) {
    return html`${review_card(review)}
      <desk-public-reply .review=${review} .allowed=${allowed} .refused=${refused}>
      </desk-public-reply>`;
  }

  chat(review, allowed, refused) {
    const top = this.top(review, allowed, refused);
    if (review.review_chat_id) {
      return html`<desk-chat .review=${review} .review_chat_id=${review.review_chat_id} .top=${top}>
        </desk-chat>`;
    }
    return html`<div class="thread-scroll">${top}
      <desk-chat-start .review=${review} .allowed=${allowed} .refused=${refused}
        @reply-publicly=${() => this.begin('reply')}></desk-chat-start></div>`;
  }

  story(review) {
    const item = review.review_chat_id
      ? { kind: 'review_chat', item_id: review.review_chat_id }
      : { kind: 'review', item_id: review.review_id };
    return html`<desk-story .kind=${item.kind} .item_id=${item.item_id}
      .review_id=${review.review_id} .annulled=${review.state === 'annulled'}></desk-story>`;
  }
}

customElements.define('desk-conversation', Conversation);

/** A chat's address whose review is not among the loaded rows: asks once where it belongs. */
class ChatLookup extends LitElement {
  static properties = { review_chat_id: {} };

  constructor() {
    super();
    /** @type {number | null} */ this.review_chat_id = null;
    this.chat = new Read(this, 'review_chat.get', () => (this.review_chat_id
      ? { review_chat_id: this.review_chat_id, limit: 1 } : null), { once: true });
  }

  createRenderRoot() {
    return this;
  }

  render() {
    if (this.chat.value) {
      go(address('reviews', this.chat.value.review_chat.review_id), { replace: true });
    }
    if (!this.chat.error) return skeleton(5, 'item-skeleton');
    return empty('search', w('not_found_chat'), w('not_found_hint'), html`
      <wa-button size="s" href=${address('reviews')}>${w('to_list')}</wa-button>`);
  }
}

customElements.define('desk-chat-lookup', ChatLookup);
