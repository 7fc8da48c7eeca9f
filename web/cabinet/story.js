/**
 * What will happen next and why things are as they are: the core's own forecast and history in
 * sentences, each with the number of its rule. Nothing is computed here.
 */
import { LitElement, html, nothing } from 'lit';
import { day_time, number, onLocale, relative } from '../shared/i18n.js';
import { icon } from './kit.js';
import { failed, rule_chip, skeleton } from './parts.js';
import { Read } from './read.js';
import { has_word, said, w } from './words.js';

/** A fact is shown as the core recorded it; times and yes/no are put in words. */
function fact(name, value) {
  if (typeof value === 'boolean') return w(value ? 'yes' : 'no');
  if (typeof value === 'number') return name.endsWith('_at') ? day_time(value) : number(value);
  return String(value ?? '–');
}

/** @param {Record<string, unknown> | null} facts */
export function fact_list(facts) {
  const rows = Object.entries(facts ?? {});
  if (!rows.length) return nothing;
  return html`<dl class="facts small">${rows.map(([name, value]) => html`<div>
    <dt>${has_word(`fact_${name}`) ? w(`fact_${name}`) : name.replaceAll('_', ' ')}</dt>
    <dd>${fact(name, value)}</dd></div>`)}</dl>`;
}

function actor_word({ role }) {
  return said(`role.${role}`) || role;
}

/** @param {any[]} entries the newest first: what one asks about has just happened */
export function history_list(entries) {
  return html`<ol class="timeline">${entries.map((entry) => html`<li>
    <p class="timeline-head small quiet"><time datetime=${new Date(entry.at).toISOString()}>
      ${day_time(entry.at)}</time><span>${actor_word(entry.actor ?? { role: 'host' })}</span>
      ${rule_chip(entry.because?.rule)}</p>
    <p>${entry.text}</p>
    ${Object.keys(entry.because?.facts ?? {}).length ? html`<details>
      <summary class="small">${w('show_facts')}</summary>
      ${fact_list(entry.because.facts)}</details>`
      : nothing}
  </li>`)}</ol>`;
}

class Story extends LitElement {
  static properties = { kind: {}, item_id: {}, review_id: {}, annulled: { type: Boolean } };

  constructor() {
    super();
    this.kind = '';
    /** @type {number | null} */ this.item_id = null;
    /** @type {number | null} */ this.review_id = null;
    this.annulled = false;
    const item = () => (this.item_id ? { kind: this.kind, item_id: this.item_id } : null);
    const server = { server: true };
    this.next = new Read(this, 'item.next', item, { server: 'first' });
    this.why = new Read(this, 'item.why', item, server);
    this.review_why = new Read(this, 'item.why', () => (this.kind === 'review_chat'
      && this.review_id ? { kind: 'review', item_id: this.review_id } : null), server);
    this.trail = new Read(this, 'review.trail',
      () => (this.annulled ? { review_id: this.review_id } : null), server);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => {
      for (const part of [this.next, this.why, this.review_why, this.trail]) void part.again();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  render() {
    return html`<aside class="story" aria-label=${w('show_story')} tabindex="0">
      <section aria-labelledby="next-title">
        <h3 id="next-title">${icon('clock')} ${said('button.next')}</h3>
        ${this.shown(this.next, () => this.forecast())}
      </section>
      ${this.annulled ? html`<section aria-labelledby="trail-title">
        <h3 id="trail-title">${icon('shield')} ${w('trail')}</h3>
        <p class="small quiet">${w('trail_hint')}</p>
        ${this.shown(this.trail, () => this.proof())}
      </section>` : nothing}
      <section aria-labelledby="why-title">
        <h3 id="why-title">${icon('history')} ${said('button.why')}</h3>
        ${this.shown(this.why, () => this.past())}
      </section>
    </aside>`;
  }

  shown(read, show) {
    if (read.value) return show();
    return read.error ? failed(read.error, () => read.again()) : skeleton(2);
  }

  forecast() {
    const { next } = this.next.value;
    if (!next.length) return html`<p class="small quiet">${w('next_none')}</p>`;
    return html`<p class="small quiet">${w('next_hint')}</p>
      <ol class="timeline next">${next.map((step) => html`<li>
        <p class="timeline-head small quiet">
          ${step.at ? html`<time datetime=${new Date(step.at).toISOString()}
            title=${day_time(step.at)}>${relative(step.at)}</time>` : nothing}
          ${rule_chip(step.because?.rule)}</p>
        <p>${step.text}</p>
        ${step.unless ? html`<p class="small quiet">— ${step.unless}</p>` : nothing}
      </li>`)}</ol>`;
  }

  /** A chat's past is its review's past too. */
  get history() {
    return [...this.why.value?.history ?? [], ...this.review_why.value?.history ?? []]
      .sort((a, b) => b.history_id - a.history_id);
  }

  /** The seals that anybody can recompute, beside the sentences of the same records. */
  proof() {
    const { chain, rows } = this.trail.value;
    const texts = new Map(this.history.map((entry) => [entry.history_id, entry.text]));
    return html`<p class="chain small ${chain}">${icon(chain === 'ok' ? 'check' : 'warning')}
        ${w(`chain_${chain}`)}</p>
      <details><summary class="small">${w('seals', { n: rows.length })}</summary>
        <ol class="seals small">${rows.map((row) => html`<li>
          <code title=${row.hash}>${row.hash.slice(0, 10)}</code>
          <span>${texts.get(row.history_id) ?? row.event}</span></li>`)}</ol></details>`;
  }

  past() {
    const { history } = this;
    return history.length ? history_list(history)
      : html`<p class="small quiet">${w('why_none')}</p>`;
  }
}

customElements.define('desk-story', Story);
