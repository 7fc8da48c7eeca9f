/**
 * What every view of the cabinet shares: who is signed in, the replica, the core's words and
 * the state of the line. It decides nothing; it carries requests to the replica or the server.
 */
import { api, intent_id, live, session, use_role } from '../shared/api.js';
import { locale, onLocale } from '../shared/i18n.js';
import { openReplica } from '../shared/replica.js';

/** People whose reading itself is recorded ask the server, never a copy. */
const watched = ['moderator', 'manager'];

const quiet_line = { online: true, ready: false, signed_out: false, pending: [], refused: [] };

class Model {
  /** @type {any} */ session = null;
  /** @type {any} */ replica = null;
  started = false;
  /** @type {any} */ failure = null;
  texts = {};
  /** Chats with something unread, for the title of the window. */
  unread = 0;
  line = quiet_line;
  #listeners = new Set();
  #telling = null;
  #clock_offset_ms = 0;

  /** @returns {Promise<boolean>} false when nobody is signed in */
  async start() {
    use_role('staff');
    [this.session] = await Promise.all([session(), this.load_texts()]);
    if (!this.session || this.session.actor.role === 'patient') return false;
    if (this.session.now) this.#clock_offset_ms = this.session.now - Date.now();
    onLocale(() => void this.load_texts());
    void this.load_clinic();
    return true;
  }

  /** The copy of the core comes after the first paint; until then the server answers. */
  async open() {
    if (this.moderator || this.limited) {
      live(() => this.changed(), (online) => {
        this.line = { ...quiet_line, online };
        this.changed();
      });
      return;
    }
    const { actor, now } = this.session;
    this.replica = await openReplica({ actor, role: 'staff', now });
    this.replica.onChange(() => this.changed());
    this.changed();
    await this.replica.load();
  }

  get moderator() {
    return watched.includes(this.session?.actor.role);
  }

  /** Signed in by the link of one question: that form and nothing else (rule 32, B01). */
  get limited() {
    return this.session?.item?.kind === 'contact_form';
  }

  /** The server's clock, as far as this page knows it. */
  now() {
    return this.replica?.now() ?? Date.now() + this.#clock_offset_ms;
  }

  get clinic_id() {
    return this.session?.clinic_id ?? null;
  }

  get state() {
    return this.replica?.state ?? this.line;
  }

  /** What the product says by rule, in the core's words. @param {string} key */
  text(key) {
    return this.texts[key] ?? '';
  }

  /** The session knows the clinic by number; people know it by name. */
  async load_clinic() {
    if (!this.clinic_id || this.session.clinic_name || this.limited) return;
    const { clinics } = await api('clinic.list', { clinic_id: this.clinic_id })
      .catch(() => ({ clinics: [] }));
    this.session.clinic_name = clinics[0]?.name;
    this.changed();
  }

  async load_texts() {
    try {
      this.texts = (await this.read('text.list', { locale: locale() })).texts;
      this.changed();
    } catch (error) {
      if (!['offline', 'denied'].includes(error.category)) throw error;
      // Without a line the earlier language stays until the next change of language.
    }
  }

  /** @param {string} op @param {object} input
   * @param {{server?: boolean | 'first'}} [options] server: what the replica does not carry
   *   (history, sessions); 'first': what it carries in part, and so says without a line */
  async read(op, input, { server = false } = {}) {
    if (!this.replica) return api(op, input);
    if (!server) return this.replica.read(op, input);
    try {
      return await api(op, input);
    } catch (error) {
      if (error.category !== 'offline' || !this.state.ready || server !== 'first') throw error;
      return this.replica.read(op, input);
    }
  }

  /** Decided here at once, kept while offline, sent with its idempotency key. */
  async send(op, input) {
    if (!this.replica) return this.call(op, input);
    return this.replica.do(op, input);
  }

  /** A deed on a question: decided here when the replica holds it, else by the server. */
  async deed(op, input) {
    if (!this.replica) return this.call(op, input);
    try {
      return await this.replica.do(op, input);
    } catch (error) {
      // An older question is not in the copy, and the copy may not know every deed.
      const unknown = error.category === 'missing' || error.code === 'invalid.unknown_op';
      if (!unknown || !this.state.ready) throw error;
      return this.call(op, input);
    }
  }

  /** For what only the server may decide: settings, sessions. */
  async call(op, input) {
    const out = await api(op, input, { id: intent_id() });
    this.changed();
    return out;
  }

  /** Back to the door, with the way back to where the person was. */
  to_sign_in() {
    if (location.hash) localStorage.setItem('return_to', location.hash);
    location.replace('/sign-in');
  }

  /** How many of this person's deeds the server has not taken yet; having read is not a deed. */
  get waiting() {
    return this.state.pending.filter((entry) => !entry.settling
      && entry.op !== 'review_chat.mark_read').length;
  }

  /** What still waits, with its newest reply from the replica. @param {string} op */
  pending(op) {
    return this.state.pending.filter((entry) => entry.op === op && !entry.settling);
  }

  /** @param {() => void} listener @returns {() => void} stops listening */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Several changes of one moment are told once. */
  changed() {
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      for (const listener of this.#listeners) listener();
    });
  }
}

export const model = new Model();
