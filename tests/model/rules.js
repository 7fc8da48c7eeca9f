// What spec/rules.md says of private chats, annulled ratings and contact forms, as plain objects:
// written from the rules, not from the core, and no longer than they are. Each request either lists
// why it may be refused (any of the reasons will do) or changes what is known and tells what the
// answer must say. The readings are those of part two: A01 to A14, B02, B03, B11, B12, B15, B16.

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
const REMIND_AFTER = 2 * DAY;
const OFFER_AFTER = 3 * DAY;
const CLAIM = 5 * 60_000;
const LINK = 14 * DAY;
/** So long an answer is kept for a key. */
const REMEMBERED = 7 * DAY;
const FORMS_AN_HOUR = 5;
const POSITIVE_FROM = 4;
const MUTE_AFTER = 2;

const CHAT_SIDE = ['representative', 'doctor', 'administrator'];
const CLINIC = [...CHAT_SIDE, 'assistant'];
export const REASONS = ['duplicate', 'spam', 'not_performed', 'cannot_meet_now'];

/** @typedef {{clinic: number, review: any, purpose: string, state: 'open'|'ended', solved: boolean,
 *   unanswered: number, texts: string[], attached: Set<any>, id: number, links: any[]}} Chat */
/** @typedef {{refused: string[], mails?: any[], kept?: boolean}
 *   | {says: Record<string, any>, mails?: any[]}} Outcome
 *   mails: to whom something goes out because of it, an address or a number each; kept: the refusal
 *   is remembered for its key */

const refused = (/** @type {string[]} */ ...reasons) => ({ refused: reasons });

export class Rules {
  /** @type {Chat[]} */ chats = [];
  /** @type {any[]} */ forms = [];
  /** @type {Map<number, any>} every effect that was ever seen */ known = new Map();
  /** @type {Map<number, any>} what the pump has taken */ outbox = new Map();
  /** @type {Map<string, {asked: string, reply: any, at: number}>} */ #answered = new Map();

  /** @param {import('./world.js').World} world */
  constructor({ people, reviews, now }) {
    this.people = people;
    this.reviews = reviews.map((review) =>
      ({ ...review, annulled: false, chat: /** @type {Chat|null} */ (null) }));
    this.now = now;
  }

  /** Everybody who may ask: staff, platform, visitor, authors of chats, patients who asked.
   * @returns {any[]} */
  get everybody() {
    const patient = (item, kind) => item.links.slice(-1).map((link) => ({
      name: `patient of ${kind} ${item.id}`, role: 'patient', clinic: item.clinic, item, link,
      complete: true, actor: { role: 'patient', link_id: link.link_id },
    }));
    return [...this.people, ...this.chats.flatMap((chat) => patient(chat, 'chat')),
      ...this.forms.flatMap((form) => patient(form, 'form'))];
  }

  /** Rules 2, 3, 12, 13, 56: who may ask for this item at all.
   * @returns {string[]} why not */
  #closedTo(who, item, roles, denied = 'denied.not_allowed') {
    if (who.link && this.now >= who.link.expires_at) return ['refused.expired_link'];
    if (!roles.includes(who.role)) return [denied];
    const own = who.role === 'patient' ? who.item === item
      : !item.lost && (!CLINIC.includes(who.role) || who.clinic === item.clinic);
    return own ? [] : ['missing.not_found'];
  }

  /** Rules 1, 2, 5 to 9. @returns {Outcome} */
  openChat(who, review, { purpose, confirmed, text }) {
    const closed = this.#closedTo(who, review, CHAT_SIDE);
    if (closed.length > 0) return refused(...closed);
    const reasons = [];
    if (review.chat) reasons.push('refused.exists');
    if (!who.complete) reasons.push('refused.no_representative');
    const risky = purpose === 'solve' && review.rating >= POSITIVE_FROM;
    if (risky && !confirmed) reasons.push('refused.not_confirmed');
    if (reasons.length > 0) return refused(...reasons);
    review.chat = { id: 0, clinic: review.clinic, review, purpose, state: 'open', solved: false,
      unanswered: 1, texts: [text], attached: new Set([who]), links: [] };
    this.chats.push(review.chat);
    return { says: {}, mails: [review.phone] };
  }

  /** Rules 11, 16, 18, 20. @returns {Outcome} */
  post(who, chat, { text }) {
    const closed = this.#closedTo(who, chat, [...CHAT_SIDE, 'patient']);
    if (closed.length > 0) return refused(...closed);
    const reasons = [];
    if (chat.state === 'ended') reasons.push('refused.closed');
    if (!who.complete) reasons.push('refused.no_representative');
    if (reasons.length > 0) return refused(...reasons);
    chat.texts.push(text);
    if (who.role === 'patient') {
      chat.unanswered = 0;
      return { says: { notified: true }, mails: [...chat.attached].map((each) => each.email) };
    }
    const notified = chat.unanswered < MUTE_AFTER;
    chat.unanswered += 1;
    chat.attached.add(who);
    return { says: { notified }, mails: notified ? [chat.review.phone] : [] };
  }

  /** Rules 8, 19, 21 to 24, 29; A04, A11, A12. @returns {Outcome} */
  markSolved(who, chat, { confirmed }) {
    const closed = this.#closedTo(who, chat, ['patient'], 'denied.not_author');
    if (closed.length > 0) return refused(...closed);
    const reasons = [];
    if (chat.state === 'ended') reasons.push('refused.closed');
    if (chat.purpose === 'thank') reasons.push('refused.purpose');
    if (!chat.solved && !confirmed) reasons.push('refused.not_confirmed');
    if (reasons.length > 0) return refused(...reasons);
    const before = chat.solved;
    chat.solved = true;
    chat.review.annulled = true;
    return { says: { solved: true, already_solved: before }, mails: [] };
  }

  /** Rules 19, 20. @returns {Outcome} */
  endChat(who, chat) {
    const closed = this.#closedTo(who, chat, ['patient'], 'denied.not_author');
    if (closed.length > 0) return refused(...closed);
    if (chat.state === 'ended') return refused('refused.closed');
    chat.state = 'ended';
    return { says: { state: 'ended' }, mails: [] };
  }

  /** Rules 12, 13. @returns {Outcome} */
  lookAtChat(who, chat) {
    const closed = this.#closedTo(who, chat, [...CLINIC, 'moderator', 'integration', 'patient']);
    return closed.length > 0 ? refused(...closed) : { says: {}, mails: [] };
  }

  /** Rule 29, A14: over all reviews of a clinic that count. */
  rating(clinic) {
    const counted = this.reviews.filter((review) => review.clinic === clinic && !review.annulled);
    const sum = counted.reduce((total, review) => total + review.rating, 0);
    return { count: counted.length,
      mean: counted.length === 0 ? null : Math.round(sum / counted.length * 100) / 100 };
  }

  /** Rules 30, 31, 64; whoever fills the field that nobody sees is a program. @returns {Outcome} */
  send(who, clinic, { email, text, trap }) {
    if (who.link && this.now >= who.link.expires_at) return refused('refused.expired_link');
    if (!['visitor', 'integration'].includes(who.role)) return refused('denied.not_allowed');
    if (trap) return refused('refused.spam');
    const late = this.forms.filter((form) => form.clinic === clinic && form.email === email
      && form.delivered_at > this.now - HOUR);
    if (late.length >= FORMS_AN_HOUR) return refused('busy.too_many');
    this.forms.push({ id: 0, clinic, email, state: 'new', texts: [text], delivered_at: this.now,
      clock_at: this.now, waiting: true, answered_at: null, reminded_at: null,
      reminded: false, offered: false, read_clock: false,
      messages: [], last_clinic: 0, claim: null, links: [] });
    return { says: {}, mails: [...this.#handlers(clinic), email] };
  }

  #handlers(clinic) {
    return this.people.filter((one) => one.clinic === clinic).map((one) => one.email);
  }

  /** Rules 33, 34, 47, 50, 56; B02: only the clinic's looking is reading. @returns {Outcome} */
  lookAtForm(who, form) {
    const closed = this.#closedTo(who, form, [...CLINIC, 'moderator', 'integration', 'patient']);
    if (closed.length > 0) return refused(...closed);
    // A patient who looks only looks: nothing that is due waits for that.
    const mails = who.role === 'patient' ? [] : this.#due(form);
    if (!CLINIC.includes(who.role) || form.state !== 'new') return { says: {}, mails };
    form.state = 'read';
    // What a reading has begun, a later one does not begin again.
    if (!form.read_clock || this.#runOut(form)) {
      Object.assign(form, { clock_at: this.now, reminded: false, read_clock: true });
    }
    // Who has read it needs no word about it that has not gone out yet; the patient still does.
    return { says: {}, mails: mails.filter((to) => to === form.email) };
  }

  /** Rule 57, B15. @returns {Outcome} */
  claim(who, form, { takeOver }) {
    const closed = this.#closedTo(who, form, CLINIC);
    if (closed.length > 0) return refused(...closed);
    if (this.#answering(form, who) && !takeOver) return refused('refused.claimed');
    form.claim = { who: who.name, until: this.now + CLAIM };
    return { says: { until_at: this.now + CLAIM }, mails: this.#due(form) };
  }

  /** Somebody else says that he is answering. */
  #answering(form, who) {
    return form.claim !== null && form.claim.until > this.now && form.claim.who !== who.name;
  }

  /** Rules 42 to 44, 48, 51, 52, 57: the three ways to settle a question.
   * @param {'answered'|'answered_by_phone'|'rejected'} way @returns {Outcome} */
  settle(who, form, way, { text, seen, reason }) {
    const closed = this.#closedTo(who, form, CLINIC);
    if (way === 'rejected' && !REASONS.includes(reason)) closed.push('invalid.bad_reason');
    if (closed.length > 0) return refused(...closed);
    const reasons = [];
    if (way === 'rejected' && !form.waiting) reasons.push('refused.already_answered');
    if (seen !== undefined && form.last_clinic > seen) reasons.push('refused.stale');
    if (this.#answering(form, who)) reasons.push('refused.claimed');
    // Who was second keeps the text as a draft, so a key repeats this refusal, and what was due in
    // the meantime has happened. Once it is settled, nobody need be told any more.
    if (reasons.length > 0) {
      const second = !reasons.includes('refused.already_answered');
      return { refused: reasons, mails: this.#due(form), kept: second };
    }
    this.#due(form);
    const first = form.answered_at === null;
    Object.assign(form, { state: way, waiting: false, claim: null });
    form.texts.push(text ?? '');
    if (first) form.answered_at = this.now;
    return { says: { first }, mails: way === 'answered_by_phone' ? [] : [form.email] };
  }

  /** Rules 49, 60; B11. @returns {Outcome} */
  reply(who, form, { text }) {
    const closed = this.#closedTo(who, form, ['patient']);
    if (closed.length > 0) return refused(...closed);
    const mails = this.#due(form);
    // The clocks of the oldest question go on; where a reading has let all of them run out, the
    // new message starts them again.
    if (!form.waiting || (form.state === 'read' && this.#runOut(form))) {
      Object.assign(form, { waiting: true, clock_at: this.now, reminded: false,
        read_clock: false });
    }
    form.state = 'new';
    form.texts.push(text);
    return { says: {}, mails: [...mails, ...this.#handlers(form.clinic)] };
  }

  /** Nothing more falls due for this question by itself. */
  #runOut(form) {
    return form.reminded && (form.answered_at !== null || form.offered);
  }

  /** Rules 35, 40, 64; B03, B07, B11, B16: what falls due for a question before this instant. Who
   * acts at that very instant comes first. @returns {string[]} to whom something goes out */
  #due(form, before = this.now) {
    const mails = [];
    const remind = form.clock_at + REMIND_AFTER;
    if (form.waiting && remind < before && !form.reminded) {
      Object.assign(form, { reminded: true, reminded_at: remind });
      mails.push(...this.#handlers(form.clinic));
    }
    const offer = form.clock_at + OFFER_AFTER;
    if (form.waiting && offer < before && form.answered_at === null && !form.offered) {
      form.offered = true;
      mails.push(form.email);
    }
    return mails;
  }

  /** The clock is looked at: what is due by now happens. */
  tick() {
    for (const [key, { at }] of this.#answered) {
      if (at < this.now - REMEMBERED) this.#answered.delete(key);
    }
    return this.forms.flatMap((form) => this.#due(form, this.now + 1));
  }

  /** Rule 11, A07: a link is good for fourteen days. @param {number} sentAt */
  linkEnds(sentAt) {
    return sentAt + LINK;
  }

  /** The same intent twice is one act, with one answer; the same key for another is refused.
   * @param {any} who @param {string|undefined} key @param {string} asked
   * @returns {{refused: string[]}|{again: any}|null} */
  repeated(who, key, asked) {
    const known = key === undefined ? undefined : this.#answered.get(this.#principal(who, key));
    if (!known) return null;
    // Whoever may not ask at all is told that instead.
    return known.asked === asked ? { again: known.reply }
      : refused('refused.duplicate_command', 'denied.not_allowed', 'denied.not_author');
  }

  remember(who, key, asked, reply) {
    if (key !== undefined) {
      this.#answered.set(this.#principal(who, key), { asked, reply, at: this.now });
    }
  }

  /** A patient may come by a newer link to the same item. */
  #principal(who, key) {
    return `${who.role === 'patient' ? who.name : who.actor.agent_id ?? who.role} ${key}`;
  }
}
