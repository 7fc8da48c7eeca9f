// The core behind a queue. While a commit runs, all who arrive wait together and form the next
// batch: one commit, one fsync, for all of them. An answer is handed out only after its commit.
// Refuses more than the queue may hold (busy.overloaded). Read next: engine-worker.js.
import { Worker } from 'node:worker_threads';
import { randomUUID } from 'node:crypto';
import { hostRefusal } from './errors.js';
import { opsOf, readable } from './openapi.js';

export const DATABASE_FILE = 'desk.sqlite3';
const BINDING = new URL('../js/desk.js', import.meta.url);

/** A refusal of the core (or of the engine in its place), thrown by `call`. */
export class DeskRefusal extends Error {
  /** @param {import('./errors.js').Refusal} refusal */
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
    this.code = refusal.code;
    this.category = refusal.category;
  }
}

/** @typedef {{op: string, actor: object, in: object, id?: string, locale?: string,
 *   now?: number}} Envelope now: another instant than the batch's */
/** @typedef {{ok?: any, error?: import('./errors.js').Refusal, rev?: number}} Reply */
/** @typedef {{text: string, bytes: number, writes: boolean, op: string, alone: boolean,
 *   resolve: (reply: Reply) => void}} Entry */

export class Engine {
  #options;
  #worker;
  /** @type {Entry[]} */ #queue = [];
  #queuedBytes = 0;
  /** @type {Entry[]|null} */ #running = null;
  /** @type {{message: object, resolve: (reply: any) => void, last: boolean}[]} */ #errands = [];
  /** @type {((reply: any) => void)|null} */ #errandDone = null;
  /** @type {ReturnType<typeof opsOf>} */ #ops = new Map();
  #stopping = false;
  rev = 0;
  healthy = true;
  description = null;

  /** @param {{wasm: URL|string, folder: string, binding?: URL|string, limits: any, log: any,
   *   now?: () => number, onCommit?: (commit: {rev: number, wake_at: number|null,
   *   pending: number, ops: string[]}) => void,
   *   onBatch?: (batch: {size: number, ms: number}) => void}} options
   *   binding: the module whose `Desk` carries the core */
  constructor(options) {
    this.#options = { now: Date.now, ...options, binding: options.binding ?? BINDING };
    this.#spawn();
  }

  /** Opens the file, so that a folder that cannot be used fails at the start.
   * @param {ConstructorParameters<typeof Engine>[0]} options */
  static async open(options) {
    const engine = new Engine(options);
    const reply = await engine.#errand({ text: '' });
    if (reply.reply === undefined) {
      await engine.#worker.terminate();
      throw new Error(`the core does not open: ${reply.unopened ?? reply.trap}`);
    }
    engine.description = JSON.parse(reply.reply);
    engine.#ops = opsOf(engine.description);
    return engine;
  }

  #spawn() {
    const { wasm, folder, binding } = this.#options;
    this.#worker = new Worker(new URL('./engine-worker.js', import.meta.url), {
      workerData: { wasm: pathOf(wasm), folder, file: DATABASE_FILE, binding: String(binding) },
      name: 'engine',
    });
    this.#worker.on('message', (message) => this.#answered(message));
    this.#worker.on('error', (error) => {
      this.#options.log.error({ err: error }, 'the engine thread failed');
    });
    this.#worker.on('exit', () => this.#exited());
  }

  /** @returns {{requests: number, bytes: number}} */
  get queued() {
    return { requests: this.#queue.length, bytes: this.#queuedBytes };
  }

  /** @param {string} op */
  knows(op) {
    return this.#ops.has(op);
  }

  /** @param {string} op @param {string} [role] asked by it; absent: by anybody */
  isRead(op, role) {
    const known = this.#ops.get(op);
    if (known === undefined) return false;
    return role === undefined ? readable(known) : !known.writes.includes(role);
  }

  /** @param {string} op */
  fieldsOf(op) {
    return this.#ops.get(op)?.in ?? [];
  }

  /** One request, answered when it is durable. Never rejects: refusals are replies.
   * @param {Envelope} envelope @param {{repeatable?: boolean}} [how] repeatable: doing it twice
   *   does no harm, so it needs no id to be asked again after a failure of the core
   * @returns {Promise<Reply>} */
  request(envelope, { repeatable = false } = {}) {
    const { role } = /** @type {any} */ (envelope.actor);
    const refused = this.#refusedNow(role === 'host');
    if (refused) return Promise.resolve({ error: hostRefusal(refused) });
    const writes = !this.isRead(envelope.op, role);
    const needsId = writes && !repeatable && envelope.id === undefined;
    const text = JSON.stringify(needsId ? { ...envelope, id: randomUUID() } : envelope);
    return new Promise((resolve) => {
      const { op } = envelope;
      const bytes = Buffer.byteLength(text);
      this.#queue.push({ text, bytes, writes, op, alone: false, resolve });
      this.#queuedBytes += bytes;
      this.#next();
    });
  }

  /** The same for code that expects success. @param {string} op @param {object} input
   * @param {{actor?: object, id?: string, locale?: string, now?: number,
   *   repeatable?: boolean}} [as] */
  async call(op, input, { actor = { role: 'host' }, repeatable, ...rest } = {}) {
    const reply = await this.request({ op, actor, ...rest, in: input }, { repeatable });
    if (reply.error) throw new DeskRefusal(reply.error);
    return reply.ok;
  }

  /** The host's own requests (timers, effects, reports) pass a full queue: they empty it. */
  #refusedNow(host) {
    if (this.#stopping && !host) return 'busy.stopping';
    const { queue_requests: requests, queue_bytes: bytes } = this.#options.limits;
    const full = this.#queue.length >= requests || this.#queuedBytes >= bytes;
    return full && !host ? 'busy.overloaded' : null;
  }

  #next() {
    if (this.#running || this.#errandDone) return;
    const errand = this.#errands[0];
    if (errand && (!errand.last || this.#queue.length === 0)) {
      this.#errands.shift();
      this.#errandDone = errand.resolve;
      this.#worker.postMessage(errand.message);
      return;
    }
    if (this.#queue.length === 0) return;
    this.#running = this.#takeBatch();
    const batch = this.#running.map((entry) => entry.text).join(',');
    this.#worker.postMessage({ text: `{"now":${this.#options.now()},"batch":[${batch}]}` });
  }

  /** A request that was in a failed batch runs alone, so that only the one at fault is refused. */
  #takeBatch() {
    const { batch_requests: most, batch_bytes: bytesMax } = this.#options.limits;
    let size = 0;
    let bytes = 0;
    while (size < this.#queue.length && size < most) {
      const entry = this.#queue[size];
      if (size > 0 && (entry.alone || bytes + entry.bytes > bytesMax)) break;
      bytes += entry.bytes;
      size += 1;
      if (entry.alone) break;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, size);
  }

  #answered(message) {
    if (this.#errandDone) {
      const done = this.#errandDone;
      this.#errandDone = null;
      done(message);
    } else {
      const batch = this.#running ?? [];
      this.#running = null;
      if (message.reply !== undefined) this.#committed(batch, message);
      else if (message.trap !== undefined) this.#trapped(batch, message.trap);
      else this.#unopened(batch, message.unopened);
    }
    this.#next();
  }

  #committed(batch, { reply: text, ms }) {
    const reply = JSON.parse(text);
    // What only the core's reader refuses (half a character, too many levels) makes the whole text
    // unreadable: each is asked again alone, so that nobody is answered for a neighbour.
    if (reply.batch === undefined && batch.length > 1) {
      this.#askAgain(batch);
      return;
    }
    const replies = reply.batch ?? [{ error: reply.error, rev: reply.rev }];
    const moved = reply.rev > this.rev;
    this.rev = Math.max(this.rev, reply.rev ?? 0);
    this.healthy = !replies.some((each) => each.error?.category === 'storage');
    this.#options.onBatch?.({ size: batch.length, ms });
    // A batch has one revision: its commit's.
    for (const each of replies) each.rev = reply.rev;
    const shared = batch.length > 1;
    this.#askAgain(batch.filter((entry, index) => !this.#answer(entry, replies[index], shared)));
    const ops = moved ? batch.filter((entry) => entry.writes).map((entry) => entry.op) : [];
    const { rev, wake_at = null, pending = 0 } = reply;
    this.#options.onCommit?.({ rev, wake_at, pending, ops });
  }

  /** A fault of storage or of the core undoes the whole batch, whoever of it was at fault, and
   * sometimes nobody knows whether the commit was made. So each is asked again, once, alone and
   * under its own id: reads go on, and only what fails by itself is refused.
   * @param {Entry} entry @param {Reply} reply @param {boolean} shared */
  #answer(entry, reply, shared) {
    const { category, code } = reply.error ?? {};
    const undone = shared && (category === 'storage' || category === 'bug');
    if (!entry.alone && (undone || code === 'storage.commit_unknown')) return false;
    entry.resolve(reply);
    return true;
  }

  /** To the head of the queue, each as a batch of its own. @param {Entry[]} entries */
  #askAgain(entries) {
    for (const entry of entries) entry.alone = true;
    this.#queue.unshift(...entries);
    this.#queuedBytes += entries.reduce((sum, entry) => sum + entry.bytes, 0);
  }

  #trapped(batch, message) {
    this.#options.log.error({ trap: String(message).slice(0, 1000), batch: batch.length },
      'the core trapped; its instance was dropped');
    if (batch.length === 1 && batch[0].alone) {
      batch[0].resolve({ error: hostRefusal('bug.trap') });
      return;
    }
    // Nobody knows whether the batch was committed before the trap. Each is asked again under
    // its own id: what was done answers with its stored reply, the rest is done now.
    this.#askAgain(batch);
  }

  #unopened(batch, message) {
    this.#options.log.error({ reason: String(message).slice(0, 1000) }, 'the core does not open');
    this.healthy = false;
    for (const entry of batch) entry.resolve({ error: hostRefusal('storage.unavailable') });
  }

  #exited() {
    if (this.#stopping && !this.#running && !this.#errandDone) return;
    this.#spawn();
    const message = { trap: 'the engine thread ended' };
    if (this.#running || this.#errandDone) this.#answered(message);
  }

  /** Work for the thread between two batches, or, as the last, after the whole queue. */
  #errand(message, last = false) {
    return new Promise((resolve) => {
      this.#errands.push({ message, resolve, last });
      this.#next();
    });
  }

  /** Copies database and log between two commits. @param {string} path */
  async copyTo(path) {
    const reply = await this.#errand({ copy_to: path });
    if (!reply.copied) throw new Error(`the copy failed: ${reply.message ?? reply.trap}`);
  }

  /** From here on only the host's own requests are taken. */
  drain() {
    this.#stopping = true;
  }

  /** Answers all who wait, closes the file, ends the thread. */
  async close() {
    this.#stopping = true;
    await this.#errand({ close: true }, true);
    await this.#worker.terminate();
  }
}

function pathOf(wasm) {
  return wasm instanceof URL ? wasm.pathname : wasm;
}
