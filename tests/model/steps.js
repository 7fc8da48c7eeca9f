// What people do in a random order, as commands of fast-check: each asks the real core, asks the
// rules, and compares the refusal or the answer, what goes out, and all that can be looked at.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DAY, HOUR, REASONS } from './rules.js';

const LOST = { id: 999_999, review_id: 999_999, clinic: -1, rating: 1, links: [], lost: true,
  messages: [1], last_clinic: 0, state: 'new' };
const SPANS = [1000, 60_000, 5 * 60_000, HOUR, DAY, 2 * DAY, 2 * DAY + 1, 3 * DAY, 15 * DAY];
const EMAILS = ['ewa@patients.example', 'jan@patients.example'];

/** @typedef {import('./rules.js').Rules} Rules */
/** @typedef {import('./world.js').World} World */
/** @typedef {{who: number, item: number, key: number, text: number, flag: boolean, other: number,
 *   apt: boolean, lost: boolean}} Drawn */

const text = (/** @type {Drawn} */ drawn) => `text ${drawn.text}`;
const purpose = (/** @type {Drawn} */ drawn) => (drawn.other % 2 ? 'thank' : 'solve');
const seen = (form, drawn) => form.messages[drawn.other % form.messages.length] ?? 1;
const reason = (/** @type {Drawn} */ drawn) => [...REASONS, 'tired'][drawn.other % 5];
const confirmed = (/** @type {Drawn} */ drawn) => (drawn.flag ? { confirmed: true } : {});

/** Each thing that may be asked for: of what, how the core hears it, what the rules say.
 * @type {Record<string, {of: (rules: Rules) => any[], op: string,
 *   input: (item: any, drawn: Drawn, world: World) => any,
 *   rule: (rules: Rules, who: any, item: any, drawn: Drawn) => any,
 *   reads?: boolean, by?: string}>} by: who would ask for it */
const ACTS = {
  open: {
    of: (rules) => rules.reviews, op: 'review_chat.open',
    input: (review, drawn) => ({ review_id: review.review_id, purpose: purpose(drawn),
      text: text(drawn), ...confirmed(drawn) }),
    rule: (rules, who, review, drawn) => rules.openChat(who, review,
      { purpose: purpose(drawn), confirmed: drawn.flag, text: text(drawn) }),
  },
  post: {
    of: (rules) => rules.chats, op: 'review_chat.post',
    input: (chat, drawn) => ({ review_chat_id: chat.id, text: text(drawn) }),
    rule: (rules, who, chat, drawn) => rules.post(who, chat, { text: text(drawn) }),
  },
  solve: {
    of: (rules) => rules.chats, op: 'review_chat.mark_solved', by: 'patient',
    input: (chat, drawn) => ({ review_chat_id: chat.id, ...confirmed(drawn) }),
    rule: (rules, who, chat, drawn) => rules.markSolved(who, chat, { confirmed: drawn.flag }),
  },
  end: {
    of: (rules) => rules.chats, op: 'review_chat.end', by: 'patient',
    input: (chat) => ({ review_chat_id: chat.id }),
    rule: (rules, who, chat) => rules.endChat(who, chat),
  },
  look: {
    of: (rules) => rules.chats, op: 'review_chat.get', reads: true,
    input: (chat) => ({ review_chat_id: chat.id }),
    rule: (rules, who, chat) => rules.lookAtChat(who, chat),
  },
  send: {
    of: (rules) => [0, 1].map((clinic) => ({ clinic, of: rules })), op: 'contact_form.send',
    by: 'visitor',
    input: ({ clinic }, drawn, world) => ({ clinic_id: world.clinics[clinic], name: 'Ewa',
      email: EMAILS[drawn.other % 2], locale: 'en', text: text(drawn),
      ...(drawn.text === 0 ? { trap: 'x' } : {}) }),
    rule: (rules, who, { clinic }, drawn) => rules.send(who, clinic,
      { email: EMAILS[drawn.other % 2], text: text(drawn), trap: drawn.text === 0 }),
  },
  read: {
    of: (rules) => rules.forms, op: 'contact_form.get', reads: true,
    input: (form) => ({ contact_form_id: form.id }),
    rule: (rules, who, form) => rules.lookAtForm(who, form),
  },
  claim: {
    of: (rules) => rules.forms, op: 'contact_form.claim',
    input: (form, drawn) => ({ contact_form_id: form.id,
      ...(drawn.flag ? { take_over: true } : {}) }),
    rule: (rules, who, form, drawn) => rules.claim(who, form, { takeOver: drawn.flag }),
  },
  answer: {
    of: (rules) => rules.forms, op: 'contact_form.answer',
    input: (form, drawn) => ({ contact_form_id: form.id, text: text(drawn),
      last_message_id: seen(form, drawn) }),
    rule: (rules, who, form, drawn) => rules.settle(who, form, 'answered',
      { text: text(drawn), seen: seen(form, drawn), reason: undefined }),
  },
  phone: {
    of: (rules) => rules.forms, op: 'contact_form.answer_by_phone',
    input: (form, drawn) => ({ contact_form_id: form.id, note: text(drawn) }),
    rule: (rules, who, form, drawn) => rules.settle(who, form, 'answered_by_phone',
      { text: text(drawn), seen: undefined, reason: undefined }),
  },
  reject: {
    of: (rules) => rules.forms, op: 'contact_form.reject',
    input: (form, drawn) => ({ contact_form_id: form.id, reason: reason(drawn),
      last_message_id: seen(form, drawn) }),
    rule: (rules, who, form, drawn) => rules.settle(who, form, 'rejected',
      { text: '', seen: seen(form, drawn), reason: reason(drawn) }),
  },
  reply: {
    of: (rules) => rules.forms, op: 'contact_form.reply', by: 'patient',
    input: (form, drawn) => ({ contact_form_id: form.id, text: text(drawn) }),
    rule: (rules, who, form, drawn) => rules.reply(who, form, { text: text(drawn) }),
  },
};

/** @implements {fc.Command<Rules, World>} */
class Ask {
  #told = '';

  /** @param {string} name @param {Drawn} drawn */
  constructor(name, drawn) {
    this.name = name;
    this.act = ACTS[name];
    this.drawn = drawn;
  }

  check(/** @type {any} */ rules) {
    return this.act.of(rules).length > 0;
  }

  /** @param {Rules} rules @param {World} world */
  run(rules, world) {
    const { act, drawn } = this;
    const items = act.of(rules);
    const item = drawn.lost && this.name !== 'send' ? LOST : items[drawn.item % items.length];
    const who = somebody(rules, item, drawn, act.by);
    const input = act.input(item, drawn, world);
    const id = act.reads || drawn.key === 0 ? undefined : `key ${drawn.key}`;
    const reply = world.ask(who.actor, { op: act.op, in: input, ...(id ? { id } : {}) });
    this.#told = `${who.name}: ${act.op} ${JSON.stringify(input)}${id ? ` by ${id}` : ''} -> `
      + (reply.error?.code ?? 'ok');
    const asked = JSON.stringify([act.op, input]);
    const expired = who.link && rules.now >= who.link.expires_at;
    const again = expired ? null : rules.repeated(who, id, asked);
    const outcome = again ?? act.rule(rules, who, item, drawn);
    compare(outcome, reply, this.#told);
    if (!again && id && (reply.ok || outcome.kept)) rules.remember(who, id, asked, reply);
    if (!again && reply.ok) note(this.name, rules, item, reply.ok);
    sentNow(rules, world, outcome.mails ?? [], this.#told);
    lookAround(rules, world, this.#told);
  }

  toString() {
    return this.#told || `${this.name} ${JSON.stringify(this.drawn)}`;
  }
}

/** @implements {fc.Command<Rules, World>} */
class Wait {
  /** @param {number} span @param {boolean} ticks */
  constructor(span, ticks) {
    this.span = span;
    this.ticks = ticks;
  }

  check() {
    return true;
  }

  /** @param {Rules} rules @param {World} world */
  run(rules, world) {
    world.now = rules.now = rules.now + this.span;
    if (!this.ticks) return;
    world.asHost('clock.tick');
    sentNow(rules, world, rules.tick(), String(this));
    lookAround(rules, world, String(this));
  }

  toString() {
    return `${this.span / HOUR} h pass${this.ticks ? ', the clock ticks' : ''}`;
  }
}

/** Most often one of those whose business it is, and anybody else now and then. */
function somebody(rules, item, { who, apt }, by) {
  const near = rules.everybody.filter((one) => (by === undefined
    ? one.item === item || one.clinic === item.clinic
    : one.role === by && (one.item === undefined || one.item === item)));
  const among = apt && near.length > 0 ? near : rules.everybody;
  return among[who % among.length];
}

/** The core's numbers for what the rules know. */
function note(name, rules, item, ok) {
  if (name === 'open') item.chat.id = ok.review_chat_id;
  if (name === 'send') rules.forms.at(-1).id = ok.contact_form_id;
  if (['answer', 'phone', 'reject'].includes(name)) item.last_clinic = ok.message_id;
}

function compare(outcome, reply, told) {
  if (outcome.again) {
    assert.deepEqual({ ok: reply.ok, error: reply.error },
      { ok: outcome.again.ok, error: outcome.again.error }, `${told}: another answer`);
    return;
  }
  if (outcome.refused) {
    assert.ok(reply.error, `${told}: must be refused by ${outcome.refused}`);
    assert.ok(outcome.refused.includes(reply.error.code),
      `${told}: ${reply.error.code} is none of ${outcome.refused}`);
    return;
  }
  assert.equal(reply.error, undefined, `${told}: ${reply.error?.message}`);
  assert.deepEqual(reply.ok, { ...reply.ok, ...outcome.says }, told);
}

/** What goes out because of one act, and to whom; its links are the patient's from then on. */
export function sentNow(rules, world, mails, told) {
  const fresh = world.waiting().filter((effect) => !rules.known.has(effect.effect_id));
  for (const effect of fresh) {
    rules.known.set(effect.effect_id, effect);
    const item = itemOf(rules, effect);
    const forPatient = ['review_chat', 'contact_form'].includes(effect.link?.purpose ?? '');
    if (!forPatient || !item) continue;
    assert.equal(effect.link.expires_at, rules.linkEnds(effect.link.expires_at - 14 * DAY), told);
    item.links.push(effect.link);
  }
  assert.deepEqual(fresh.map((effect) => effect.to).sort(), [...mails].sort(), `${told}: goes out`);
}

const itemOf = (rules, effect) => (effect.item_kind === 'review_chat' ? rules.chats : rules.forms)
  .find((one) => one.id === effect.item_id);

/** Everything that can be seen of everything, as the rules have it. */
export function lookAround(rules, world, told) {
  const platform = rules.people.find((one) => one.role === 'integration');
  const get = (op, input) => world.ask(platform.actor, { op, in: input }).ok;
  for (const chat of rules.chats) {
    const { review_chat: head, messages, review } = get('review_chat.get',
      { review_chat_id: chat.id, limit: 200 });
    assert.deepEqual({ state: head.state, solved: head.solved, purpose: head.purpose,
      unanswered: head.unanswered_count, texts: messages.map((message) => message.text),
      rating: review.rating, annulled: review.annulled_rating, label: review.label !== null },
    { state: chat.state, solved: chat.solved, purpose: chat.purpose, unanswered: chat.unanswered,
      texts: chat.texts, label: chat.review.annulled,
      rating: chat.review.annulled ? null : chat.review.rating,
      annulled: chat.review.annulled ? chat.review.rating : null }, told);
  }
  for (const form of rules.forms) {
    const row = get('contact_form.get', { contact_form_id: form.id, limit: 200 });
    sentNow(rules, world, rules.lookAtForm(platform, form).mails, told);
    lookAtForm(form, row, told);
  }
  [0, 1].forEach((clinic) => {
    const { mean, count } = world.ask({ role: 'visitor' },
      { op: 'rating.get', in: { clinic_id: world.clinics[clinic] } }).ok;
    assert.deepEqual({ mean, count }, rules.rating(clinic), told);
  });
}

function lookAtForm(form, { contact_form: row, messages }, told) {
  form.messages = messages.map((message) => message.message_id);
  assert.deepEqual({ state: row.state, texts: messages.map((message) => message.text),
    answered_at: row.answered_at, reminded_at: row.reminded_at,
    waiting: row.waiting_since_at !== null },
  { state: form.state, texts: form.texts, answered_at: form.answered_at,
    reminded_at: form.reminded_at, waiting: form.waiting }, told);
}

const drawn = fc.record({ who: fc.nat(40), item: fc.nat(20), key: fc.nat(4), text: fc.nat(9),
  flag: fc.boolean(), other: fc.nat(9), apt: fc.nat(3).map((n) => n > 0),
  lost: fc.nat(15).map((n) => n === 15) });

export const people = [
  ...Object.keys(ACTS).map((name) => drawn.map((each) => new Ask(name, each))),
  fc.tuple(fc.constantFrom(...SPANS), fc.boolean()).map(([span, ticks]) => new Wait(span, ticks)),
];
