/* A queue of submit_sm that outlives connections: window, throttling, reconnection with full
 * jitter. It never repeats what may have reached the SMSC, because SMPP has no idempotency: a
 * lost answer is told as lost. What the statuses mean for a message is in smpp.js. */
import { SmppLink } from './smpp-link.js';

const ESME_RMSGQFUL = 0x14;
const ESME_RTHROTTLED = 0x58;

export class SmppSession {
  #config; #services; #link; #bound = false; #closing = false; #failures = 0; #queue = [];
  #in_window = 0; #throttle_ms = 0; #paused = false; #timers = new Set();

  /** @param {object} config see smpp.js @param {{log: any, deliver: any}} services */
  constructor(config, services) {
    this.#config = config;
    this.#services = services;
    this.#connect();
  }

  /** Sends one submit_sm when the session allows, or gives up waiting after `patience_ms`.
   *  @returns {Promise<{message_id: string} | {command_status: number} | {lost: true} |
   *    {unsent: true}>} lost: written, and no answer came; unsent: never accepted */
  submit(fields, patience_ms) {
    return new Promise((resolve) => {
      const entry = { fields, done: (result) => { this.#cancel(give_up); resolve(result); } };
      const give_up = this.#after(patience_ms, () => {
        const place = this.#queue.indexOf(entry);
        // An entry in the window is not taken back: its answer, or the lack of one, decides.
        if (place < 0) entry.expired = true;
        else entry.done(this.#queue.splice(place, 1) && { unsent: true });
      });
      this.#queue.push(entry);
      this.#drain();
    });
  }

  async close() {
    this.#closing = true;
    if (this.#bound) await this.#link.ask('unbind');
    this.#link.destroy();
    for (const entry of this.#queue.splice(0)) entry.done({ unsent: true });
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #connect() {
    const link = new SmppLink(this.#config, {
      ...this.#services,
      bound: () => {
        this.#bound = true;
        this.#failures = 0;
        this.#services.log.info({}, 'smpp: bound');
        this.#watch(link);
        this.#drain();
      },
      closed: () => this.#disconnected(),
    });
    this.#link = link;
  }

  #disconnected() {
    this.#bound = false;
    if (this.#closing) return;
    const { reconnect_min_ms, reconnect_max_ms } = this.#config;
    const ceiling_ms = Math.min(reconnect_max_ms, reconnect_min_ms * 2 ** this.#failures++);
    this.#after(Math.random() * ceiling_ms, () => this.#connect());
  }

  #watch(link) {
    this.#after(this.#config.enquire_link_ms, async () => {
      if (link !== this.#link || !this.#bound) return;
      await link.probe();
      this.#watch(link);
    });
  }

  #drain() {
    while (this.#bound && !this.#paused && !this.#closing && this.#queue.length > 0 &&
        this.#in_window < this.#config.window) {
      this.#perform(this.#queue.shift());
    }
  }

  async #perform(entry) {
    const link = this.#link;
    this.#in_window += 1;
    const reply = await link.ask('submit_sm', entry.fields);
    this.#in_window -= 1;
    const command_status = reply?.command_status;
    if (!reply) {
      entry.done({ lost: true });
      link.probe(); // One lost answer does not condemn the rest of the window; silence does.
    } else if (command_status === ESME_RTHROTTLED || command_status === ESME_RMSGQFUL) {
      if (entry.expired) entry.done({ unsent: true });
      else this.#queue.unshift(entry);
      this.#throttle();
    } else {
      this.#throttle_ms = 0;
      entry.done(command_status === 0 ? { message_id: reply.message_id } : { command_status });
    }
    this.#drain();
  }

  #throttle() {
    if (this.#paused) return;
    const { throttle_min_ms, throttle_max_ms } = this.#config;
    this.#throttle_ms = Math.min(throttle_max_ms, this.#throttle_ms * 2 || throttle_min_ms);
    this.#paused = true;
    this.#after(this.#throttle_ms, () => { this.#paused = false; this.#drain(); });
  }

  #after(delay_ms, action) {
    const timer = setTimeout(() => { this.#timers.delete(timer); action(); }, delay_ms);
    return this.#timers.add(timer) && timer;
  }

  #cancel(timer) {
    this.#timers.delete(timer);
    clearTimeout(timer);
  }
}
