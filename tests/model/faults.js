// Faults planted between the rules and the core, or in the core's own settings: each of them must
// be found, else the property proves less than it says.
import { DAY } from './rules.js';

/** @typedef {import('./world.js').World} World */

/** @param {(actor: any, asked: any) => [any, any]} change */
const asking = (change) => (/** @type {World} */ world) => {
  const ask = world.ask.bind(world);
  world.ask = (actor, asked) => ask(...change(actor, asked));
};

/** @param {(reply: any, asked: any, actor: any) => any} change */
const answering = (change) => (/** @type {World} */ world) => {
  const ask = world.ask.bind(world);
  world.ask = (actor, asked) => change(ask(actor, asked), asked, actor);
};

/** @param {string} key @param {number} value */
const policy = (key, value) => (/** @type {World} */ world) => {
  world.asHost('policy.set', { key, value });
};

/** What this outcome was, the core never hears. @param {string} status */
const unheard = (status) => (/** @type {World} */ world) => {
  const asHost = world.asHost.bind(world);
  world.asHost = (op, input = {}) => (op === 'effect.settle' && /** @type {any} */ (input).status
    === status ? { state: status } : asHost(op, input));
};

/** @type {Record<string, (world: World) => void>} */
export const faults = {
  'a rating is annulled without the author\'s word': asking((actor, asked) =>
    (asked.op === 'review_chat.mark_solved'
      ? [actor, { ...asked, in: { ...asked.in, confirmed: true } }] : [actor, asked])),
  'a chat that was ended takes no offence': answering((reply, asked) =>
    (asked.op === 'review_chat.post' && reply.error?.code === 'refused.closed'
      ? { ok: { message_id: 1, notified: false } } : reply)),
  'a clinic sees the chats of another': asking((actor, asked) =>
    (asked.op === 'review_chat.get' ? [{ role: 'integration' }, asked] : [actor, asked])),
  'a key is forgotten': asking((actor, { id, ...asked }) => [actor, asked]),
  'the third message rings too': policy('mute.after', 3),
  'a reminder comes a second early': policy('form.remind_after_s', 2 * DAY / 1000 - 1),
  'nobody is asked to confirm a positive chat': policy('review_chat.confirm_solve_on_positive', 0),
  'the author may annul after the end': policy('review_chat.solve_after_close', 1),
  'a claim holds ten minutes': policy('claim.ttl_s', 600),
  'an annulled rating still counts': answering((reply, asked) => (asked.op === 'rating.get'
    && reply.ok.annulled_count > 0 ? { ok: { ...reply.ok, count: reply.ok.count + 1 } } : reply)),
  'that a message was sent is not kept': unheard('sent'),
};
