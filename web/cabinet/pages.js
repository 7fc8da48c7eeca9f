/**
 * A list that is read page by page and kept fresh: every page that is on the screen is asked for
 * again when rows change, so that a question answered by a colleague leaves the list at once.
 */
import { model } from './model.js';

const page_size = 100;

export class Pages {
  /**
   * @param {import('lit').ReactiveControllerHost} host
   * @param {string} op
   * @param {string} rows the reply's list
   * @param {string} id the row's number, which the next page begins after
   * @param {() => object | null} input
   * @param {() => boolean | 'first'} server as model.read() takes it, for what is asked now
   */
  constructor(host, op, rows, id, input, server) {
    this.host = host;
    this.op = op;
    this.rows = rows;
    this.id = id;
    this.input = input;
    this.server = server;
    /** @type {any[]} */ this.list = [];
    /** @type {any} */ this.reply = null;
    /** @type {any} */ this.error = null;
    this.n = 1;
    this.turn = 0;
    host.addController(this);
  }

  hostConnected() {
    this.forget = model.onChange(() => this.refresh());
    this.asked = undefined;
  }

  hostDisconnected() {
    this.forget();
  }

  /** Another question begins with its first page; the old rows stay until it is there. */
  hostUpdate() {
    const input = this.input();
    const asked = input && JSON.stringify(input);
    if (asked === this.asked) return;
    this.asked = asked;
    this.n = 1;
    this.error = null;
    this.fresh = false;
    void this.again();
  }

  get loading() {
    return !this.reply && !this.error && this.input() !== null;
  }

  get more() {
    return Boolean(this.reply?.more);
  }

  next() {
    this.n += 1;
    this.fresh = false;
    return this.again();
  }

  refresh() {
    const { online, rev } = model.state;
    if (this.server() && this.fresh && online && this.rev === rev) return;
    void this.again();
  }

  async again() {
    const input = this.input();
    const turn = ++this.turn;
    if (!input) return;
    this.rev = model.state.rev;
    try {
      const { list, reply } = await this.read(input);
      if (turn !== this.turn) return;
      Object.assign(this, { list, reply, error: null, fresh: true });
    } catch (error) {
      if (error.code === 'denied.expired_session') return model.to_sign_in();
      if (turn !== this.turn) return;
      this.error = error.category === 'offline' && this.reply ? null : error;
    }
    this.host.requestUpdate();
  }

  async read(input) {
    const list = [];
    let reply;
    for (let page = 0; page < this.n; page += 1) {
      const after = list.length ? { after_id: list.at(-1)[this.id] } : {};
      reply = await model.read(this.op, { ...input, ...after, limit: page_size },
        { server: this.server() });
      list.push(...reply[this.rows]);
      if (!reply.more) break;
    }
    return { list, reply };
  }
}
