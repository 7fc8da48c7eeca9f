/**
 * <clinicdesk-reviews clinic="1"> or practitioner="2": what patients wrote, what the clinic
 * answered, and above a review whose problem was solved the label that says so.
 */
import css from './reviews.css';
import { fill, h, icon, svg } from './dom.js';
import { DeskElement } from './element.js';
import { icon_paths } from '../shared/icon_paths.js';
import { ask } from './server.js';

const PAGE = 5;
const PAGE_MAX = 200;
const STEP = 26;

export class Reviews extends DeskElement {
  #asked = 0; #drawn = ''; #count = PAGE;

  constructor() {
    super(css);
  }

  show() {
    this.#drawn = '';
    this.#count = PAGE;
    if (!this.body.firstChild) fill(this.body, waiting(this.language.t('loading')));
    return this.refresh();
  }

  /** Asks again for as many as are shown; a page that knows of news may call it. */
  async refresh() {
    const asked = ++this.#asked;
    try {
      const found = await Promise.all([
        ask(this.from, 'rating.get', this.whose),
        ask(this.from, 'review.list', { ...this.whose, limit: this.#count })]);
      const text = JSON.stringify(found);
      if (asked !== this.#asked || text === this.#drawn) return;
      this.#drawn = text;
      this.#draw(...found);
    } catch {
      if (asked !== this.#asked || this.#drawn) return;
      fill(this.body, h('p', { class: 'quiet' }, this.language.t('unavailable')));
    }
  }

  /** @param {{mean:number|null, count:number}} rating @param {any} page */
  #draw(rating, page) {
    const { t } = this.language;
    const list = h('ol', {}, page.reviews.map((review) => this.#review(review)));
    const status = h('p', { class: 'unseen', role: 'status' });
    const more = h('button', { type: 'button', class: 'button plain', hidden: !page.more,
      onclick: () => this.#more(list, more, status) }, t('more'));
    list.dataset.last = String(last_of(page.reviews)?.review_id ?? '');
    fill(this.body, h('div', { class: 'reviews', role: 'group', 'aria-labelledby': 'title' },
      h('header', {}, h('h2', { id: 'title', part: 'heading' }, t('reviews_title')),
        page.reviews.length > 0 && this.#rating(rating)),
      page.reviews.length ? list : h('p', { class: 'quiet' }, t('no_reviews')), more, status));
  }

  /** @param {{mean:number|null, count:number}} rating */
  #rating({ mean, count }) {
    const { t, number } = this.language;
    if (mean === null) return h('p', { class: 'quiet' }, t('no_rating'));
    const shown = number(mean, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    return h('div', { class: 'rating' },
      h('p', { class: 'mean', role: 'img', 'aria-label': t('mean', { mean: shown }) }, shown),
      h('div', {}, h('span', { 'aria-hidden': 'true' }, stars(mean)),
        h('p', { class: 'quiet' }, t('count', { n: count }))));
  }

  /** @param {HTMLElement} list @param {HTMLButtonElement} more @param {HTMLElement} status */
  async #more(list, more, status) {
    const { t } = this.language;
    if (more.getAttribute('aria-disabled') === 'true') return;
    more.setAttribute('aria-disabled', 'true');
    try {
      const page = await ask(this.from, 'review.list',
        { ...this.whose, limit: PAGE, before_id: list.dataset.last });
      const added = page.reviews.map((review) => this.#review(review));
      list.append(...added);
      list.dataset.last = String(last_of(page.reviews)?.review_id ?? list.dataset.last);
      more.hidden = !page.more;
      this.#count = Math.min(list.children.length, PAGE_MAX);
      this.#drawn = 'more than once';
      status.textContent = t('more_came', { n: added.length });
      // The button may be gone; who reads on begins with what came.
      added[0]?.focus();
    } catch (problem) {
      status.textContent = t(problem.category === 'offline' ? 'offline' : 'bug');
    }
    more.setAttribute('aria-disabled', 'false');
  }

  /** @param {any} review */
  #review(review) {
    const { t, day } = this.language;
    const annulled = review.rating === null;
    return h('li', { id: `review-${review.review_id}`, class: annulled ? 'annulled' : '',
      tabindex: -1, part: 'review' },
      review.label && h('p', { class: 'label', part: 'label' }, icon('handshake'),
        h('span', {}, review.label)),
      h('div', { class: 'head' }, h('span', { class: 'who' }, review.author_name),
        annulled ? h('span', { class: 'quiet' }, t('annulled'))
          : h('span', { class: 'stars', role: 'img',
            'aria-label': t('stars', { n: review.rating }) }, stars(review.rating)),
        h('time', { class: 'quiet', datetime: new Date(review.published_at).toISOString() },
          day(review.published_at))),
      review.practitioner_name && !this.whose.practitioner_id && h('p', { class: 'quiet' },
        t('about', { name: review.practitioner_name })),
      h('p', { class: 'text', lang: review.locale || null }, review.text),
      review.reply && h('div', { class: 'reply' }, h('p', { class: 'quiet' }, t('reply')),
        h('p', { class: 'text' }, review.reply)));
  }
}

/** @param {number} value whole stars count with their gap, a part of a star by its own width */
function stars(value) {
  const row = (name, props = {}) => svg('svg', { class: name, height: 24, ...props },
    ...[0, 1, 2, 3, 4].map((n) => svg('path', { d: icon_paths.star,
      transform: `translate(${n * STEP} 0)` })));
  return svg('svg', { class: 'five', viewBox: '0 0 128 24', 'aria-hidden': 'true' },
    row('off', { width: 128 }),
    row('on', { width: Math.floor(value) * STEP + (value % 1) * 24 }));
}

/** @param {string} words */
const waiting = (words) => h('div', { class: 'loading', role: 'status' },
  h('span', { class: 'unseen' }, words));

/** @param {any[]} list at() came later than the phones that are meant here */
const last_of = (list) => list[list.length - 1];
