// What stands in the address and the body of a callback, whoever calls: Kannel's and SMSAPI's. An
// adapter never throws, answers nothing but 200, 204 or 403, and hands on only what the core takes,
// of messages whose names we gave out. The mail report that a server posts: bounces.target.js.
import { parse } from 'node:querystring';
import { effectKey } from '../../hosts/node/adapters/effect-key.js';
import { kannel } from '../../hosts/node/adapters/kannel.js';
import { smsapi } from '../../hosts/node/adapters/smsapi.js';
import { choicesIn, expect, spoilt, textIn } from './choices.js';
import { openCore, reportsTo } from './core.js';

const secret = 'the secret of the fuzzers';
const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const services = { log: quiet, epoch: 'e1', secret };
const KEYS = [7, 41, 2 ** 40].map((id) => effectKey({ effect_id: id }, services));
const [KEY] = KEYS;
/** Kannel's user guide, "Delivery reports": the bit, and what it means for a message. */
const KANNEL = [['1', 'delivered'], ['2', 'failed'], ['4', 'sent'], ['8', 'sent'], ['16', 'failed'],
  ['32', null], ['0', null], ['constructor', null], ['', null]];
/** SMSAPI's documentation, "Callback": codes of delivery. */
const SMSAPI = [['404', 'delivered'], ['403', 'sent'], ['409', 'sent'], ['402', 'failed'],
  ['405', 'failed'], ['407', 'failed'], ['401', null], ['408', null], ['toString', null]];

const desk = await openCore();
const takes = reportsTo(desk);

/** @typedef {(request: any) => Promise<{events: any[], reply: any}>} Receive */
/** @typedef {{kannel: Receive, smsapi: Receive}} Parts */

const given = {
  kannel: kannel({ report_url: 'https://clinic.example' }, services).receive,
  smsapi: smsapi({ report_url: 'https://clinic.example' }, services).receive,
};

export const name = 'hooks';
export const bytesMax = 8192;
export const words = [...KEYS, 'effect=', 'status=', 'answer=', 'idx=', 'stat:', '&', ',', '%2C',
  '1', '2', '404', '405', 'constructor', '__proto__', 'EXPIRED', 'UNDELIV', '%00', '%ff', '+'];
export const seeds = [
  `\0\0effect=${KEY}&status=1&answer=`,
  `\0\x01effect=${KEY}&status=2&answer=id:1+stat:EXPIRED+err:000`,
  `\0\0effect=${KEY}&effect=${KEY}&status=8&status=8&__proto__=x`,
  `\0\0effect=${KEY}&status=2&answer=stat:${'X'.repeat(600)}`,
  `\0\0effect=${KEY}&status=constructor`,
  `\x01\0idx=${KEYS.join(',')}&status=404,405,402&to=1,2,3`,
  `\x01\x01idx=${KEY}&status=404`, `\x01\0idx=${KEY}&idx=${KEY}&status=403&status=404`,
  `\x01\0idx=${KEY}&status=toString`, `\x01\0idx=${KEY}${','.repeat(3000)}&status=404`,
  '\x02\x01\x00\x01', '\x02\x00\x04\x02\x00', '\x03\x02\x00\x01\x04\x02\x08',
  '\x03\x01\x02\x02\x01',
];

/** @param {string} text @param {boolean} posted */
function request(text, posted) {
  return {
    method: posted ? 'POST' : 'GET', url: '/hooks/sms/any', headers: {},
    query: parse(posted ? '' : text), rawBody: Buffer.from(posted ? text : '', 'latin1'),
  };
}

/** @param {{events: any[], reply: any}} answer @param {string} kind */
function checked({ events, reply }, kind) {
  expect([200, 204, 403].includes(reply.status), 'a strange answer', reply);
  expect(typeof reply.body === 'string', 'an answer without a body', reply);
  for (const event of events) {
    expect(event.channel === 'sms' && KEYS.includes(event.provider_id), 'whose?', event);
    takes(event);
  }
  return `${kind} ${reply.status} ${[...new Set(events.map((event) => event.status))].sort()}`;
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
async function madeForKannel(parts, choices) {
  const key = choices.one(KEYS);
  const effect = choices.below(4) ? key : spoilt(key, choices, '0123456789abcdefxyz.A');
  const [status, means] = choices.one(KANNEL);
  const state = choices.one(['', 'UNDELIV', 'EXPIRED', 'DELIVRD']);
  const query = { effect, status, answer: state && `id:9 sub:001 stat:${state} err:000` };
  const answer = await parts.kannel({ ...request('', false), query });
  const ours = KEYS.includes(effect.toLowerCase());
  expect((answer.reply.status === 403) === !ours, 'a key was taken for another', effect);
  const [event] = answer.events;
  expect((event?.status ?? null) === (ours ? means : null), 'a status was misread', query);
  if (event?.status === 'failed') {
    expect(event.final === (state !== 'EXPIRED'), 'for good, or for now?', event);
    expect(event.error === `kannel.${state || `report_${status}`}`, 'another error', event);
  }
  return checked(answer, 'kannel');
}

/** @param {Parts} parts @param {import('./choices.js').Choices} choices */
async function madeForSmsapi(parts, choices) {
  const told = Array.from({ length: 1 + choices.below(5) }, () => {
    const key = choices.one(KEYS);
    const [code, means] = choices.one(SMSAPI);
    const idx = choices.below(4) ? key : spoilt(key, choices, '0123456789abcdefxyz.A');
    return { idx, code, means: KEYS.includes(idx.toLowerCase()) ? means : null };
  });
  const text = `idx=${told.map((one) => one.idx).join(',')}&status=`
    + told.map((one) => one.code).join(',');
  const answer = await parts.smsapi(request(text, choices.below(2) === 1));
  const right = told.filter((one) => one.means !== null);
  expect(answer.events.length === right.length, 'reports were lost or added', told);
  right.forEach(({ idx, code, means }, place) => {
    const event = answer.events[place];
    expect(event.provider_id === idx.toLowerCase() && event.status === means, 'misread', event);
    expect((event.final ?? true) === (code !== '402'), 'for good, or for now?', event);
  });
  return checked(answer, 'smsapi');
}

/** @param {Partial<Parts>} [changed] */
function runWith(changed = {}) {
  const parts = { ...given, ...changed };
  return async (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    const how = choices.below(4);
    if (how === 2) return madeForKannel(parts, choices);
    if (how === 3) return madeForSmsapi(parts, choices);
    const posted = choices.below(2) === 1;
    const asked = request(textIn(choices.rest()), posted);
    return how === 0 ? checked(await parts.kannel(asked), 'kannel any')
      : checked(await parts.smsapi(asked), 'smsapi any');
  };
}

export const run = runWith();

/** @param {Receive} receive @param {(event: any, query: any) => any} change @returns {Receive} */
const changed = (receive, change) => async (asked) => {
  const { events, reply } = await receive(asked);
  return { events: events.map((event) => change(event, asked.query)), reply };
};

/** Faults that this target must find. */
export const faults = {
  'a state is looked up among the methods of Object': runWith({ kannel: changed(given.kannel,
    (event) => ({ ...event, status: /** @type {any} */ ({ sent: 'sent' })[event.status] })) }),
  'a state of any length becomes an error': runWith({ kannel: changed(given.kannel,
    (event, query) => ({ ...event, error: `kannel.${query.answer}` })) }),
  'a stranger is answered like Kannel': runWith({ kannel: async (asked) =>
    ({ ...await given.kannel(asked), reply: { status: 200, body: '' } }) }),
  'only the first message of a callback counts': runWith({ smsapi: async (asked) => {
    const { events, reply } = await given.smsapi(asked);
    return { events: events.slice(0, 1), reply };
  } }),
  'a body is not read': runWith({ smsapi: (asked) =>
    given.smsapi({ ...asked, rawBody: Buffer.alloc(0) }) }),
};

export const close = () => desk.close();
