// Tokens, codes, cookies, API keys, names of effects and challenges, as strangers write them: what
// this secret did not make is refused, quietly; what it made is read back. Its own bookkeeping is
// a list of what was given out, not a second computation of the proofs.
import cookieParser from '@fastify/cookie';
import { createHash } from 'node:crypto';
import { effectKey, knownKey } from '../../hosts/node/adapters/effect-key.js';
import { HostError } from '../../hosts/node/errors.js';
import { openLinks } from '../../hosts/node/links.js';
import { Sessions } from '../../hosts/node/sessions.js';
import { openWork } from '../../hosts/node/work.js';
import { choicesIn, expect, spoilt, textIn } from './choices.js';

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .:;,"%';
const API_KEY = 'a-key-for-fuzzing';
const SECRET = Buffer.alloc(32, 7);
const NOW = 1_772_438_400_000;
const IDS = [1, 2, 3, 41, 255, 256, 65_536, 2 ** 31, 2 ** 32 + 1, 2 ** 47, 2 ** 48 - 1];

const made = openLinks(SECRET, () => 'https://clinic.example');
const links = new Map(IDS.map((id) => [made.linkToken(id), id]));
const sessions = new Map(IDS.map((id) => [made.sessionToken(id), id]));
const codes = new Map(IDS.map((id) => [made.code(id), id]));
const keys = IDS.map((id) => effectKey({ effect_id: id }, { epoch: 'e1', secret: SECRET }));
const issued = [...links.keys(), ...sessions.keys(), ...codes.keys(), ...keys, API_KEY];

/** @typedef {{links: typeof made, knownKey: typeof knownKey, openWork: typeof openWork,
 *   sessions: Sessions}} Parts */

/** @param {ReturnType<typeof openLinks>} from */
const sessionsOf = (from) => new Sessions({
  links: from, base_url: 'http://clinic.example', call: async () => ({}), now: () => NOW,
  api_keys: [{ name: 'a', sha256: createHash('sha256').update(API_KEY).digest('hex') }],
});

export const name = 'links';
export const bytesMax = 512;
export const words = [...issued, 'Bearer ', 'Basic ', 'desk_staff=', 'desk_patient=', '; ', 'null',
  '__Host-', '"', '{}', '[]'];
export const seeds = [
  ...issued.map((text) => `\0${text}`), '\x01\x00\x01\x05\x07\x00', '\x01\x20\x02\x1d\x01\x00',
  '\x02["AAAA"]', '\x02{"length":30}', `\x03\x01\x06${made.code(1)}`, `\x03\x01\x07${made.code(1)}7`,
  `\x04Bearer ${API_KEY}`,
  `\x05desk_staff=${made.sessionToken(3)}; desk_patient=${made.sessionToken(2)}`,
  '\x06\x00\x02\x05\x01', '\x07\x01\x03\x02\x00\x01\x02',
];

/** @type {((parts: Parts, choices: import('./choices.js').Choices) => string)[]} */
const ATTACKS = [
  (parts, choices) => tokens(parts, textIn(choices.rest())),
  (parts, choices) => tokens(parts, spoilt(choices.one(issued), choices, BASE64URL)),
  (parts, choices) => anyValue(parts, textIn(choices.rest())),
  guessedCode, apiKey, cookies, challenge, roundTrip,
];

/** What each reader makes of one text. @param {Parts} parts @param {any} text */
function tokens({ links: read, knownKey: keyOf }, text) {
  const seen = [];
  const link = read.linkId(text);
  if (link !== null) {
    expect(links.get(text) === link, 'a link that was never given out', text);
    seen.push('link');
  }
  const session = read.sessionId(text);
  if (session !== null) {
    expect(sessions.get(text) === session, 'a session that was never given out', text);
    seen.push('session');
  }
  const key = keyOf(text, { secret: SECRET });
  if (key !== null) {
    expect(keys.includes(key) && key === String(text).toLowerCase(), 'a strange effect', text);
    seen.push('effect');
  }
  return `token ${seen.join(' ') || 'refused'}`;
}

/** JSON lets a page send anything in the place of a text. @param {Parts} parts */
function anyValue(parts, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return 'no value';
  }
  if (typeof value === 'string') return tokens(parts, value);
  expect(parts.links.linkId(value) === null, 'a link that is no text', value);
  expect(parts.links.sessionId(value) === null, 'a session that is no text', value);
  expect(!parts.links.codeMatches(1, value), 'a code that is no text', value);
  return `value ${value === null ? 'null' : typeof value}`;
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
function guessedCode({ links: read }, choices) {
  const id = choices.one([null, ...IDS]);
  const given = spoilt(textIn(choices.some()), choices, '0123456789 \t\u00a0');
  const matches = read.codeMatches(id, given);
  const right = id !== null && given.replace(/\s/g, '') === made.code(id);
  expect(matches === right, 'a code was taken for another', [id, given]);
  return `code ${matches}`;
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
function apiKey({ sessions: who }, choices) {
  const authorization = textIn(choices.rest());
  const { kind } = who.claimOf({ headers: { authorization }, cookies: {} });
  const right = authorization === `Bearer ${API_KEY}`;
  expect(kind === (right ? 'integration' : 'unknown_key'), 'a key was taken', authorization);
  return kind;
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
function cookies({ sessions: who }, choices) {
  const jar = /** @type {any} */ (cookieParser).parse(textIn(choices.rest()));
  const { kind, session_id: id } = who.claimOf({ headers: {}, cookies: jar });
  if (kind === 'staff' || kind === 'patient') {
    const proof = jar[`desk_${kind}`] ?? '';
    expect(sessions.get(proof) === id, 'a cookie that was never given out', jar);
  }
  const { digest } = who.browserOf(jar, { intent: 'one' });
  expect(/^[0-9a-f]{64}$/.test(digest), 'a mark that is no digest', digest);
  return `cookie ${kind}`;
}

/** Only a challenge that was given out is spent, and only once for each intent.
 * @param {Parts} parts @param {import('./choices.js').Choices} choices */
function challenge({ openWork: open }, choices) {
  const work = open({ bits: 0, now: () => NOW });
  const { challenge: given } = work.challenge();
  const header = spoilt(`${given}:0`, choices, BASE64URL);
  const once = spent(work, header, undefined);
  expect(!once || header.startsWith(`${given}:`), 'a strange challenge', [given, header]);
  expect(!once || !spent(work, header, undefined), 'a challenge was spent twice', header);
  return `work ${once}`;
}

/** @param {{spend: (header: unknown, id: string|undefined) => void}} work @param {string} header */
function spent(work, header, id) {
  try {
    work.spend(header, id);
    return true;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return false;
  }
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
function roundTrip({ links: read, knownKey: keyOf }, choices) {
  let id = 0;
  for (let place = 0; place < 6; place += 1) id = id * 256 + choices.byte();
  expect(read.linkId(made.linkToken(id)) === id, 'a link is not read back', id);
  expect(read.sessionId(made.sessionToken(id)) === id, 'a session is not read back', id);
  expect(read.sessionId(made.linkToken(id)) === null, 'a link passes for a session', id);
  expect(read.linkId(made.sessionToken(id)) === null, 'a session passes for a link', id);
  expect(read.codeMatches(id, made.code(id)), 'a code is not read back', id);
  const key = effectKey({ effect_id: id }, { epoch: 'e1', secret: SECRET });
  expect(keyOf(key.toUpperCase(), { secret: SECRET }) === key, 'a key is not read back', key);
  return 'round trip';
}

/** @param {Partial<Parts>} [changed] */
function runWith(changed = {}) {
  const parts = { links: made, knownKey, openWork, sessions: sessionsOf(made), ...changed };
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    return choices.one(ATTACKS)(parts, choices);
  };
}

export const run = runWith();

/** Only the bytes count, as Buffer reads them, not the text. @param {unknown} text */
const forgiving = (text) => {
  const bytes = Buffer.from(String(text), 'base64url');
  return bytes.length === 22 ? made.linkId(bytes.toString('base64url')) : null;
};
/** @param {unknown} text */
const halfProven = (text) => {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
  const id = bytes.length === 22 ? bytes.readUIntBE(0, 6) : null;
  return id !== null && made.linkToken(id).slice(0, 20) === String(text).slice(0, 20) ? id : null;
};

/** Faults that this target must find. */
export const faults = {
  'a token has two spellings': runWith({ links: { ...made, linkId: forgiving } }),
  'the end of a proof is not compared': runWith({ links: { ...made, linkId: halfProven } }),
  'a link passes for a session': runWith({ links: { ...made, sessionId: made.linkId } }),
  'a code is compared by its beginning': runWith({ links: { ...made,
    codeMatches: (id, given) => id !== null && String(given).startsWith(made.code(id)) } }),
  'an effect needs no tag': runWith({
    knownKey: (text) => /^e1\.\d+/.exec(String(text))?.[0] ?? null }),
  'a challenge may be spent again': runWith({ openWork: (how) => {
    const work = openWork(how);
    return { ...work, spend: (header) => work.spend(header, 'the same intent') };
  } }),
};
