// Mail that comes to the return path, whoever wrote it: reports of mail servers, answers of people
// on holiday, lists, junk. Only RFC 3464 reports to a name that we gave out become events, each
// such as the core takes; the rest is silence. Reports made here from parts are read as those.
import { readBounce } from '../../hosts/node/adapters/bounces.js';
import { effectKey } from '../../hosts/node/adapters/effect-key.js';
import { choicesIn, expect, spoilt, textIn } from './choices.js';
import { openCore, reportsTo } from './core.js';

const secret = 'the secret of the fuzzers';
const KEYS = [7, 41, 2 ** 40].map((id) => effectKey({ effect_id: id }, { epoch: 'e1', secret }));
/** RFC 3464, 2.3.3, and what each means for a message of ours. */
const ACTIONS = [['failed', 'failed'], ['delayed', 'sent'], ['delivered', 'delivered'],
  ['relayed', 'sent'], ['expanded', 'sent'], ['constructor', null], ['lost', null]];
/** Seldom, because it costs what hundreds of others cost. */
const ENDLESS = [126, 126, 126];
const ENDLESS_BYTES = 32_768;
const CODES = ['5.1.1', '4.4.7', '2.0.0', '5.999.999'];
const ADDRESS_FIELDS = ['To', 'X-Original-To', 'Delivered-To', 'Envelope-To'];

const desk = await openCore();
const takes = reportsTo(desk);

/** @typedef {typeof readBounce} Read */

/** A report by a mail server.
 * @param {{to: string, blocks: string[][], boundary?: string, quote?: string, field?: string,
 *   kind?: string, end?: string}} what */
function report({ to, blocks, boundary = 'cut', quote = '"', field = 'To', end = '\r\n',
  kind = 'message/delivery-status' }) {
  const lines = [`Return-Path: <>`, `${field}: <bounces+${to}@clinic.example>`,
    'Subject: Undelivered Mail Returned to Sender', 'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary=${quote}${boundary}${quote}`, '', 'This is a MIME-encapsulated message.', '',
    `--${boundary}`, 'Content-Type: text/plain; charset=us-ascii', '', 'I am sorry.', '',
    `--${boundary}`, `Content-Type: ${kind}`, '', 'Reporting-MTA: dns; mx.clinic.example', '',
    ...blocks.flatMap((block) => [...block, '']),
    `--${boundary}`, 'Content-Type: text/rfc822-headers', '', 'Subject: yours', '',
    `--${boundary}--`, ''];
  return lines.join(end);
}

const failed = ['Final-Recipient: rfc822; a@patients.example', 'Action: failed', 'Status: 5.1.1',
  'Diagnostic-Code: smtp; 550 5.1.1 <a@patients.example>: user unknown'];
const holiday = [`To: bounces+${KEYS[0]}@clinic.example`, 'Auto-Submitted: auto-replied',
  'Content-Type: text/plain', '', 'I am away. Action: failed', ''].join('\r\n');

export const name = 'bounces';
export const bytesMax = 4096;
export const words = [...KEYS, 'Action: ', 'failed', 'delivered', 'constructor', '__proto__',
  'Status: 5.1.1', '\r\n', '\n\n', '\r\n\r\n', '--cut', '--', 'boundary=', ';', '"', 'To: ', '+',
  '@', 'multipart/report', 'message/delivery-status', 'message/global-delivery-status', ' \t'];
export const seeds = [
  `\0${report({ to: KEYS[0], blocks: [failed] })}`,
  `\0${report({ to: KEYS[1], blocks: [failed, ['Action: delivered', 'Status: 2.0.0']] })}`,
  `\0${report({ to: KEYS[2], blocks: [['action:DELAYED']], quote: '', end: '\n' })}`,
  `\0${report({ to: KEYS[0], blocks: [failed], kind: 'message/global-delivery-status' })}`,
  `\0${report({ to: 'e1.7.00000000000000000000', blocks: [failed] })}`,
  `\0${holiday}`, '\0', '\0\n\n', `\0${'a:\n'.repeat(200)}\n`, `\0To: ${'+'.repeat(2000)}`,
  '~~~a:\n',
  '\x01\x00\x01\x00\x00\x00\x00', '\x01\x01\x02\x02\x01\x01\x01\x01', '\x01\x02\x03\x05\x01\x02',
  '\x02\x00\x01\x05\x07', '\x02\x01\x02\x21\x05\x00\x01',
];

/** @param {any[]} events @param {string} kind */
function checked(events, kind) {
  for (const event of events) {
    expect(event.channel === 'email' && KEYS.includes(event.provider_id), 'whose?', event);
    expect(['failed', 'delivered', 'sent'].includes(event.status), 'a strange status', event);
    expect(/^bounce\.(none|\d\.\d{1,3}\.\d{1,3})$/.test(event.error ?? 'bounce.none'),
      'words of a stranger', event);
    takes(event);
  }
  return `${kind} ${[...new Set(events.map((event) => event.status))].sort()}`;
}

/** @param {Read} read @param {Uint8Array} bytes */
function anyMail(read, bytes) {
  const events = read(Buffer.from(bytes), { secret });
  const text = textIn(bytes).toLowerCase();
  for (const { provider_id: key } of events) {
    expect(text.includes(key), 'a name that nobody wrote', key);
  }
  if (events.length > 0) expect(text.includes('multipart/report'), 'not a report');
  return checked(events, 'mail');
}

/** @param {Read} read @param {import('./choices.js').Choices} choices */
function madeReport(read, choices) {
  const to = choices.one(KEYS);
  const parts = Array.from({ length: 1 + choices.below(3) }, () => {
    const [action, status] = choices.one(ACTIONS);
    return { action: String(action), status, code: choices.one(CODES) };
  });
  const events = read(report({
    to: choices.one([to, to.toUpperCase()]), field: choices.one(ADDRESS_FIELDS),
    end: choices.one(['\r\n', '\n']), boundary: choices.one(['cut', '=_a+b.c?', 'x'.repeat(70)]),
    blocks: parts.map(({ action, code }) => [
      `Final-Recipient: rfc822; a@patients.example`,
      choices.one([`Action: ${action}`, `ACTION:${action.toUpperCase()}`,
        `action: \r\n ${action}`]),
      `Status: ${code}${choices.one(['', ' (unknown)'])}`, 'Remote-MTA: dns; mx.example']),
  }), { secret });
  const right = parts.filter((part) => part.status !== null);
  expect(events.length === right.length, 'blocks were lost or added', { parts, events });
  right.forEach(({ status, code }, place) => {
    const { provider_id: key, status: seen, error } = events[place];
    const wanted = status === 'delivered' ? undefined : `bounce.${code}`;
    expect(key === to && seen === status && error === wanted, 'a report was misread',
      { status, code, event: events[place] });
  });
  return checked(events, 'made');
}

/** A report to a name that is not quite one of ours tells nothing.
 * @param {Read} read @param {import('./choices.js').Choices} choices */
function forged(read, choices) {
  const to = spoilt(choices.one(KEYS), choices, '0123456789abcdefxyz.ABF');
  const events = read(report({ to, blocks: [failed] }), { secret });
  const ours = KEYS.includes(to.toLowerCase());
  expect(events.length === (ours ? 1 : 0), 'a name was taken for another', to);
  return `forged ${ours}`;
}

/** The same thing again and again, in the head and in the body of a report: what costs more than
 * its length shows as a hang.
 * @param {Read} read @param {Uint8Array} bytes */
function endless(read, bytes) {
  const text = textIn(bytes.subarray(ENDLESS.length)) || ' ';
  const long = text.repeat(Math.ceil(ENDLESS_BYTES / text.length));
  checked(read(`${long}\n${report({ to: KEYS[0], blocks: [[long]] })}${long}`, { secret }), '');
  return 'endless';
}

/** @param {Read} read */
function runWith(read) {
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    if (ENDLESS.every((byte, place) => bytes[place] === byte)) return endless(read, bytes);
    const how = choices.below(3);
    if (how === 0) return anyMail(read, choices.rest());
    return how === 1 ? madeReport(read, choices) : forged(read, choices);
  };
}

export const run = runWith(readBounce);

/** @param {(event: any) => any} change @returns {Read} */
const changed = (change) => (raw, services) => readBounce(raw, services).flatMap(change);

/** Faults that this target must find. */
export const faults = {
  'any mail to a name of ours is a bounce': runWith((raw, services) => {
    const key = KEYS.find((each) => raw.includes(each));
    return key ? [{ channel: 'email', provider_id: key, status: 'failed' }]
      : readBounce(raw, services);
  }),
  'delayed is delivered': runWith(changed((event) =>
    ({ ...event, status: event.status === 'sent' ? 'delivered' : event.status }))),
  'only the first recipient counts': runWith((raw, services) =>
    readBounce(raw, services).slice(0, 1)),
  'the tag of a name is not looked at': runWith((raw, services) =>
    readBounce(String(raw).replace(/(\+e1\.7\.)[0-9a-z]+@/i, `+${KEYS[0]}@`), services)),
  'the words of the server are handed on': runWith((raw, services) => {
    const said = /Status:\s*(.*)/i.exec(String(raw))?.[1];
    return readBounce(raw, services).map((event) => ({ ...event, error: `bounce.${said}` }));
  }),
};

export const close = () => desk.close();
