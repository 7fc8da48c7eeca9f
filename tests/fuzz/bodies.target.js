// A body or a query on its way to the core: read as the server reads it, put into the engine's
// envelope, answered by the real core. Whatever the bytes are, the answer is one reply, or one
// refusal by a code that exists; it is no fault, comes only to a role that may ask, and holds no
// word of the other clinic; nothing in a body becomes anything else in the envelope.
import { parse } from 'node:querystring';
import { inputOf } from '../../hosts/node/api.js';
import { HostError } from '../../hosts/node/errors.js';
import { parseBody } from '../../hosts/node/server.js';
import { choicesIn, expect, textIn } from './choices.js';
import { NOW, openCore } from './core.js';

const SECRET = 'zq7canary';
/** @type {{role: 'host'}} */
const HOST = { role: 'host' };
/** @type {{role: 'integration'}} */
const INTEGRATION = { role: 'integration' };
const VALUES = ['null', 'true', '0', '-1', '1', '2', '3', '1.5', '1e308', '9007199254740993', '""',
  '" "', '"1"', '"text"', '"+48500000999"', '"a@a.example"', '"solve"', '"2026-03-01"', '"\\u0000"',
  '"\\ud800"', '[]', '["a"]', '{}', '[{}]', '{"a":1}'];

const desk = await openCore();
const world = settle();
const ops = desk.describe().ops.filter((op) => !op.name.startsWith('core.'));
const codes = new Set(desk.describe().errors.map((one) => one.code));
desk.call('core.hold', {}, { now: NOW, actor: HOST });

/** Two clinics with a chat and a question each; the words of the second are secret. */
function settle() {
  const as = (/** @type {any} */ op, /** @type {object} */ input, /** @type {any} */ actor) =>
    desk.call(op, input, { now: NOW, actor: actor ?? INTEGRATION });
  const clinic = (/** @type {string} */ word) => {
    const { clinic_id } = as('clinic.add', { name: 'Clinic', zone: 'Europe/Warsaw', tier: 'premium',
      locale: 'en', phone: '+48220000100', email: 'info@clinic.example' });
    const email = `${word}@staff.example`;
    const { agent_id } = as('agent.add',
      { clinic_id, role: 'representative', name: 'Anna', email });
    const actor = { role: 'representative', agent_id };
    as('representative.set', { name: 'Anna', position: 'manager', email }, actor);
    const { review_id } = as('review.add', { clinic_id, rating: 2, author_name: 'Ewa',
      author_phone: '+48500000000', locale: 'en', text: 'Late.', published_at: NOW });
    as('review_chat.open', { review_id, purpose: 'solve', text: `${word} writes` }, actor);
    as('contact_form.send', { clinic_id, name: `${word} asks`, email: `${word}@else.example`,
      locale: 'en', text: `${word} asks` });
    return actor;
  };
  const actor = clinic('own');
  clinic(SECRET);
  const { effects } = as('effect.take', {}, HOST);
  const patients = effects.filter((effect) => !effect.to.includes(SECRET) && effect.link?.link_id
    && ['review_chat', 'contact_form'].includes(effect.link.purpose)).slice(0, 2)
    .map((effect) => ({ role: 'patient', link_id: effect.link.link_id }));
  return { actors: [{ role: 'visitor' }, actor, ...patients] };
}

export const name = 'bodies';
export const bytesMax = 4096;
export const words = [...new Set(ops.flatMap((op) => op.in.map((field) => `"${field.name}":`))),
  ...VALUES, '{', '}', '[', ']', ',', ':', '"', '\\u', '__proto__', 'constructor', '&', '=',
  '"actor":{"role":"host"}', '"now":1', '"batch":[]', '"id":"x"'];
export const seeds = [
  '\x00\x00\x00{"clinic_id":1}', '\x00\x01\x10{"review_chat_id":1,"text":"x"}',
  '\x00\x02\x11{"review_chat_id":1,"confirmed":true}', '\x00\x01\x20{"a":{"b":[1,2,{"c":null}]}}',
  '\x01\x00\x05clinic_id=1&locale=pl', '\x01\x01\x06limit=2&before_id=9&limit=3',
  '\x02\x01\x12\x01\x02\x03\x04\x05', '\x02\x00\x19\x05\x06\x01\x07\x02\x08',
  '\x02\x02\x14\x09\x0a\x0b\x0c', '\x02\x03\x22\x01\x05\x02\x04', '\x00\x00\x00',
  // A body that would be somebody else's, were it the envelope.
  ...['task.list', 'review_chat.list'].map((name) => Buffer.concat([
    Buffer.of(0, 0, ops.findIndex((op) => op.name === name)),
    Buffer.from('{"actor":{"role":"integration"},"in":{}}')])),
];

/** @typedef {{parse: typeof parseBody,
 *   envelope: (op: string, actor: object, input: any) => any}} Parts */

/** The engine writes it so. */
const given = {
  parse: parseBody,
  envelope: (op, actor, input) => ({ op, actor, in: input }),
};

/** What the server makes of the body, or null when it refuses it itself. @param {Parts} parts */
function bodyOf({ parse: read }, bytes) {
  let input = /** @type {any} */ (null);
  read(Buffer.from(bytes), (error, value) => {
    if (error && !(error instanceof HostError)) throw error;
    input = error ? null : value;
  });
  return input;
}

function queryOf(op, bytes) {
  try {
    return inputOf(op.in, parse(textIn(bytes)));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return null;
  }
}

/** A value that a field of this kind may have, or any. */
function valueFor({ name: field, type, one_of: oneOf }, choices) {
  if (choices.below(8) === 0) return choices.one(VALUES);
  if (oneOf) return JSON.stringify(choices.one(oneOf));
  if (type === 'integer') return choices.one(['1', '2', '3', '5', String(NOW)]);
  if (type === 'boolean') return choices.one(['true', 'false']);
  if (field.includes('email')) return '"a@a.example"';
  if (field.includes('phone')) return '"+48500000999"';
  if (field === 'from' || field === 'to') return '"2026-03-01"';
  return type === 'text' ? choices.one(['"text"', '"asks"', '"spam"']) : choices.one(VALUES);
}

/** A body with the operation's own fields, some of them wrong. */
function madeOf(op, choices) {
  const pairs = op.in.filter((field) => field.required || choices.below(3) === 0)
    .map((field) => `${JSON.stringify(field.name)}:${valueFor(field, choices)}`);
  return Buffer.from(`{${pairs.join(',')}}`);
}

/** @param {Parts} parts @param {any} op @param {any} actor @param {any} input */
function asked(parts, op, actor, input) {
  const text = JSON.stringify(parts.envelope(op.name, actor, input));
  const reply = JSON.parse(desk.requestText(`{"now":${NOW},"batch":[${text}]}`));
  expect(reply.batch === undefined || reply.batch.length === 1, 'more than one answer', reply);
  const { ok, error } = reply.batch?.[0] ?? reply;
  expect((ok === undefined) !== (error === undefined), 'neither answer nor refusal', reply);
  if (error) {
    expect(codes.has(error.code), 'a code that does not exist', error);
    expect(!['bug', 'storage'].includes(error.category), 'a fault', error);
    return `${op.name} ${error.category}`;
  }
  expect(op.roles.includes(actor.role), 'an answer to whom it does not belong', [op.name, actor]);
  expect(!JSON.stringify(ok).includes(`${SECRET} `), 'a word of the other clinic', ok);
  if (op.writes.includes(actor.role)) {
    desk.call('core.rollback', {}, { now: NOW, actor: HOST });
    desk.call('core.hold', {}, { now: NOW, actor: HOST });
  }
  return `${op.name} ok`;
}

/** @param {Partial<Parts>} [changed] */
function runWith(changed = {}) {
  const parts = { ...given, ...changed };
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    const how = choices.below(3);
    const actor = choices.one(world.actors);
    const op = choices.one(ops);
    const input = how === 0 ? bodyOf(parts, choices.rest())
      : how === 1 ? queryOf(op, choices.rest()) : bodyOf(parts, madeOf(op, choices));
    return input === null ? 'refused by the server' : asked(parts, op, actor, input);
  };
}

export const run = runWith();

/** Faults that this target must find. */
export const faults = {
  'a body speaks for the envelope': runWith({ envelope: (op, actor, input) =>
    ({ op, actor, in: input, ...input }) }),
  'everybody is the platform': runWith({ envelope: (op, actor, input) =>
    ({ op, actor: INTEGRATION, in: input }) }),
  'bytes that are no JSON go on': runWith({
    parse: (bytes, done) => done(null, JSON.parse(String(bytes))) }),
};

export const close = () => desk.close();
