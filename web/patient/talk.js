/**
 * One open conversation with a clinic: holds the last reply, the draft and what is being done; the
 * views are functions of it. Every decision comes from the core: what is allowed, why something
 * is not. Read next: chat.js (about a review), form.js (a question from a contact form).
 */
import { announce } from '../shared/announce.js';
import { endSession, on_session_end } from '../shared/api.js';
import { locale, t } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';
import { toast } from '../shared/toast.js';
import { keep_in_place, near_end, scroll_to_end } from './scroll.js';

const PAGE_SIZE = 50;

/** @typedef {{kind:string, post:string, draft:string, local:boolean}} About the item's kind, the
 *   event that writes into it, where its draft lies, whether the page's own core knows it */

export class Talk {
  #page; #about; #reading = false;
  #read_again = false; #seen = 0;
  #sending = false; #names_locale = ''; #stop = [];
  /** @type {any} */ replica;
  /** @type {any} the last reply of get */ reply = null;
  /** Messages came while the person was reading earlier ones. */ unseen = false;
  /** @type {any[]} */ older = [];
  more = false;
  draft = '';
  /** @type {Record<string, string>} */ names = {};
  /** @type {any} */ problem = null;
  /** @type {string|null} what the open dialog asks */ asking = null;
  busy = false;

  /** @param {number} id @param {About} about @param {any} replica
   * @param {{draw:() => void, leave:(problem?:any) => void}} page */
  constructor(id, about, replica, page) {
    this.id = id;
    this.#about = about;
    this.#page = page;
    this.replica = replica;
  }

  get state() {
    return this.replica.state;
  }

  /** What names the item in every operation. */
  get key() {
    return { [`${this.#about.kind}_id`]: this.id };
  }

  /** Who reads the end keeps the end in sight when something is added. */
  draw() {
    const { scrollHeight } = document.documentElement;
    const stay = near_end();
    this.#page.draw();
    if (stay && document.documentElement.scrollHeight > scrollHeight) scroll_to_end('instant');
  }

  async start() {
    this.draft = await this.replica.draft(this.#about.draft);
    this.#stop.push(this.replica.onChange(() => this.#changed()));
    const seen = () => this.#mark_read();
    addEventListener('visibilitychange', seen);
    this.#stop.push(() => removeEventListener('visibilitychange', seen));
    on_session_end(() => this.close());
    await this.refresh();
    // The button that had the focus is gone; who listens goes on in the conversation.
    document.getElementById('talk')?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      this.first_sight();
      if (this.#about.local) setTimeout(() => this.replica.load());
    });
  }

  /** Where the person begins to read. */
  first_sight() {
    scroll_to_end('instant');
  }

  close() {
    for (const stop of this.#stop) stop();
    this.replica.close();
  }

  #changed() {
    if (this.state.signed_out) {
      this.close();
      return this.#page.leave();
    }
    this.refresh();
  }

  /** Asks again and draws; questions that come meanwhile make one more round. */
  async refresh() {
    if (this.#reading) {
      this.#read_again = true;
      return;
    }
    this.#reading = true;
    try {
      const [reply] = await Promise.all([this.#get({}), this.#load_names()]);
      this.#arrived(reply);
      this.problem = null;
    } catch (error) {
      if (error.signed_out) this.#page.leave(error);
      else if (!this.reply || error.category !== 'offline') this.problem = error;
    }
    this.#reading = false;
    this.draw();
    if (this.#read_again) {
      this.#read_again = false;
      this.refresh();
    }
  }

  /** @param {object} more */
  #get(more) {
    return this.replica.read(`${this.#about.kind}.get`,
      { ...this.key, limit: PAGE_SIZE, ...more });
  }

  /** What the buttons are called is the core's word. */
  async #load_names() {
    if (this.#names_locale === locale()) return;
    const asked = locale();
    this.names = (await this.replica.read('text.list',
      { locale: asked, prefix: 'button.' })).texts;
    this.#names_locale = asked;
  }

  /** @param {any} reply */
  #arrived(reply) {
    const newest = last_from_clinic(this.reply?.messages);
    const first = !this.reply;
    if (first) this.more = reply.more;
    // The newest page slides on as messages come; what it leaves behind stays shown.
    const start = reply.messages[0]?.message_id ?? 0;
    this.older = [...this.older, ...(this.reply?.messages ?? [])]
      .filter((message) => message.message_id < start);
    this.reply = reply;
    const fresh = reply.messages.filter((message) => message.author === 'clinic'
      && message.message_id > newest);
    if (!first && fresh.length) this.#tell(fresh);
    this.#mark_read();
  }

  /** @param {any[]} fresh */
  #tell(fresh) {
    for (const message of fresh) {
      announce(t('new_message', { name: message.agent_name || t('clinic'),
        text: this.words_of_message(message) }));
    }
    if (!near_end()) this.unseen = true;
  }

  /** What a message says, for those who hear it. @param {any} message @returns {string} */
  words_of_message(message) {
    return message.text;
  }

  /** What is on the screen has been seen; said once per newest message. */
  #mark_read() {
    const unread = (this.reply?.messages ?? []).filter((message) => message.delivery !== 'read');
    const newest = last_from_clinic(unread);
    if (document.visibilityState !== 'visible' || newest <= this.#seen) return;
    this.#seen = newest;
    this.replica.do(`${this.#about.kind}.mark_read`, this.key).catch(() => {});
  }

  /** May anything be written any more? */
  get may_write() {
    return this.reply.allowed.includes(this.#about.post);
  }

  get #post() {
    return `${this.#about.kind}.${this.#about.post}`;
  }

  /** All that is to be shown, what waits included. */
  messages() {
    const [name] = Object.keys(this.key);
    const waiting = this.state.pending.filter((entry) => entry.op === this.#post
      && entry.in[name] === this.id);
    const entry_of = new Map(waiting.map((entry) => [entry.reply?.message_id, entry]));
    const known = [...this.older, ...(this.reply?.messages ?? [])].map((message) =>
      ({ ...message, entry: entry_of.get(message.message_id) }));
    const ids = new Set(known.map((message) => message.message_id));
    const unknown = waiting.filter((entry) => !ids.has(entry.reply?.message_id))
      .map((entry) => ({ entry, message_id: entry.id, author: 'patient', text: entry.in.text,
        sent_at: entry.at }));
    const refused = this.state.refused.filter((one) => one.op === this.#post)
      .map((refusal) => ({ refusal, message_id: refusal.id, author: 'patient',
        text: refusal.in.text, sent_at: Infinity }));
    return [...known, ...unknown, ...refused];
  }

  async load_older() {
    const first = this.older[0] ?? this.reply.messages[0];
    try {
      const reply = await this.#get({ before_id: first.message_id });
      this.older = [...reply.messages, ...this.older];
      this.more = reply.more;
      keep_in_place(() => this.draw());
    } catch (error) {
      this.show_error(error);
    }
    this.draw();
  }

  /** @param {string} text */
  write(text) {
    this.draft = text;
    this.replica.keep_draft(this.#about.draft, text);
    this.draw();
  }

  /** The words leave the composer when they lie on the disk, and not before. */
  async send() {
    const written = this.draft;
    const text = written.trim();
    if (!text || this.#sending) return;
    this.#sending = true;
    const kept = () => {
      this.#sending = false;
      this.write(this.draft.slice(written.length));
      requestAnimationFrame(() => scroll_to_end());
    };
    try {
      await this.replica.do(this.#post, { ...this.key, text }, kept);
    } catch (error) {
      // What the server refused later lies beside the message.
      if (!this.state.refused.some((one) => one.error === error)) this.show_error(error);
    }
    this.#sending = false;
  }

  /** A refused message goes back to where it can be changed. @param {any} refusal */
  take_back(refusal) {
    this.replica.dismiss(refusal);
    this.write([this.draft, refusal.in.text].filter(Boolean).join('\n'));
    document.getElementById('composer')?.focus();
  }

  /** @param {any} refusal */
  dismiss(refusal) {
    this.replica.dismiss(refusal);
  }

  /** @param {string|null} event */
  ask(event) {
    this.asking = event;
    this.draw();
  }

  /** The person's yes to what the dialog asks. */
  async confirm() {
    if (this.busy || !this.asking) return;
    const event = this.asking;
    this.busy = true;
    this.draw();
    if (event === 'leave') return this.#forget();
    try {
      await this.answer(event);
    } catch (error) {
      this.show_error(error);
    }
    this.busy = false;
    this.asking = null;
    await this.refresh();
    scroll_to_end();
  }

  /** Does what was asked. @param {string} event */
  async answer(event) {}

  /** Nothing of the conversation stays on this device. */
  async #forget() {
    await endSession();
    this.#page.leave({ message: t('left_text') });
  }

  /** @param {any} error */
  show_error(error) {
    toast(words_of(error), { kind: 'bad' });
  }
}

/** @param {any[]} [messages] */
function last_from_clinic(messages = []) {
  return messages.reduce((last, message) =>
    message.author === 'clinic' ? Math.max(last, message.message_id) : last, 0);
}
