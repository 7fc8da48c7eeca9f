/**
 * The Reviews screen: the rating, the list, and beside it the review that is open. It owns the
 * keyboard of the list. Read next: row.js, conversation.js.
 */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { chosen_rows, counts, filters, orders } from './filters.js';
import { ask_help, command_of, focus_row, step_rows } from './keys.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { empty, failed, focus_in, skeleton } from './parts.js';
import { rating_summary } from './rating.js';
import { Read } from './read.js';
import { address, go } from './route.js';
import { review_row } from './row.js';
import { w } from './words.js';
import './conversation.js';

const page_size = 200;

class Reviews extends LitElement {
  static properties = {
    review_id: {}, review_chat_id: {}, filter: { state: true }, order: { state: true },
    words: { state: true }, limit: { state: true },
  };

  constructor() {
    super();
    /** @type {number | null} */ this.review_id = null;
    /** @type {number | null} */ this.review_chat_id = null;
    this.older_ended = false;
    this.filter = 'all';
    this.order = 'need';
    this.words = '';
    this.older = [];
    this.news = new Map();
    this.reviews = new Read(this, 'review.list',
      () => ({ clinic_id: model.clinic_id, limit: page_size }));
    this.rating = new Read(this, 'rating.get', () => ({ clinic_id: model.clinic_id }));
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

  /** Every row that is loaded; a fresh row wins over the older page's copy of it. */
  get rows() {
    const labels = this.reviews.value?.labels ?? {};
    const fresh = (this.reviews.value?.reviews ?? []).map((row) =>
      ({ ...row, label: row.label ?? (row.label_code ? labels[row.locale] : null) }));
    const ids = new Set(fresh.map((row) => row.review_id));
    return [...fresh, ...this.older.filter((row) => !ids.has(row.review_id))];
  }

  get shown() {
    return chosen_rows(this.rows, this);
  }

  /** The open review, whether the address names the review or its chat. */
  get open_row() {
    if (!this.review_id && !this.review_chat_id) return null;
    return this.rows.find((row) => this.review_id
      ? row.review_id === this.review_id : row.review_chat_id === this.review_chat_id) ?? null;
  }

  async load_older() {
    const before_id = Math.min(...this.rows.map((row) => row.review_id));
    const { reviews, more } = await model.read('review.list',
      { clinic_id: model.clinic_id, limit: page_size, before_id });
    this.older = [...this.older, ...reviews];
    this.older_ended = !more;
    this.requestUpdate();
  }

  updated() {
    this.tell_news();
  }

  /** A message of a patient that has just come is said aloud once. */
  tell_news() {
    const unread = this.rows.filter((row) => row.review_chat?.unread_count).length;
    if (unread !== model.unread) {
      model.unread = unread;
      this.dispatchEvent(new CustomEvent('unread', { bubbles: true }));
    }
    for (const row of this.rows) {
      const chat = row.review_chat;
      const before = this.news.get(row.review_id);
      const now = chat?.last_author === 'patient' ? chat.last_at : 0;
      if (before !== undefined && now > before) announce(w('new_from', { name: row.author_name }));
      this.news.set(row.review_id, now);
    }
  }

  render() {
    const opened = Boolean(this.review_id || this.review_chat_id);
    return html`<div class="panes ${opened ? 'opened' : ''}"
      @begin-chat=${(event) => this.write_to(event.detail, 'chat')}>
      <h1 class="visually-hidden">${w('reviews')}</h1>
      <section class="list-pane" aria-label=${w('list_of_reviews')}>
        ${rating_summary(this.rating.value)}
        ${this.tools()}
        ${this.list()}
      </section>
      <section class="item-pane" aria-label=${w('review_text')}>${this.item(opened)}</section>
    </div>`;
  }

  tools() {
    const numbers = counts(this.rows);
    return html`<div class="tools" role="search">
      <div class="search-line">
        <wa-input class="search" type="search" size="s" label=${w('search')} with-clear
          placeholder=${w('search_hint')} .value=${this.words} autocomplete="off"
          @input=${(event) => { this.words = event.target.value; }}
          @keydown=${this.search_key}>
          <span slot="start">${icon('search')}</span></wa-input>
        <label class="order" title=${w(`sort_${this.order}`)}>${icon('sort')}
          <span class="visually-hidden">${w('sort')}</span>
          <select @change=${(event) => { this.order = event.target.value; }}>
            ${Object.keys(orders).map((name) => html`<option value=${name}
              ?selected=${this.order === name}>${w(`sort_${name}`)}</option>`)}
          </select></label>
      </div>
      <div class="filters" role="group" aria-label=${w('filter')}>
        ${Object.keys(filters).map((name) => html`<button type="button" class="filter"
          aria-pressed=${this.filter === name} @click=${() => { this.filter = name; }}>
          ${w(`filter_${name}`)} <span class="filter-count">${numbers[name]}</span></button>`)}
      </div>
      <span class="found quiet small ${this.words ? '' : 'visually-hidden'}" role="status">
        ${w('found', { n: this.shown.length })}</span>
    </div>`;
  }

  search_key(event) {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focus_row(this, 0);
    }
  }

  list() {
    const { shown, rows } = this;
    if (this.reviews.loading) {
      return html`<div class="list-scroll">${skeleton(5, 'rows-skeleton')}</div>`;
    }
    if (this.reviews.error && !rows.length) {
      return failed(this.reviews.error, () => this.reviews.again());
    }
    if (!rows.length) return empty('star', w('no_reviews'), w('no_reviews_hint'));
    if (!shown.length) return this.nothing_found();
    const open_id = this.open_row?.review_id;
    return html`<div class="list-scroll">
      <ul class="rows" aria-label=${w('list_of_reviews')}>
        ${repeat(shown, (row) => row.review_id,
          (row) => review_row(row, { open: row.review_id === open_id, words: this.words }))}
      </ul>
      ${this.reviews.value?.more && !this.older_ended ? html`<div class="more">
        <wa-button size="s" @click=${() => this.load_older()}>${w('more')}</wa-button></div>`
        : nothing}
    </div>`;
  }

  nothing_found() {
    return empty('search', w('nothing_found'), w('nothing_found_hint'), html`
      <wa-button size="s" @click=${() => { this.words = ''; this.filter = 'all'; }}>
        ${w('clear_search')}</wa-button>`);
  }

  item(opened) {
    if (!opened) return this.nothing_open();
    const row = this.open_row;
    const review_id = row?.review_id ?? this.review_id;
    if (!review_id) {
      if (this.reviews.loading) return skeleton(5, 'item-skeleton');
      return html`<desk-chat-lookup .review_chat_id=${this.review_chat_id}></desk-chat-lookup>`;
    }
    const waiting = this.rows.filter((other) =>
      other.review_id !== review_id && filters.patient(other)).length;
    return html`<desk-conversation .review_id=${review_id} .row=${row} .waiting=${waiting}
      @next-patient=${() => this.open_next_patient()}></desk-conversation>`;
  }

  nothing_open() {
    if (!this.rows.length) return nothing;
    const n = counts(this.rows).patient;
    const more = n ? html`<p class="accent-text">${w('choose_patient', { n })}</p>
      <wa-button variant="brand" @click=${() => this.open_next_patient()}>
        ${w('choose_next')}</wa-button>`
      : nothing;
    return empty('message', w('choose'), w('choose_hint'), more);
  }

  open_next_patient() {
    const waiting = chosen_rows(this.rows, { filter: 'patient', order: 'need', words: '' });
    if (!waiting.length) return;
    const at = waiting.findIndex((row) => row.review_id === this.open_row?.review_id);
    go(address('reviews', waiting[(at + 1) % waiting.length].review_id));
  }

  /** The review that a key means: the focused row's, else the open one. */
  meant_id() {
    const focused = document.activeElement?.closest('[data-review-id]');
    return Number(focused?.getAttribute('data-review-id')) || this.open_row?.review_id || null;
  }

  pressed = (event) => {
    const command = command_of(event);
    if (command && this.obey(command)) event.preventDefault();
  };

  /** @param {string} command @returns {boolean} */
  obey(command) {
    if (command === 'next') step_rows(this, 1);
    else if (command === 'previous') step_rows(this, -1);
    else if (command === 'patient') this.open_next_patient();
    else if (command === 'search') focus_in(this, '.search');
    else if (command === 'help') ask_help(this);
    else if (command === 'back') return this.back();
    else if (['chat', 'reply'].includes(command)) return this.write(command);
    else return false;
    return true;
  }

  back() {
    const id = this.open_row?.review_id;
    if (!id) return false;
    go(address('reviews'));
    const link = `[data-review-id="${id}"] .row-link`;
    void this.updateComplete.then(() => focus_in(this, link));
    return true;
  }

  /** @param {string} what 'chat' or 'reply': opens the review and goes to that field */
  write(what) {
    const id = this.meant_id();
    if (id) this.write_to(id, what);
    return Boolean(id);
  }

  write_to(review_id, what) {
    go(address('reviews', review_id));
    void this.conversation().then((conversation) => conversation?.begin(what));
  }

  async conversation() {
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
    await this.updateComplete;
    return /** @type {any} */ (this.querySelector('desk-conversation'));
  }
}

customElements.define('desk-reviews', Reviews);
