/**
 * What was typed survives a reload of the page in this tab, and so does the key under which it
 * was sent: the same words sent again are the same question. Storage may be forbidden; then only
 * the reload is not survived.
 */
import { fingerprint } from './work.js';

export class FormMemory {
  #place;
  /** @type {{values:Record<string, string>, key?:string, content?:string}} */
  #kept = { values: {} };

  /** @param {string} server @param {{clinic_id?:number, practitioner_id?:number}} about */
  constructor(server, about) {
    this.#place = place_of(server, about);
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(this.#place) ?? 'null') ?? this.#kept;
    } catch {
      // Forbidden, or not ours: nothing was kept.
    }
  }

  /** @param {string} server @param {{clinic_id?:number, practitioner_id?:number}} about */
  is_for(server, about) {
    return this.#place === place_of(server, about);
  }

  get values() {
    return this.#kept.values;
  }

  /** @param {Record<string, string>} values */
  keep(values) {
    this.#kept.values = values;
    this.#save();
  }

  /** The idempotency key of these words; other words are another question.
   * @param {object} input */
  key_of(input) {
    const content = fingerprint(JSON.stringify(input));
    if (this.#kept.content !== content) {
      this.#kept.content = content;
      this.#kept.key = `widget-${Date.now().toString(36)}-${[...crypto.getRandomValues(
        new Uint32Array(4))].map((word) => word.toString(36)).join('-')}`;
      this.#save();
    }
    return /** @type {string} */ (this.#kept.key);
  }

  /** Sent: the next question begins with who asks it. */
  forget() {
    const { name, email, phone } = this.#kept.values;
    this.#kept = { values: { name, email, phone } };
    try {
      sessionStorage.removeItem(this.#place);
    } catch {
      // Nothing was kept.
    }
  }

  #save() {
    try {
      sessionStorage.setItem(this.#place, JSON.stringify(this.#kept));
    } catch {
      // Kept as long as the page.
    }
  }
}

/** @param {string} server @param {{clinic_id?:number, practitioner_id?:number}} about */
function place_of(server, { clinic_id, practitioner_id }) {
  return `clinicdesk/form/${server}/${clinic_id}/${practitioner_id ?? ''}`;
}
