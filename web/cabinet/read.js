/**
 * A view reads the core through this: the op and its input, kept fresh when rows change.
 * The last answer stays on the screen while the next one is asked, so nothing flickers.
 */
import { model } from './model.js';

export class Read {
  /**
   * @param {import('lit').ReactiveControllerHost} host
   * @param {string} op
   * @param {() => object | null} input null: there is nothing to ask yet
   * @param {{once?: boolean, server?: boolean | 'first', while_seen?: boolean,
   *   every_ms?: number}} [options]
   *   once: a reading that leaves a trace (a moderator's) is not repeated by itself;
   *   while_seen: what asking marks as read is not asked for by a page in the background;
   *   every_ms: what changes seldom or costs much is not asked for by itself more often
   */
  constructor(host, op, input,
    { once = false, server = false, while_seen = false, every_ms = 0 } = {}) {
    this.host = host;
    this.op = op;
    this.input = input;
    this.once = once;
    this.server = server;
    this.while_seen = while_seen;
    this.every_ms = every_ms;
    this.asked_at = -Infinity;
    this.value = null;
    this.error = null;
    this.turn = 0;
    host.addController(this);
  }

  hostConnected() {
    this.forget = this.once ? null : model.onChange(() => this.refresh());
    this.asked = undefined;
    if (this.while_seen) document.addEventListener('visibilitychange', this.looked);
  }

  hostDisconnected() {
    this.forget?.();
    document.removeEventListener('visibilitychange', this.looked);
  }

  looked = () => {
    if (!document.hidden) void this.again();
  };

  hostUpdate() {
    const input = this.input();
    const asked = input && JSON.stringify(input);
    if (asked === this.asked) return;
    const same_item = this.asked && asked && same_ids(JSON.parse(this.asked), input);
    this.asked = asked;
    if (!same_item) this.value = null;
    this.error = null;
    void this.again();
  }

  get loading() {
    return this.value === null && this.error === null && this.input() !== null;
  }

  /** What the server said at this revision it would say again. */
  refresh() {
    if (this.server && this.value && this.rev === model.state.rev) return;
    if (this.value && performance.now() - this.asked_at < this.every_ms) return;
    void this.again();
  }

  async again() {
    const input = this.input();
    const turn = ++this.turn;
    if (!input || (this.while_seen && document.hidden)) return;
    this.asked_at = performance.now();
    this.rev = model.state.online ? model.state.rev : null;
    try {
      const value = await model.read(this.op, input, { server: this.server });
      if (turn !== this.turn) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (error.code === 'denied.expired_session') return model.to_sign_in();
      if (turn !== this.turn) return;
      // An answer that one has is better than a notice that the line is down.
      this.error = error.category === 'offline' && this.value ? null : error;
    }
    this.host.requestUpdate();
  }
}

/** A changed limit or page keeps the old rows on the screen; a changed item does not. */
function same_ids(before, after) {
  return Object.keys({ ...before, ...after })
    .filter((key) => key.endsWith('_id') || key === 'kind')
    .every((key) => before[key] === after[key]);
}
