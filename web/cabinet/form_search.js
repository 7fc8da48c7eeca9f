/** Search over everything that was written: the server's index answers, a moment after the keys. */
import { html } from 'lit';
import { moment } from './parts.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { empty, failed, skeleton } from './parts.js';
import { address } from './route.js';
import { said, w } from './words.js';

const PAUSE_MS = 250;
const page_size = 50;

export class Hits {
  /** @param {import('lit').ReactiveControllerHost} host @param {() => string} words */
  constructor(host, words) {
    this.host = host;
    this.words = words;
    this.asked = '';
    /** @type {any[] | null} */ this.hits = null;
    this.more = false;
    /** @type {any} */ this.error = null;
    host.addController(this);
  }

  hostDisconnected() {
    clearTimeout(this.timer);
  }

  hostUpdate() {
    const text = this.words().trim();
    if (text === this.asked) return;
    this.asked = text;
    clearTimeout(this.timer);
    if (text.length > 1) this.timer = setTimeout(() => void this.ask(), PAUSE_MS);
    else this.hits = null;
  }

  async ask(before_id = undefined) {
    const text = this.asked;
    try {
      const out = await model.read('search', { text, limit: page_size,
        ...(before_id && { before_id }) }, { server: true });
      if (text !== this.asked) return;
      this.hits = before_id ? [...this.hits ?? [], ...out.hits] : out.hits;
      this.more = out.more;
      this.error = null;
    } catch (error) {
      if (error.code === 'denied.expired_session') return model.to_sign_in();
      if (text !== this.asked) return;
      this.error = error;
    }
    this.host.requestUpdate();
  }
}

/** @param {Hits} found @param {number | null} open_id */
export function hit_list(found, open_id) {
  if (found.error) return failed(found.error, () => found.ask());
  if (!found.hits) return skeleton(4, 'rows-skeleton');
  if (!found.hits.length) return empty('search', w('nothing_found'), w('nothing_found_words'));
  return html`<p class="visually-hidden" role="status">
      ${w('found_hits', { n: found.hits.length })}</p>
    <ul class="rows" aria-label=${w('search_results')}>
      ${found.hits.map((hit) => hit_row(hit, hit.kind === 'contact_form'
        && hit.item_id === open_id))}</ul>
    ${found.more ? html`<div class="more"><wa-button size="s"
      appearance="outlined" @click=${() => found.ask(found.hits.at(-1).message_id)}>
      ${w('more')}</wa-button></div>` : ''}`;
}

function hit_row(hit, open) {
  const form = hit.kind === 'contact_form';
  return html`<li class="row form-row ${open ? 'current' : ''}"
    data-form-id=${form ? hit.item_id : ''}>
    <div class="row-head">${icon(form ? 'mail' : 'star')}
      <a class="row-link" href=${address(hit.kind, hit.item_id)}
        aria-current=${open ? 'true' : 'false'}>${hit.name}</a>
      <span class="row-when quiet small">${moment(hit.at)}</span></div>
    <p class="row-text ${hit.snippet === null ? 'quiet' : ''}">${hit.snippet === null
      ? w('not_read_yet') : snippet(hit.snippet)}</p>
    <p class="row-about quiet small">${said(`state.${hit.kind}.${hit.state}`)}</p>
  </li>`;
}

/** The core puts what was found between two control characters; here they become elements, never
 * markup from text. */
function snippet(text) {
  return text.split(/[\u0002\u0003]/).map((part, n) =>
    (n % 2 ? html`<mark>${part}</mark>` : part));
}
