// Every operation, asked by everybody, with everything: no answer is a fault of the server, no
// answer holds a word of another clinic, and nobody becomes the host. The operations and their
// fields come from the core's own description, so a new one is attacked on the day it appears.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { API_KEY, fileScope, hostFor } from './host.js';
import { chatIn, formIn, sentTo, signedIn, tokenIn } from './story.js';

const CANARY = 'zq7canary';
const world = /** @type {any} */ ({});
const scope = fileScope();

before(async () => {
  world.server = await hostFor(scope);
  world.own = await chatIn(world.server, 'Own');
  world.other = await chatIn(world.server, CANARY);
  const { server, own, other } = world;
  const secret = { review_chat_id: other.review_chat_id, text: `${CANARY} in a message` };
  await other.staff.call('review_chat.post', secret);
  own.form = await formIn(server, own.clinic);
  other.form = await formIn(server, other.clinic, { text: `${CANARY} in a question` });
  const asker = server.browser();
  await asker.open(tokenIn(await sentTo(server, own.form.email)));
  const notified = server.browser();
  await notified.open(own.form.token);
  const patient = server.browser();
  await patient.open(own.token);
  const assistant = await own.clinic.agent('assistant');
  world.askers = {
    visitor: server.browser(),
    patient,
    asker,
    notified,
    representative: own.staff,
    assistant: await signedIn(server, assistant.agent_id),
  };
  world.ops = server.host.engine.description.ops;
});

/** Values that no field should mind being asked about. */
const ODD = [null, true, 0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, '', ' ', '0', 'x'.repeat(10_000),
  '\u0000', '\ud800', '\u202e\u200b', "'; drop table review; --", '%s%n{link}{code}', '../../etc',
  [], [1], ['a'], {}, { a: 1 }, [[[[[[]]]]]]];

function* inputsFor(op, own, other) {
  const ids = { own, other };
  const base = (whose) => Object.fromEntries(op.in.filter((field) => field.required)
    .map((field) => [field.name, valueFor(field, ids[whose])]));
  yield {};
  yield base('own');
  yield base('other');
  yield { ...base('own'), nobody_knows_this: 1 };
  for (const field of op.in) {
    for (const odd of ODD) yield { ...base('own'), [field.name]: odd };
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

for (const asker of ['visitor', 'patient', 'asker', 'notified', 'representative', 'assistant']) {
  test(`whatever a ${asker} asks, the server stands and nothing leaks`, async () => {
    const { own, other, ops, askers } = world;
    let asked = 0;
    for (const op of ops.filter((each) => !SPARED.includes(each.name))) {
      await Promise.all([...inputsFor(op, own, other)].map(async (input) => {
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
    assert.ok(asked > 1000, String(asked));
    const still = await askers[asker].ask('GET', '/session');
    assert.equal(still.status, asker === 'visitor' ? 401 : 200, 'signed in to the end');
    const known = ['representative', 'assistant'].includes(asker);
    const list = known ? 'review_chat.list' : 'text.list';
    assert.equal((await askers[asker].call(list, {})).status, 200);
  });
}

test('whatever the platform asks, the server stands', async () => {
  const { server, own, other, ops } = world;
  const headers = { authorization: `Bearer ${API_KEY}` };
  for (const op of ops) {
    await Promise.all([...inputsFor(op, own, other)].map(async (input) => {
      const answer = await server.ask('POST', `/api/${op.name}`, { body: input, headers });
      const what = `${op.name} ${JSON.stringify(input).slice(0, 200)}: ${answer.text}`;
      assert.ok(answer.status < 500, what);
    }));
  }
  const { chain } = await server.host.engine.call('core.verify', {});
  assert.equal(chain, 'ok');
});
