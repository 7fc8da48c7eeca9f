// Every operation, asked by everybody, with everything: no answer is a fault of the server, no
// answer holds a word of another clinic, and nobody becomes the host. The operations and their
// fields come from the core's own description, so a new one is attacked on the day it appears.
// matrix.test.js asks with a few odd values, matrix.slow.test.js with all of them.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { API_KEY, fileScope, hostFor } from './host.js';
import { chatIn, formIn, sentTo, signedIn, tokenIn } from './story.js';

const CANARY = 'zq7canary';
/** @typedef {{server: any, own: any, other: any, askers: Record<string, any>,
 *   ops: any[]}} World */

/** Values that no field should mind being asked about. */
export const ODD = [null, true, 0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, '', ' ', '0',
  'x'.repeat(10_000),
  '\u0000', '\ud800', '\u202e\u200b', "'; drop table review; --", '%s%n{link}{code}', '../../etc',
  [], [1], ['a'], {}, { a: 1 }, [[[[[[]]]]]]];

function* inputsFor(op, own, other, odd_values) {
  const ids = { own, other };
  const base = (whose) => Object.fromEntries(op.in.filter((field) => field.required)
    .map((field) => [field.name, valueFor(field, ids[whose])]));
  yield {};
  yield base('own');
  yield base('other');
  yield { ...base('own'), nobody_knows_this: 1 };
  for (const field of op.in) {
    for (const odd of odd_values) yield { ...base('own'), [field.name]: odd };
    if (field.name.endsWith('_id')) yield { ...base('own'), [field.name]: valueFor(field, other) };
  }
}

function valueFor({ name, type, one_of: oneOf }, whose) {
  const known = {
    clinic_id: whose.clinic.clinic_id, review_id: whose.review_id,
    review_chat_id: whose.review_chat_id, item_id: whose.review_chat_id,
    contact_form_id: whose.form.contact_form_id,
    agent_id: whose.clinic.representative.agent_id,
  };
  if (known[name] !== undefined) return known[name];
  if (oneOf) return oneOf[0];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'texts') return ['a'];
  if (type === 'object') return {};
  if (type === 'objects') return [{}];
  if (name === 'email') return 'a@a.example';
  if (name.includes('phone')) return '+48500000999';
  return 'text';
}

/** Signing out would end the attack. */
const SPARED = ['session.end'];
/** A clinic's own name is for everybody. */
const NAMES = ['clinic.list', 'contact_form.preview', 'contact_form.offers'];
/** The core's role of each; the notified one has a session for one form. */
const ROLES = { asker: 'patient', notified: 'representative' };

/** Two clinics with a chat and a question each, and everybody who may ask about them.
 * @returns {Promise<World>} */
async function open(scope) {
  const server = await hostFor(scope);
  const own = await chatIn(server, 'Own');
  const other = await chatIn(server, CANARY);
  const secret = { review_chat_id: other.review_chat_id, text: `${CANARY} in a message` };
  await other.staff.call('review_chat.post', secret);
  own.form = await formIn(server, own.clinic);
  other.form = await formIn(server, other.clinic, { text: `${CANARY} in a question` });
  const by = async (token) => {
    const browser = server.browser();
    assert.equal((await browser.open(token)).status, 200);
    return browser;
  };
  const assistant = await own.clinic.agent('assistant');
  return {
    server, own, other, ops: server.host.engine.description.ops,
    askers: {
      visitor: server.browser(),
      patient: await by(own.token),
      asker: await by(tokenIn(await sentTo(server, own.form.email))),
      notified: await by(own.form.token),
      representative: own.staff,
      assistant: await signedIn(server, assistant.agent_id),
    },
  };
}

/** Makes the tests. @param {any[]} odd values that each field is asked about */
export function attack(odd) {
  const scope = fileScope();
  let world = /** @type {any} */ (null);
  before(async () => { world = await open(scope); });
  for (const asker of ['visitor', 'patient', 'asker', 'notified', 'representative', 'assistant']) {
    test(`whatever a ${asker} asks, the server stands and nothing leaks`,
      () => askAll(world, asker, odd));
  }
  test('whatever the platform asks, the server stands', () => askAsPlatform(world, odd));
}

async function askAll({ own, other, ops, askers }, asker, odd) {
  let asked = 0;
  for (const op of ops.filter((each) => !SPARED.includes(each.name))) {
    await Promise.all([...inputsFor(op, own, other, odd)].map(async (input) => {
      const answer = await askers[asker].call(op.name, input);
      const what = () => `${op.name} ${JSON.stringify(input).slice(0, 200)}: ${answer.text}`;
      assert.ok(answer.status < 500, what());
      const named = NAMES.includes(op.name) || asker === 'visitor';
      if (!named) assert.ok(!answer.text.includes(CANARY), what());
      if (!op.roles.includes(ROLES[asker] ?? asker)) assert.ok(answer.status >= 400, what());
      assert.ok(!answer.text.includes(`${CANARY} in`), what());
      asked += 1;
    }));
  }
  assert.ok(asked > 400, String(asked));
  const still = await askers[asker].ask('GET', '/session');
  assert.equal(still.status, asker === 'visitor' ? 401 : 200, 'signed in to the end');
  const known = ['representative', 'assistant'].includes(asker);
  const list = known ? 'review_chat.list' : 'text.list';
  assert.equal((await askers[asker].call(list, {})).status, 200);
}

async function askAsPlatform({ server, own, other, ops }, odd) {
  const headers = { authorization: `Bearer ${API_KEY}` };
  for (const op of ops) {
    await Promise.all([...inputsFor(op, own, other, odd)].map(async (input) => {
      const answer = await server.ask('POST', `/api/${op.name}`, { body: input, headers });
      const what = `${op.name} ${JSON.stringify(input).slice(0, 200)}: ${answer.text}`;
      assert.ok(answer.status < 500, what);
    }));
  }
  const { chain } = await server.host.engine.call('core.verify', {});
  assert.equal(chain, 'ok');
}
