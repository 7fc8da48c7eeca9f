/**
 * The platform's moderator reads chats of all clinics and never writes. Each opening is recorded
 * by the core, so a chat is asked once per opening and not again by itself.
 */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { onLocale } from '../shared/i18n.js';
import { item_head, review_card } from './conversation.js';
import { chosen_rows } from './filters.js';
import { ask_help, command_of, step_rows } from './keys.js';
import { icon } from './kit.js';
import { thread, thread_begin } from './messages.js';
import { badge, chat_badges, empty, failed, focus_in, moment, purpose_label, skeleton, stars }
  from './parts.js';
import { Read } from './read.js';
import { address, go } from './route.js';
import { said, w } from './words.js';
import './story.js';

class Moderator extends LitElement {
  static properties = { review_chat_id: {}, words: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */ this.review_chat_id = null;
    this.words = '';
    this.list = new Read(this, 'review_chat.list', () => ({}));
    this.chat = new Read(this, 'review_chat.get', () => (this.review_chat_id
      ? { review_chat_id: this.review_chat_id } : null), { once: true });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('keydown', this.pressed);
    this.forget = onLocale(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('keydown', this.pressed);
    this.forget();
  }

  pressed = (event) => {
    const command = command_of(event);
    if (command && this.obey(command)) event.preventDefault();
  };

  /** The reader's half of the list's keys. @param {string} command @returns {boolean} */
  obey(command) {
    if (command === 'next') step_rows(this, 1);
    else if (command === 'previous') step_rows(this, -1);
    else if (command === 'search') focus_in(this, '.search');
    else if (command === 'help') ask_help(this);
    else if (command === 'back' && this.review_chat_id) go(address('review_chats'));
    else return false;
    return true;
  }

  get rows() {
    const rows = (this.list.value?.review_chats ?? []).map((chat) =>
      ({ ...chat, review_chat: chat, published_at: chat.last_at }));
    return chosen_rows(rows, { filter: 'all', order: 'activity', words: this.words });
  }

  render() {
    return html`<div class="panes moderator ${this.review_chat_id ? 'opened' : ''}">
      <h1 class="visually-hidden">${w('chats')}</h1>
      <section class="list-pane" aria-label=${w('list_of_chats')}>
        <p class="notice warn watch">${icon('shield')}<span>
          <strong>${w('moderator_banner')}</strong> ${w('moderator_banner_hint')}</span></p>
        <div class="tools" role="search"><wa-input class="search" type="search" size="s" with-clear
          label=${w('search')} placeholder=${w('search_chats_hint')}
          .value=${this.words} autocomplete="off"
          @input=${(event) => { this.words = event.target.value; }}>
          <span slot="start">${icon('search')}</span></wa-input>
          <div class="found"><span class="quiet small" role="status">
            ${w('found_chats', { n: this.rows.length })}</span></div></div>
        ${this.chats()}
      </section>
      <section class="item-pane" aria-label=${w('private_chat')}>${this.item()}</section>
    </div>`;
  }

  chats() {
    if (this.list.error) return failed(this.list.error, () => this.list.again());
    if (!this.list.value) {
      return html`<div class="list-scroll">${skeleton(4, 'rows-skeleton')}</div>`;
    }
    if (!this.rows.length) return empty('message', w('moderator_empty'), w('moderator_empty_hint'));
    return html`<div class="list-scroll"><ul class="rows" aria-label=${w('list_of_chats')}>
      ${repeat(this.rows, (chat) => chat.review_chat_id, (chat) => this.row(chat))}</ul></div>`;
  }

  row(chat) {
    const open = chat.review_chat_id === this.review_chat_id;
    return html`<li class="row ${open ? 'current' : ''}">
      <div class="row-head">${stars(chat)}
        <a class="row-link" href=${address('review_chat', chat.review_chat_id)}
          aria-current=${open ? 'true' : nothing}>${chat.author_name}</a>
        <span class="row-when quiet small">${moment(chat.last_at)}</span></div>
      <p class="row-about quiet small">${chat.clinic_name}</p>
      <div class="badges">${badge('quiet', 'info', purpose_label(chat.purpose))}
        ${chat_badges(chat)}</div>
    </li>`;
  }

  item() {
    if (!this.review_chat_id) {
      return empty('shield', w('moderator_banner'), w('moderator_banner_hint'));
    }
    const { value, error } = this.chat;
    if (error) return failed(error, () => this.chat.again());
    if (!value) return skeleton(5, 'item-skeleton');
    const { review_chat } = value;
    const review = { ...value.review, review_chat, practitioner_name:
      value.review.practitioner_name ?? review_chat.clinic_name };
    return html`
      ${item_head(review, { back: () => go(address('review_chats')) })}
      <div class="item-body told-wide">
        <div class="item-main"><div class="thread-scroll" tabindex="0" role="region"
          aria-label=${w('messages')}>
          <p class="notice warn">${icon('eye')}<span>${w('moderator_logged')}</span>
            <button type="button" class="text-button" @click=${() => this.refresh()}>
              ${w('moderator_refresh')}</button></p>
          ${review_card(review)}
          <div class="thread">
            ${thread_begin(review_chat.purpose, said('notice.visibility'))}
            ${thread(value.messages, { review, first_new_id: null,
            is_waiting: () => false })}</div>
        </div></div>
        <desk-story .kind=${'review_chat'} .item_id=${review_chat.review_chat_id}
          .review_id=${review_chat.review_id} .annulled=${review.state === 'annulled'}></desk-story>
      </div>`;
  }

  async refresh() {
    await this.chat.again();
    await /** @type {any} */ (this.querySelector('desk-story'))?.why.again();
  }
}

customElements.define('desk-moderator', Moderator);
