/**
 * The questions of patients in one list (rules 59 and 65), the longest waiting first, and beside
 * it the form that is open. It owns the keyboard of the list.
 * Read next: form_row.js, form_tools.js (scopes, filters, search), form.js (the open form).
 */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { form_row } from './form_row.js';
import { begins_anew, choice, form_tools, list_input, of_figure } from './form_tools.js';
import { Hits, hit_list } from './form_search.js';
import { ask_help, command_of, focus_row, step_rows } from './keys.js';
import { model } from './model.js';
import { away_banner, bounce_banner } from './notice_banner.js';
import { Pages } from './pages.js';
import { empty, failed, focus_in, skeleton } from './parts.js';
import { Read } from './read.js';
import { address, go } from './route.js';
import { w } from './words.js';
import './form.js';

/** Words in a row say how long it waits, so they grow old. */
const AGE_MS = 30_000;
const seldom = { server: true, every_ms: 60_000 };

class Forms extends LitElement {
  static properties = { contact_form_id: {}, filters_open: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */ this.contact_form_id = null;
    this.filters_open = false;
    this.scrolled = 0;
    this.returning = false;
    /** @type {number | null} the row to stay at while the list settles */ this.kept_at = null;
    for (const deed of ['keydown', 'pointerdown']) {
      this.addEventListener(deed, () => { this.kept_at = null; });
    }
    this.known = null;
    this.opened_at = 0;
    this.left = 0;
    /** @type {{id: number, what: string} | null} */ this.starting = null;
    // Whatever waits is in the copy of the core, also without a line; the archive is not.
    this.pages = new Pages(this, 'contact_form.list', 'contact_forms', 'contact_form_id',
      () => list_input(choice), () => (choice.scope === 'waiting' ? false : 'first'));
    this.hits = new Hits(this, () => choice.words);
    const ours = () => ({ clinic_id: model.clinic_id });
    this.hours = new Read(this, 'clinic.hours', () => ({}), seldom);
    this.notices = new Read(this, 'notice.get', () => ({}), seldom);
    this.doctors = new Read(this, 'practitioner.list', ours, seldom);
    this.agents = new Read(this, 'agent.list', ours, seldom);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('keydown', this.pressed);
    this.aging = setInterval(() => this.requestUpdate(), AGE_MS);
    this.forget = onLocale(() => void this.pages.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('keydown', this.pressed);
    clearInterval(this.aging);
    this.forget();
  }

  get rows() {
    return of_figure(this.pages.list);
  }

  get searching() {
    return choice.words.trim().length > 1;
  }

  willUpdate(changed) {
    // A list that gives way to the form on a small screen forgets where it was (rule 59).
    if (changed.has('contact_form_id') && !changed.get('contact_form_id')) {
      this.scrolled = this.scroller?.scrollTop ?? 0;
    }
  }

  updated(changed) {
    // What a figure counts may lie on later pages.
    const { ids } = choice.figure ?? {};
    if (ids && this.pages.fresh && this.pages.more && this.rows.length < ids.length) {
      void this.pages.next();
    }
    if (changed.has('contact_form_id')) this.returning = !this.contact_form_id;
    // Rows that are just being asked for have no place to go back to yet.
    if (this.returning && !this.pages.loading && this.scroller) this.returned();
    this.stay();
    this.start();
    this.tell_news();
  }

  get scroller() {
    return this.querySelector('.list-scroll');
  }

  /** A question that has just come is said aloud once. */
  tell_news() {
    if (!this.pages.reply || choice.scope !== 'waiting') return;
    const fresh = this.rows.filter((row) => row.state === 'new');
    const known = this.known;
    this.known = new Set(fresh.map((row) => `${row.contact_form_id}.${row.last_at}`));
    if (!known || this.pages.more) return;
    const news = fresh.filter((row) => !known.has(`${row.contact_form_id}.${row.last_at}`)
      && row.last_at > model.now() - AGE_MS);
    if (news.length) announce(w('new_question', { name: news[0].name }));
  }

  render() {
    const opened = Boolean(this.contact_form_id);
    return html`<div class="panes ${opened ? 'opened' : ''}">
      <h1 class="visually-hidden">${w('questions')}</h1>
      <section class="list-pane" aria-label=${w('list_of_questions')}>
        ${bounce_banner(this.notices.value?.bounces)}
        ${away_banner(this.hours.value?.absences)}
        ${form_tools(this)}
        ${this.searching ? this.found() : this.list()}
      </section>
      <section class="item-pane" aria-label=${w('question')}>${this.item(opened)}</section>
    </div>`;
  }

  list() {
    const { pages, rows } = this;
    if (pages.loading) return html`<div class="list-scroll">${skeleton(6, 'rows-skeleton')}</div>`;
    if (pages.error && !rows.length) return failed(pages.error, () => pages.again());
    if (!rows.length) return this.nothing_here();
    return html`<div class="list-scroll">
      <ul class="rows" aria-label=${w('list_of_questions')}>
        ${repeat(rows, (row) => row.contact_form_id, (row) => form_row(row,
          { open: row.contact_form_id === this.contact_form_id }))}
      </ul>
      ${pages.more ? html`<div class="more"><wa-button size="s" appearance="outlined"
        @click=${() => pages.next()}>
        ${w('more')}</wa-button></div>` : nothing}
    </div>`;
  }

  nothing_here() {
    if (choice.filtered) {
      return empty('search', w('nothing_found'), w('nothing_found_filters'), html`
        <wa-button size="s" @click=${() => this.choose(begins_anew())}>
          ${w('clear_filters')}</wa-button>`);
    }
    if (choice.scope === 'waiting') return empty('check-double', w('all_answered'),
      w('all_answered_hint'));
    return empty('message', w('no_questions'), w('no_questions_hint'));
  }

  found() {
    return html`<div class="list-scroll">${hit_list(this.hits, this.contact_form_id)}</div>`;
  }

  item(opened) {
    if (!opened) return this.nothing_open();
    const at = this.rows.findIndex((one) => one.contact_form_id === this.contact_form_id);
    const row = this.rows[at] ?? null;
    if (row) this.opened_at = at;
    return html`<desk-form .contact_form_id=${this.contact_form_id} .row=${row}
      .waiting=${this.waiting_n} @next-question=${() => this.open_next()}
      @back-to-list=${() => this.back()}></desk-form>`;
  }

  /** Questions that wait, without the one on the screen. */
  get others() {
    return this.rows.filter((row) => row.waiting_since_at
      && row.contact_form_id !== this.contact_form_id);
  }

  /** How many wait besides the open one: the core's count where the list is not narrowed. */
  get waiting_n() {
    const here = this.rows.length - this.others.length;
    const counted = choice.scope === 'waiting' && !choice.filtered
      ? (this.pages.reply?.counts.waiting ?? 0) - here : 0;
    return Math.max(counted, this.others.length);
  }

  nothing_open() {
    const n = this.waiting_n;
    if (!this.rows.length) return nothing;
    return empty('message', w('choose_question'), w('choose_question_hint'), n ? html`
      <p class="accent-text">${w('choose_waiting', { n })}</p>
      <wa-button variant="brand" @click=${() => this.open_next()}>${w('open_longest')}</wa-button>`
      : nothing);
  }

  open_next() {
    const at = this.rows.findIndex((row) => row.contact_form_id === this.contact_form_id);
    const next = this.rows.slice(at + 1).find((row) => row.waiting_since_at) ?? this.others[0];
    if (next) go(address('contact_form', next.contact_form_id));
  }

  /** @param {Partial<typeof choice>} change what the person chose to see */
  choose(change) {
    Object.assign(choice, change);
    if (this.scroller) this.scroller.scrollTop = 0;
    this.known = null;
    this.requestUpdate();
  }

  pressed = (event) => {
    const command = command_of(event);
    if (command && this.obey(command)) event.preventDefault();
  };

  /** @param {string} command @returns {boolean} */
  obey(command) {
    if (command === 'next') step_rows(this, 1);
    else if (command === 'previous') step_rows(this, -1);
    else if (command === 'patient') this.open_next();
    else if (command === 'search') focus_in(this, '.search');
    else if (command === 'help') ask_help(this);
    else if (command === 'back') return this.back();
    else if (['answer', 'phone', 'reject'].includes(command)) return this.begin(command);
    else return false;
    return true;
  }

  /** The form that a key means: the focused row's, else the open one. @param {string} what */
  begin(what) {
    const focused = document.activeElement?.closest('[data-form-id]');
    const id = Number(focused?.getAttribute('data-form-id')) || this.contact_form_id;
    if (!id) return false;
    this.starting = { id, what };
    go(address('contact_form', id));
    this.start();
    return true;
  }

  /** The address changes a moment after the key; then the form is there to be begun with. */
  start() {
    if (this.starting?.id !== this.contact_form_id) return;
    const { what } = this.starting;
    this.starting = null;
    /** @type {any} */ (this.querySelector('desk-form'))?.begin(what);
  }

  back() {
    const id = this.contact_form_id;
    if (!id) {
      if (!choice.words) return false;
      this.choose({ words: '' });
      return true;
    }
    this.left = id;
    go(address('contact_forms'));
    return true;
  }

  /** The list again as it was, with the cursor on the question that one comes from; if that was
   * answered and has left the list, on the one in its place. */
  returned() {
    this.returning = false;
    if (this.scroller) this.scroller.scrollTop = this.scrolled;
    if (!this.left) return;
    const links = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.row-link')]);
    const same = links.find((link) => link.closest(`[data-form-id="${this.left}"]`));
    (same ?? links[Math.min(this.opened_at, links.length - 1)])?.focus({ preventScroll: true });
    this.left = 0;
    this.kept_at = this.opened_at;
  }

  /** The row one comes from may leave the list a moment later (it is not new any more): the cursor
   * goes to the one in its place, and not nowhere. */
  stay() {
    if (this.kept_at === null || this.contact_form_id) return;
    if (document.activeElement && document.activeElement !== document.body) return;
    const links = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.row-link')]);
    links[Math.min(this.kept_at, links.length - 1)]?.focus({ preventScroll: true });
  }

  search_key(event) {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    focus_row(this, 0);
  }
}

customElements.define('desk-forms', Forms);
