/**
 * What this person did and the server has not yet confirmed. Kept encrypted (vault.js), shared by
 * all tabs of the browser, sent by one of them at a time, in order, each with its own
 * idempotency key: sent twice it happens once.
 */
import { send, intent_id, passing, DeskError } from './api.js';
import { open_vault } from './vault.js';

const PAUSE_MS = 1000;
const PAUSE_MS_MAX = 15_000;

/** @param {string} principal whose entries these are; nobody else's are ever read */
export async function open_queue(principal) {
  const vault = await open_vault();
  return new Queue(vault, principal);
}

class Queue {
  #vault; #prefix; #principal; #channel;
  #on_change = (entries) => {};
  #on_sent = (entry, outcome) => {};
  #on_online = (online) => {};
  #on_denied = () => {};
  #sending = false;
  #again = false;
  #attempt = 0;
  #asked_pause_ms = 0;
  /** @type {any} */ #timer;
  #closed = false;
  #drafts = Promise.resolve();

  /** @param {import('./vault.js').Vault} vault @param {string} principal */
  constructor(vault, principal) {
    this.#vault = vault;
    this.#principal = principal;
    this.#prefix = `queue/${principal}/`;
    this.#channel = new BroadcastChannel(`clinicdesk/${principal}`);
    this.#channel.onmessage = async () => this.#on_change(await this.entries());
    addEventListener('online', this.#hurry);
  }

  on_change(listener) { this.#on_change = listener; }
  on_sent(listener) { this.#on_sent = listener; }
  on_online(listener) { this.#on_online = listener; }
  on_denied(listener) { this.#on_denied = listener; }

  /** @param {string} op @param {any} input @param {number} at */
  entry(op, input, at) {
    return { id: intent_id(), op, in: input, at };
  }

  async entries() {
    return (await this.#vault.list(this.#prefix)).map(([, entry]) => entry);
  }

  /** @param {{id:string, op:string, in:any, at:number}} entry */
  async add({ id, op, in: input, at }) {
    await this.#vault.put(this.#prefix + id, { id, op, in: input, at });
    this.#tell();
  }

  #tell() {
    this.#channel.postMessage('changed');
  }

  #hurry = () => {
    this.#attempt = 0;
    this.send();
  };

  /** Sends what waits. One tab holds the lock; the others' entries lie in the same store. */
  async send() {
    if (this.#closed) return;
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    clearTimeout(this.#timer);
    let rest = false;
    try {
      rest = await exclusive(`clinicdesk/${this.#principal}`, () => this.#send_all());
    } finally {
      this.#sending = false;
    }
    if (this.#again) {
      this.#again = false;
      this.send();
    } else if (rest && !this.#closed) {
      const pause = Math.max(this.#asked_pause_ms,
        Math.min(PAUSE_MS * 2 ** this.#attempt++, PAUSE_MS_MAX));
      this.#timer = setTimeout(() => this.send(), pause * (0.5 + Math.random() / 2));
    }
  }

  /** @returns {Promise<boolean>} something is left for later */
  async #send_all() {
    for (let entries = await this.entries(); entries.length; entries = await this.entries()) {
      const entry = entries[0];
      try {
        const { out, rev } = await send(entry.op, entry.in, entry.id);
        await this.#settled(entry, { out, rev });
      } catch (error) {
        if (!(error instanceof DeskError)) throw error;
        if (passing.has(error.category)) {
          // Twice over, because the pause is cut by up to a half below.
          this.#asked_pause_ms = 2 * error.retry_after_ms;
          if (error.category === 'offline') this.#on_online(false);
          return true;
        }
        if (error.signed_out) {
          this.#on_denied();
          return false;
        }
        await this.#settled(entry, { error });
      }
    }
    return false;
  }

  async #settled(entry, outcome) {
    this.#attempt = 0;
    this.#asked_pause_ms = 0;
    await this.#vault.remove(this.#prefix + entry.id);
    if (!outcome.error) this.#on_online(true);
    this.#on_sent(entry, outcome);
    this.#tell();
  }

  /** A draft is kept beside the queue, under the same key.
   * @param {string} name @param {string} text */
  keep_draft(name, text) {
    const key = `draft/${this.#principal}/${name}`;
    // One after another: encryption may finish in another order than it began.
    this.#drafts = this.#drafts.then(() => (text ? this.#vault.put(key, text)
      : this.#vault.remove(key))).catch(() => {});
    return this.#drafts;
  }

  /** @param {string} name @returns {Promise<string>} */
  async draft(name) {
    return (await this.#vault.get(`draft/${this.#principal}/${name}`)) ?? '';
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#hurry);
    this.#channel.close();
  }

  /** The key and everything under it are destroyed. */
  async forget() {
    this.close();
    await this.#vault.forget();
  }
}

/** @param {string} name @param {() => Promise<boolean>} work @returns {Promise<boolean>} */
function exclusive(name, work) {
  return navigator.locks ? /** @type {any} */ (navigator.locks.request(name, work)) : work();
}
