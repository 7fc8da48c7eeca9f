// Every operation, asked by everybody about what is another clinic's: denied, missing or refused,
// and never a word of it. The operations come from desk_describe(), so that a new one is asked
// about on the day it appears.
import assert from 'node:assert/strict';
import { foreignInputs } from './fields.js';
import { CANARY } from './server_world.js';

/** Who belongs to one clinic, or to one item of it. */
const BOUND = ['notified', 'representative', 'doctor', 'assistant', 'administrator', 'author',
  'asker'];
/** Who may see what is private, for the whole platform (rules 12, 13). */
const PRIVY = ['moderator', 'integration'];
/** A filter by what another clinic has finds nothing of one's own; to forget a device that is not
 * one's own changes nothing. What stands in the other clinic is compared all the same. */
const HARMLESS = ['contact_form.list practitioner_id', 'contact_form.list agent_id',
  'report.response_times practitioner_id', 'push.unsubscribe subscription_id'];
/** What would change the world that is asked about. */
const SPARED = ['session.end', 'person.erase'];
const AWAY = ['denied', 'missing', 'refused'];

/** Everything of a clinic that its own people can look at. @param {any} clinic */
export async function lookOf({ staff, ids }) {
  const seen = {};
  for (const [op, input] of Object.entries({
    'review_chat.get': { review_chat_id: ids.review_chat_id }, 'contact_form.list': {},
    'review.list': {}, 'notice.get': {}, 'agent.list': {}, 'policy.list': {}, 'clinic.hours': {},
    'representative.get': {}, 'practitioner.list': {}, 'session.list': {}, 'clinic.list': {},
  })) {
    const { status, body } = await staff.call(op, input);
    assert.equal(status, 200, op);
    seen[op] = body;
  }
  // Being there moves the end of one's own session.
  for (const session of seen['session.list'].sessions) delete session.seen_at;
  return seen;
}

/** Those of the world's askers who belong to one clinic, or those who do not.
 * @param {Record<string, any>} askers @param {boolean} [belong] */
export const bound = (askers, belong = true) => Object.fromEntries(Object.entries(askers)
  .filter(([name]) => BOUND.includes(name) === belong));

/** The private words of the other clinic. @param {any} other */
export const secretsOf = (other) => [`${CANARY} in a`, `${CANARY} asks`,
  `asker@${CANARY}`, other.phone];

/** @param {any} world @param {Record<string, any>} askers
 * @returns {Promise<{asked: number, away: number}>} */
export async function askAboutOthers(world, askers) {
  const { own, other } = world;
  const others = { ...other.ids, session_id: other.session_id };
  const secrets = secretsOf(other);
  const counts = { asked: 0, away: 0 };
  for (const op of world.ops.filter((one) => !SPARED.includes(one.name))) {
    const mine = { ...own.ids, session_id: own.session_id };
    for (const { field, input } of foreignInputs(op, mine, others)) {
      for (const [name, asker] of Object.entries(askers)) {
        const told = `${name}: ${op.name} with another's ${field}`;
        const answer = await asker.ask('POST', `/api/${op.name}`, { body: input });
        check({ op, field, name, asker, answer, secrets, told });
        counts.asked += 1;
        counts.away += answer.status >= 400 ? 1 : 0;
      }
    }
  }
  return counts;
}

function check({ op, field, name, asker, answer, secrets, told }) {
  const shown = `${told}: ${answer.status} ${answer.text.slice(0, 400)}`;
  assert.ok(answer.status < 500, shown);
  const open = op.roles.includes('visitor');
  if (!op.roles.includes(asker.role)) assert.ok(answer.status >= 400, shown);
  const harmless = HARMLESS.includes(`${op.name} ${field}`);
  if (BOUND.includes(name) && !open && !harmless) {
    // What is not even read proves nothing about whose it is.
    assert.notEqual(answer.body?.category, 'invalid', `fields.js fills it wrongly: ${shown}`);
    assert.ok(answer.status >= 400 && AWAY.includes(answer.body?.category), shown);
  }
  if (PRIVY.includes(name)) return;
  for (const secret of secrets) assert.ok(!answer.text.includes(secret), `${secret} in ${shown}`);
}
