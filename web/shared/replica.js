/**
 * The same core in the page (design.md 3). Confirmed rows lie under a savepoint, what this
 * person did and the server has not yet confirmed lies above it; when rows arrive the savepoint
 * is rolled back, the rows are applied and what is still pending runs again.
 * It never decides anything itself. Read next: queue.js (what waits), ../../hosts/js/desk.js.
 *
 * The wasm is loaded after the page is usable. Until then, and where it cannot be loaded at all,
 * reads are answered by the server and changes wait for its reply; the page works the same.
 */
import { api, request, live, on_session_end, passing, session, DeskError } from './api.js';
import { locale, onLocale } from './i18n.js';
import { open_queue } from './queue.js';

const PAUSE_MS = 1000;
const PAUSE_MS_MAX = 15_000;
const ATTEMPTS_MAX = 100;
/** No refusals: the core in the page itself has failed, and what it held may be undone. */
const broken = new Set(['bug', 'storage']);

/** @typedef {{id:string, op:string, in:any, at:number, reply?:any, error?:any,
 *   settling?:boolean, sent_rev?:number|null}} Pending */

/** @param {{actor:any, role?:'staff'|'patient', now?:number,
 *   item?:{kind:string, item_id:number}|null}} options as GET /session gave them */
export async function openReplica({ actor, role, now, item }) {
  const queue = await open_queue(principal(actor, role, item));
  const replica = new Replica(actor, queue, now ? now - Date.now() : 0);
  await replica.start();
  return replica;
}

/** A patient comes by a newer link with every SMS: what waits belongs to the chat, not to the link.
 * @param {any} actor @param {string} [role] @param {any} [item] */
function principal(actor, role = '', item = null) {
  return [role, actor?.role, ...(item ? [item.kind, item.item_id] : [actor?.agent_id ?? ''])]
    .join(':');
}

class Replica {
  #actor; #queue; #clock_offset_ms;
  /** @type {any} */ #desk = null;
  /** @type {any} */ #make = null;
  #held = false;
  #since = 0;
  #pulling = null;
  #pull_again = false;
  #listeners = new Set();
  #closers = [];
  /** @type {Map<string, {failures:number, timer:any}>} what is tried again, and when */
  #retries = new Map();
  #closed = false;
  #waiting = new Map();

  /** @type {{online:boolean, ready:boolean, signed_out:boolean, rev:number,
   *   pending:Pending[], refused:{id:string, op:string, in:any, error:any}[]}} */
  state = { online: navigator.onLine, ready: false, signed_out: false, rev: 0, pending: [],
    refused: [] };

  /** @param {any} actor @param {any} queue @param {number} clock_offset_ms */
  constructor(actor, queue, clock_offset_ms) {
    // The server checks the session on every request; the replica does not know sessions.
    const { session_id: _, ...mine } = actor;
    this.#actor = mine;
    this.#queue = queue;
    this.#clock_offset_ms = clock_offset_ms;
  }

  async start() {
    this.state.pending = await this.#queue.entries();
    this.#queue.on_change((entries) => this.#queue_changed(entries));
    this.#queue.on_sent((entry, outcome) => this.#sent(entry, outcome));
    this.#queue.on_online((online) => this.#online(online));
    this.#queue.on_denied(() => this.#signed_out());
    const socket = live((rev) => this.#revision(rev), (up) => this.#socket(up));
    const offline = () => this.#online(false);
    addEventListener('offline', offline);
    this.#closers.push(() => socket.close(), () => removeEventListener('offline', offline),
      onLocale(() => this.#changed()), () => this.#queue.close());
    on_session_end(() => this.close({ forget: true }));
    this.#queue.send();
  }

  /** Loads the core; call it when the page has painted. Failing is no harm. */
  async load() {
    try {
      await this.#set_clock();
      const { Desk } = await import('../../hosts/js/desk.js');
      const wasm = await WebAssembly.compileStreaming(fetch(WASM_URL, { credentials: 'omit' }));
      this.#make = () => Desk.load(wasm);
      const desk = await this.#make();
      await this.#fill(desk);
      if (this.#closed) return;
      this.#desk = desk;
      this.state.ready = true;
      document.documentElement.dataset.replica = 'ready';
      this.#rebase();
      this.#changed();
    } catch (error) {
      if (error.signed_out) return this.#signed_out();
      console.info('replica: the server answers reads', error);
      this.#later('load', () => this.load());
    }
  }

  /** A reply decided here carries the server's time, not that of a phone that is wrong. */
  async #set_clock() {
    if (this.#clock_offset_ms) return;
    const now = (await session())?.now;
    if (now) this.#clock_offset_ms = now - Date.now();
  }

  /** @param {any} desk the first rows, before anybody reads from it */
  async #fill(desk) {
    this.#since = 0;
    for (let more = true; more;) {
      const rows = (await pull(this.#since)).out;
      desk.call('sync.apply', rows, this.#host());
      this.#since = rows.rev;
      more = rows.more;
    }
    this.state.rev = this.#since;
  }

  #host() {
    return { actor: { role: 'host' }, now: this.now() };
  }

  /** The server's clock, as far as this page knows it. */
  now() {
    return Date.now() + this.#clock_offset_ms;
  }

  /** Answers a question: from the replica when it is ready, else from the server.
   * @param {string} op @param {any} [input] @returns {Promise<any>} */
  async read(op, input = {}) {
    if (!this.#desk) return this.#ask(op, input);
    try {
      return this.#run({ op, in: input }, this.now());
    } catch (error) {
      if (!broken.has(error.category)) throw error;
      this.#give_up(error);
      return this.#ask(op, input);
    }
  }

  /** The core in the page has failed: from here on the server answers, and nothing is lost,
   * because everything that waits lies in the queue. @param {any} error */
  #give_up(error) {
    if (!this.#desk) return;
    console.warn('replica: given up', error);
    this.#desk = null;
    this.#held = false;
    this.state.ready = false;
    delete document.documentElement.dataset.replica;
    for (const entry of this.state.pending) entry.reply = undefined;
    this.#changed();
  }

  /** @param {string} op @param {any} input */
  async #ask(op, input) {
    try {
      const out = await api(op, input);
      this.#done('ask');
      this.#online(true);
      return out;
    } catch (error) {
      if (error.category === 'offline') this.#online(false);
      // Whoever looks at an error asks again when something has changed.
      if (passing.has(error.category)) this.#later('ask', () => this.#changed());
      throw error;
    }
  }

  /** Does something: decided at once on the replica, kept until the server has confirmed it.
   * Throws what the core refuses. What is shown as pending lies on the disk already.
   * @param {string} op @param {any} [input] @param {() => void} [on_kept] it will not be lost
   * @returns {Promise<any>} the reply, optimistic when the replica is ready */
  async do(op, input = {}, on_kept = () => {}) {
    const at = this.now();
    const entry = this.#queue.entry(op, input, at);
    if (this.#desk) entry.reply = this.#decide(entry);
    const sent = new Promise((resolve, reject) => {
      this.#waiting.set(entry.id, { resolve, reject });
    });
    sent.catch(() => {});
    await this.#queue.add(entry);
    this.state.pending = [...this.state.pending, entry];
    this.#rebase();
    on_kept();
    this.#changed();
    // Another tab may have sent it before this one had noted it.
    this.#queue_changed(await this.#queue.entries());
    this.#queue.send();
    return entry.reply ?? sent;
  }

  /** @param {Pending} entry */
  #decide(entry) {
    try {
      return this.#run(entry, entry.at);
    } catch (error) {
      if (!broken.has(error.category)) throw error;
      this.#give_up(error);
      return undefined;
    }
  }

  /** @param {{id?:string, op:string, in:any}} entry @param {number} at */
  #run(entry, at) {
    const reply = this.#desk.request({ op: entry.op, now: at, actor: this.#actor,
      ...(entry.id && { id: entry.id }), locale: locale(), in: entry.in });
    if (reply.error) throw new DeskError(reply.error);
    return reply.ok;
  }

  /** @param {(state:any) => void} listener @returns {() => void} stops listening */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed() {
    for (const listener of this.#listeners) listener(this.state);
  }

  /** @param {boolean} online */
  #online(online) {
    if (this.state.online === online) return;
    this.state.online = online;
    this.#changed();
    if (online) this.#queue.send();
  }

  /** Where sockets do not get through, each attempt asks for rows instead.
   * @param {boolean} up */
  #socket(up) {
    if (up) this.#online(true);
    else this.pull();
  }

  #signed_out() {
    this.state.signed_out = true;
    this.#changed();
  }

  /** @param {Pending[]} entries as another tab or this one has left them on disk */
  #queue_changed(entries) {
    const known = new Map(this.state.pending.map((entry) => [entry.id, entry]));
    const kept = new Set(entries.map((entry) => entry.id));
    const gone = this.state.pending.filter((entry) => !kept.has(entry.id));
    const fresh = gone.some((entry) => !entry.settling);
    for (const entry of gone) {
      entry.settling = true;
      this.#waiting.get(entry.id)?.resolve({});
      this.#waiting.delete(entry.id);
    }
    this.state.pending = [...gone, ...entries.map((entry) => known.get(entry.id) ?? entry)];
    this.#rebase();
    this.#changed();
    if (fresh) this.pull();
  }

  /** The server has decided about one entry.
   * @param {Pending} entry @param {{out?:any, rev?:number|null, error?:DeskError}} outcome */
  #sent(entry, { out, rev, error }) {
    const mine = this.state.pending.find((other) => other.id === entry.id);
    const waiting = this.#waiting.get(entry.id);
    this.#waiting.delete(entry.id);
    if (error) {
      this.state.pending = this.state.pending.filter((other) => other.id !== entry.id);
      this.state.refused = [...this.state.refused,
        { id: entry.id, op: entry.op, in: entry.in, error }];
      waiting?.reject(error);
      this.#rebase();
      this.#changed();
    } else if (mine) {
      mine.settling = true;
      mine.sent_rev = rev;
      waiting?.resolve(out);
    }
    this.pull();
  }

  /** @param {number|null} rev */
  #revision(rev) {
    if (rev === null || rev > this.state.rev) this.pull();
  }

  /** Fetches what is new; calls that come meanwhile make one more round. */
  pull() {
    if (this.#closed) return Promise.resolve();
    if (this.#pulling) {
      this.#pull_again = true;
      return this.#pulling;
    }
    this.#pulling = this.#pull().finally(() => {
      this.#pulling = null;
      if (this.#pull_again) {
        this.#pull_again = false;
        this.pull();
      }
    });
    return this.#pulling;
  }

  async #pull() {
    try {
      if (this.#desk) await this.#pull_rows();
      if (this.#desk) this.#online(true);
      else this.#forget_settled(Infinity);
      this.#changed();
    } catch (error) {
      if (error.signed_out) return this.#signed_out();
      if (error.category === 'offline') this.#online(false);
      else if (error.category === 'bug') this.#give_up(error);
      return this.#later('pull', () => this.pull());
    }
    this.#done('pull');
  }

  /** The next revision or connection may be far away. After many attempts it is left to them.
   * @param {string} kind @param {() => void} work */
  #later(kind, work) {
    const { timer, failures = 0 } = this.#retries.get(kind) ?? {};
    clearTimeout(timer);
    if (this.#closed || failures > ATTEMPTS_MAX) return;
    const pause = Math.min(PAUSE_MS * 2 ** failures, PAUSE_MS_MAX);
    this.#retries.set(kind, { failures: failures + 1,
      timer: setTimeout(work, pause * (0.5 + Math.random() / 2)) });
  }

  /** @param {string} kind */
  #done(kind) {
    clearTimeout(this.#retries.get(kind)?.timer);
    this.#retries.delete(kind);
  }

  async #pull_rows() {
    for (let more = true; more && this.#desk;) {
      const rows = (await pull(this.#since)).out;
      if (rows.reset) await this.#begin_anew();
      this.#apply(rows);
      this.#since = rows.rev;
      more = rows.more;
      this.#forget_settled(rows.more ? 0 : rows.rev);
      this.#rebase();
    }
    this.state.rev = this.#since;
  }

  /** @param {any} rows */
  #apply(rows) {
    try {
      this.#release();
      this.#desk.call('sync.apply', rows, this.#host());
    } catch (error) {
      this.#give_up(error);
      throw error;
    }
  }

  /** The server's file is older than these rows (it was restored): they are worth nothing. */
  async #begin_anew() {
    const desk = await this.#make();
    this.#desk.close();
    this.#desk = desk;
    this.#held = false;
  }

  /** What the server has done and told is no longer pending. @param {number} rev */
  #forget_settled(rev) {
    this.state.pending = this.state.pending.filter((entry) => !(entry.settling
      && (entry.sent_rev ?? 0) <= rev));
  }

  #release() {
    if (this.#held) this.#desk.call('core.rollback', {}, this.#host());
    this.#held = false;
  }

  /** Confirmed rows below, pending requests above. */
  #rebase() {
    if (!this.#desk) return;
    try {
      this.#release();
      this.#desk.call('core.hold', {}, this.#host());
      this.#held = true;
    } catch (error) {
      return this.#give_up(error);
    }
    for (const entry of this.state.pending) {
      try {
        entry.reply = this.#run(entry, entry.at);
        entry.error = undefined;
      } catch (error) {
        if (broken.has(error.category)) return this.#give_up(error);
        // The server has the last word; until then the entry is shown with this doubt.
        entry.error = error;
        entry.reply = undefined;
      }
    }
  }

  /** What was being written, kept encrypted. @param {string} name @returns {Promise<string>} */
  draft(name) {
    return this.#queue.draft(name);
  }

  /** @param {string} name @param {string} text */
  keep_draft(name, text) {
    return this.#queue.keep_draft(name, text);
  }

  /** @param {{id:string}} refusal the person has seen it */
  dismiss(refusal) {
    this.state.refused = this.state.refused.filter((other) => other.id !== refusal.id);
    this.#changed();
  }

  /** @param {{forget?:boolean}} [options] */
  async close({ forget = false } = {}) {
    this.#closed = true;
    for (const { timer } of this.#retries.values()) clearTimeout(timer);
    for (const closer of this.#closers) closer();
    this.#desk?.close();
    this.#desk = null;
    this.state.ready = false;
    delete document.documentElement.dataset.replica;
    if (forget) await this.#queue.forget();
  }
}

/** @param {number} since */
function pull(since) {
  return request('/api/sync.pull', { method: 'POST', body: { since } });
}
