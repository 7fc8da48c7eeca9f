/**
 * One open conversation: holds the last reply, the draft and what is being done; the views are
 * functions of it. Every decision comes from the core: what is allowed, why something is not.
 */
import { html } from 'lit';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '../shared/kit.js';
import { announce } from '../shared/announce.js';
import { endSession, on_session_end } from '../shared/api.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import { locale, t } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';
import { openReplica } from '../shared/replica.js';
import { toast } from '../shared/toast.js';
import { composer_view } from './composer.js';
import { outcome_view } from './outcome.js';
import { review_view } from './review.js';
import { keep_in_place, near_end, scroll_to_end } from './scroll.js';
import { thread_view } from './thread.js';

const PAGE_SIZE = 50;

/** @param {any} opened what POST /session/open or GET /session answered
 * @param {{draw:() => void, leave:(problem?:any) => void}} page */
export async function open_chat(opened, page) {
  const { actor, now, item } = opened;
  const replica = await openReplica({ actor, role: 'patient', now, item });
  return new Chat(opened, replica, page);
}

class Chat {
  #page; #replica; #id; #reading = false;
  #read_again = false; #seen = 0;
  #sending = false; #names_locale = ''; #stop = [];
  /** @type {any} the last review_chat.get */ reply = null;
  /** Messages came while the person was reading earlier ones. */ unseen = false;
  /** @type {any[]} */ older = [];
  more = false;
  draft = '';
  /** @type {Record<string, string>} */ names = {};
  /** @type {any} */ problem = null;
  /** @type {'end'|'mark_solved'|'leave'|null} */ asking = null;
  busy = false;
  review_open = false;

  /** @param {any} opened @param {any} replica @param {any} page */
  constructor(opened, replica, page) {
    this.#page = page;
    this.#replica = replica;
    this.#id = opened.item.item_id;
  }

  get state() {
    return this.#replica.state;
  }

  /** Who reads the end keeps the end in sight when something is added. */
  draw() {
    const { scrollHeight } = document.documentElement;
    const stay = near_end();
    this.#page.draw();
    if (stay && document.documentElement.scrollHeight > scrollHeight) scroll_to_end('instant');
  }

  async start() {
    this.draft = await this.#replica.draft(`chat/${this.#id}`);
    this.#stop.push(this.#replica.onChange(() => this.#changed()));
    const seen = () => this.#mark_read();
    addEventListener('visibilitychange', seen);
    this.#stop.push(() => removeEventListener('visibilitychange', seen));
    on_session_end(() => this.close());
    await this.refresh();
    // The button that had the focus is gone; who listens goes on in the conversation.
    document.getElementById('talk')?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      scroll_to_end('instant');
      setTimeout(() => this.#replica.load());
    });
  }

  close() {
    for (const stop of this.#stop) stop();
    this.#replica.close();
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
      const [reply] = await Promise.all([this.#replica.read('review_chat.get',
        { review_chat_id: this.#id, limit: PAGE_SIZE }), this.#load_names()]);
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

  /** What the buttons are called is the core's word. */
  async #load_names() {
    if (this.#names_locale === locale()) return;
    const asked = locale();
    this.names = (await this.#replica.read('text.list',
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
      announce(t('new_message', { name: message.agent_name || t('clinic'), text: message.text }));
    }
    if (!near_end()) this.unseen = true;
  }

  /** What is on the screen has been seen; said once per newest message. */
  #mark_read() {
    const unread = (this.reply?.messages ?? []).filter((message) => message.delivery !== 'read');
    const newest = last_from_clinic(unread);
    if (document.visibilityState !== 'visible' || newest <= this.#seen) return;
    this.#seen = newest;
    this.#replica.do('review_chat.mark_read', { review_chat_id: this.#id }).catch(() => {});
  }

  /** All that is to be shown, what waits included. */
  messages() {
    const waiting = this.state.pending.filter((entry) => entry.op === 'review_chat.post'
      && entry.in.review_chat_id === this.#id);
    const entry_of = new Map(waiting.map((entry) => [entry.reply?.message_id, entry]));
    const known = [...this.older, ...(this.reply?.messages ?? [])].map((message) =>
      ({ ...message, entry: entry_of.get(message.message_id) }));
    const ids = new Set(known.map((message) => message.message_id));
    const unknown = waiting.filter((entry) => !ids.has(entry.reply?.message_id))
      .map((entry) => ({ entry, message_id: entry.id, author: 'patient', text: entry.in.text,
        sent_at: entry.at }));
    const refused = this.state.refused.filter((one) => one.op === 'review_chat.post')
      .map((refusal) => ({ refusal, message_id: refusal.id, author: 'patient',
        text: refusal.in.text, sent_at: Infinity }));
    return [...known, ...unknown, ...refused];
  }

  async load_older() {
    const first = this.older[0] ?? this.reply.messages[0];
    try {
      const reply = await this.#replica.read('review_chat.get',
        { review_chat_id: this.#id, before_id: first.message_id, limit: PAGE_SIZE });
      this.older = [...reply.messages, ...this.older];
      this.more = reply.more;
      keep_in_place(() => this.draw());
    } catch (error) {
      this.#show(error);
    }
    this.draw();
  }

  /** @param {string} text */
  write(text) {
    this.draft = text;
    this.#replica.keep_draft(`chat/${this.#id}`, text);
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
      await this.#replica.do('review_chat.post', { review_chat_id: this.#id, text }, kept);
    } catch (error) {
      // What the server refused later lies beside the message.
      if (!this.state.refused.some((one) => one.error === error)) this.#show(error);
    }
    this.#sending = false;
  }

  /** A refused message goes back to where it can be changed. @param {any} refusal */
  take_back(refusal) {
    this.#replica.dismiss(refusal);
    this.write([this.draft, refusal.in.text].filter(Boolean).join('\n'));
    document.getElementById('composer')?.focus();
  }

  /** @param {any} refusal */
  dismiss(refusal) {
    this.#replica.dismiss(refusal);
  }

  /** @param {'end'|'mark_solved'|'leave'|null} event */
  ask(event) {
    this.asking = event;
    this.draw();
  }

  async confirm() {
    if (this.busy || !this.asking) return;
    const event = this.asking;
    this.busy = true;
    this.draw();
    if (event === 'leave') return this.#forget();
    try {
      await this.#replica.do(`review_chat.${event}`, { review_chat_id: this.#id,
        ...(event === 'mark_solved' && { confirmed: true }) });
      announce(t(event === 'end' ? 'ended_done' : 'solved_done'));
    } catch (error) {
      this.#show(error);
    }
    this.busy = false;
    this.asking = null;
    await this.refresh();
    scroll_to_end();
  }

  /** Nothing of the conversation stays on this device. */
  async #forget() {
    await endSession();
    this.#page.leave({ message: t('left_text') });
  }

  /** @param {any} error */
  #show(error) {
    toast(words_of(error), { kind: 'bad' });
  }

  view() {
    if (!this.reply) return first_view(this);
    const { review_chat } = this.reply;
    return html`
      <a class="skip-link" href="#talk">${t('skip_to_content')}</a>
      <header class="top">
        <div class="top-in">
          <span class="badge" aria-hidden="true">${initials(review_chat.clinic_name)}</span>
          <div class="who"><h1>${review_chat.clinic_name}</h1>
            <p class="quiet small">${t('title')}</p></div>
          ${language_switch()}
        </div>
        ${this.state.online ? '' : html`<p class="offline" role="status">${icon('cloud-off')}
          <span><strong>${t('offline')}.</strong> ${t('offline_hint')}</span></p>`}
      </header>
      <div class="columns">
        <aside class="side" aria-label=${t('review')}>
          ${review_view(this)}
          <p class="privacy">${icon('lock')}<span>${this.reply.texts.notice_visibility}
            <button type="button" class="link leave" @click=${() => this.ask('leave')}
              >${t('leave')}</button></span></p>
        </aside>
        <main class="talk" id="talk" tabindex="-1" aria-label=${t('conversation')}>
          ${problem_view(this)}
          ${thread_view(this)}
          ${outcome_view(this)}
        </main>
      </div>
      ${composer_view(this)}`;
  }
}

/** Before the first answer. @param {Chat} chat */
function first_view(chat) {
  if (chat.problem) {
    return html`<main class="door"><div class="door-mark quiet-mark">${icon('cloud-off')}</div>
      <h1>${t('error_title')}</h1>
      <p class="door-text">${words_of(chat.problem)}</p>
      <wa-button class="wide" @click=${() => chat.refresh()}>${t('retry')}</wa-button></main>`;
  }
  return html`<main class="loading" aria-busy="true">
    <span class="visually-hidden">${t('loading')}</span>
    <span class="skeleton bar"></span><span class="skeleton card"></span>
    <span class="skeleton theirs"></span><span class="skeleton mine"></span>
    <span class="skeleton theirs"></span></main>`;
}

/** @param {Chat} chat */
function problem_view(chat) {
  return chat.problem ? html`<wa-callout variant="danger" appearance="filled-outlined" role="alert">
    ${words_of(chat.problem)}
    <wa-button appearance="outlined" @click=${() => chat.refresh()}>${t('retry')}</wa-button>
  </wa-callout>` : '';
}

/** @param {any[]} [messages] */
function last_from_clinic(messages = []) {
  return messages.reduce((last, message) =>
    message.author === 'clinic' ? Math.max(last, message.message_id) : last, 0);
}

/** @param {string} name */
function initials(name) {
  return name.replace(/[^\p{L}\p{N} ]/gu, ' ').split(' ').filter(Boolean).slice(0, 2)
    .map((word) => word[0].toUpperCase()).join('');
}
