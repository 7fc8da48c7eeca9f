/**
 * An existing private chat: the thread, its notices, and the composer while writing is allowed.
 * What is allowed, and why not, is the core's answer; this only shows it.
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { icon } from './kit.js';
import { thread, thread_begin } from './messages.js';
import { model } from './model.js';
import { failed, rule_chip, skeleton } from './parts.js';
import { Read } from './read.js';
import { w } from './words.js';
import './composer.js';
import { asks_for_data } from './representative.js';

const page_size = 50;
const near_bottom_px = 120;

class Chat extends LitElement {
  static properties = { review: {}, review_chat_id: {}, top: {}, limit: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.review = null;
    /** @type {number | null} */ this.review_chat_id = null;
    /** @type {unknown} */ this.top = nothing;
    /** @type {number | null} */ this.last_id = null;
    /** @type {number | null} */ this.marking = null;
    this.limit = page_size;
    this.first_new_id = null;
    this.chat = new Read(this, 'review_chat.get', () => (this.review_chat_id
      ? { review_chat_id: this.review_chat_id, limit: this.limit } : null));
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.seen);
    this.forget = onLocale(() => void this.chat.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.seen);
    this.forget();
  }

  willUpdate(changed) {
    if (changed.has('review_chat_id')) {
      this.limit = page_size;
      this.last_id = null;
      this.first_new_id = null;
    }
    this.was_low = this.low();
  }

  updated() {
    const messages = this.chat.value?.messages;
    if (!messages?.length) return;
    const last = messages.at(-1);
    if (last.message_id !== this.last_id) {
      const first = this.last_id === null;
      this.last_id = last.message_id;
      if (first || this.was_low || last.author === 'clinic') this.to_end();
    }
    this.seen();
  }

  /** The clinic has seen what is on the screen in front of a person, and only that. */
  seen = () => {
    const n = this.review?.review_chat?.unread_count ?? 0;
    const messages = this.chat.value?.messages;
    if (!n || document.hidden || !messages || this.marking === this.last_id) return;
    this.marking = this.last_id;
    const theirs = messages.filter((message) => message.author === 'patient');
    this.first_new_id = theirs.at(-n)?.message_id ?? null;
    this.requestUpdate();
    model.send('review_chat.mark_read', { review_chat_id: this.review_chat_id })
      .catch(() => { this.marking = null; });
  };

  get scroller() {
    return this.querySelector('.thread-scroll');
  }

  low() {
    const area = this.scroller;
    return !area || area.scrollHeight - area.scrollTop - area.clientHeight < near_bottom_px;
  }

  to_end() {
    requestAnimationFrame(() => {
      const area = this.scroller;
      if (area) area.scrollTop = area.scrollHeight;
    });
  }

  async begin() {
    await this.updateComplete;
    await /** @type {any} */ (this.querySelector('desk-composer'))?.begin();
  }

  /** @param {string} text */
  post = async (text) => {
    const reply = await model.send('review_chat.post',
      { review_chat_id: this.review_chat_id, text });
    announce(w(model.state.online ? 'message_sent' : 'message_queued'));
    return Boolean(reply);
  };

  is_waiting(message) {
    return ['review_chat.post', 'review_chat.open'].some((op) => model.pending(op)
      .some((entry) => entry.reply?.message_id === message.message_id));
  }

  render() {
    const { value, error } = this.chat;
    return html`<div class="thread-scroll" tabindex="0" role="region"
        aria-label=${w('messages')}>
        ${this.top}
        ${value ? this.thread(value) : error ? failed(error, () => this.chat.again())
          : skeleton(3, 'thread-skeleton')}
      </div>
      ${value ? this.foot(value) : nothing}`;
  }

  thread({ review_chat, messages }) {
    return html`<div class="thread">
      ${thread_begin(review_chat.purpose, this.texts.notice_visibility)}
      ${review_chat.message_count > messages.length ? html`<div class="more">
        <wa-button size="s" appearance="plain" @click=${() => { this.limit += page_size; }}>
          ${w('earlier')}</wa-button></div>` : nothing}
      ${thread(messages, { review: this.review, first_new_id: this.first_new_id,
        is_waiting: (message) => this.is_waiting(message) })}
    </div>`;
  }

  get texts() {
    return this.chat.value?.texts ?? {};
  }

  /** The chat itself still waits for the line: its number is not final, so nothing follows yet. */
  get unborn() {
    return model.pending('review_chat.open')
      .some((entry) => entry.in.review_id === this.review.review_id);
  }

  foot({ review_chat, allowed, refused }) {
    if (this.unborn) {
      return html`<div class="thread-foot"><p class="notice quiet-notice">${icon('cloud-off')}
        <span>${w('chat_pending')}</span></p></div>`;
    }
    return html`<div class="thread-foot">
      ${this.notices(review_chat)}
      ${allowed.includes('post') ? html`<desk-composer
        draft_key="review_chat.${this.review.review_id}" .label=${w('composer')}
        .submit=${this.post}></desk-composer>`
        : this.refusal(refused.find(({ event }) => event === 'post'))}
    </div>`;
  }

  notices(chat) {
    const solved = chat.solved ? html`<p class="notice good">${icon('handshake')}
      <span>${w('solved_banner')}</span></p>` : nothing;
    const muted = chat.muted && chat.state === 'open' ? html`<p class="notice warn">
      ${icon('bell-off')}<span>${this.texts.notice_muted}</span></p>` : nothing;
    return [solved, muted];
  }

  /** Why nobody may write, in the core's words. */
  refusal(why) {
    if (!why) return nothing;
    if (why.code === asks_for_data) {
      return html`<p class="small">${why.message}</p><desk-representative
        @representative-set=${() => this.chat.again()}></desk-representative>`;
    }
    return html`<p class="notice quiet-notice">${icon('lock')}
      <span>${why.message}</span>${rule_chip(why.rule)}</p>`;
  }
}

customElements.define('desk-chat', Chat);
