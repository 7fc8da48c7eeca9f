// What an SMSC sends: whole PDUs, spoilt ones, delivery reports in their text and in their fields.
// Nothing throws, each request is answered as SMPP says, and an event is one that the core takes.
// Reports made here from their parts must be read as those parts; the bytes are laid out by hand.
import { answerTo, nackTo, readPdu } from '../../hosts/node/adapters/smpp-pdu.js';
import { isReport, readReport, textOf } from '../../hosts/node/adapters/smpp-reports.js';
import { choicesIn, expect, textIn } from './choices.js';
import { openCore, reportsTo } from './core.js';

const DELIVER_SM = 0x05;
const RESPONSE = 0x80000000;
const GENERIC_NACK = 0x80000000;
/** SMPP 3.4, 5.1.2.1, and 5.0 for broadcasts: the requests; with an answer, and without. */
const ANSWERED = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x15, 0x21, 0x103, 0x111,
  0x112, 0x113];
const UNANSWERED = [0x0b, 0x102];
/** 5.2.28 and appendix B: the word in the text, the number in the field, what it means for us. */
const STATES = [
  ['ENROUTE', 1, 'sent'], ['DELIVRD', 2, 'delivered'], ['EXPIRED', 3, 'failed', false],
  ['DELETED', 4, 'failed'], ['UNDELIV', 5, 'failed'], ['ACCEPTD', 6, 'sent'],
  ['UNKNOWN', 7, null], ['REJECTD', 8, 'failed'], ['SCHEDULED', 0, null], ['NONSENSE', 9, null],
];
const IDS = ['1', '0', '00', '42', '0000000042', '7fffffff', 'DEADBEEF', 'msg-17', 'a.b', '9'];
const WRITINGS = ['same', 'decimal', 'hex'];
const EVENT_STATES = ['sent', 'delivered', 'failed'];

const desk = await openCore();
const takes = reportsTo(desk);

/** @typedef {{readPdu: typeof readPdu, answerTo: typeof answerTo, isReport: typeof isReport,
 *   readReport: typeof readReport}} Parts */

/** @param {number} command @param {Uint8Array} body @param {number} [sequence] */
function pduOf(command, body, sequence = 7) {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(command >>> 0, 4);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, body]);
}

/** @param {number} tag @param {Uint8Array} value */
function tlv(tag, value) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

/** @param {{message: Uint8Array, esm?: number, coding?: number, tlvs?: Uint8Array[]}} what */
function deliverSm({ message, esm = 4, coding = 0, tlvs = [] }) {
  const short = message.subarray(0, 255);
  return pduOf(DELIVER_SM, Buffer.concat([
    Buffer.from('\0\x01\x0148500000001\0\x01\x01clinic\0', 'latin1'),
    Buffer.from([esm, 0, 0, 0, 0, 0, 0, coding, 0, short.length]), short, ...tlvs]));
}

const receipt = 'id:42 sub:001 dlvrd:001 submit date:2611220900 done date:2611220901 '
  + 'stat:DELIVRD err:000 text:hello';

export const name = 'smpp';
export const bytesMax = 2048;
export const words = ['id:', 'stat:', 'err:', 'DELIVRD', 'EXPIRED', 'UNDELIV', '\0', ' ',
  Uint8Array.of(0x00, 0x1e), Uint8Array.of(0x04, 0x27, 0, 1), Uint8Array.of(0x04, 0x24, 0, 40)];
export const seeds = [
  ...[...ANSWERED, ...UNANSWERED].map((command) =>
    Buffer.concat([Buffer.from([0]), pduOf(command, Buffer.alloc(24, 1))])),
  Buffer.concat([Buffer.from([0]), deliverSm({ message: Buffer.from(receipt) })]),
  Buffer.concat([Buffer.from([0]), deliverSm({ message: Buffer.alloc(0), tlvs: [
    tlv(0x1e, Buffer.from('42\0')), tlv(0x427, Buffer.of(2))] })]),
  Buffer.concat([Buffer.from([0]), deliverSm({ message: Buffer.alloc(0), tlvs: [
    tlv(0x424, Buffer.from(receipt))] })]),
  Buffer.concat([Buffer.from([0]), deliverSm({ message: Buffer.from(`\x05\0\x03\x01\x02\x01x`),
    esm: 0x40, coding: 8 })]),
  `\x01${receipt}`, '\x01id:42 stat:UNDELIV err:zz',
  '\x01id: sub:001 stat:DELIVRD', `\x01id:${'4'.repeat(300)} stat:EXPIRED`,
  '\x02\x01\x03\x01\x00\x01', '\x02\x02\x05\x00\x01\x02', '\x02\x05\x02\x02\x02\x00\x01',
];

/** @param {any} event @param {string} kind */
function eventChecked(event, kind) {
  if (event === null) return `${kind} tells nothing`;
  expect(event.channel === 'sms' && EVENT_STATES.includes(event.status), 'a strange event', event);
  takes(event);
  return `${kind} ${event.status} ${event.final ?? ''}`;
}

/** Bytes as they come, in a frame that is right: the line cuts the frames itself.
 * @param {Parts} parts @param {Uint8Array} given */
function wholePdu(parts, given) {
  const bytes = Buffer.concat([given, Buffer.alloc(Math.max(0, 16 - given.length))]);
  bytes.writeUInt32BE(bytes.length, 0);
  const command = bytes.readUInt32BE(4);
  const sequence = bytes.readUInt32BE(12);
  const pdu = parts.readPdu(bytes);
  if (pdu === null) {
    answerChecked(nackTo(bytes), GENERIC_NACK, sequence);
    return 'unreadable';
  }
  if (pdu.isResponse()) return 'a response';
  const answer = parts.answerTo(pdu, 0);
  if (UNANSWERED.includes(command)) expect(answer === null, 'an answer that SMPP does not have');
  else answerChecked(answer, ANSWERED.includes(command) ? RESPONSE + command : GENERIC_NACK,
    sequence);
  if (command !== DELIVER_SM) return `command ${ANSWERED.includes(command)}`;
  answerChecked(parts.answerTo(pdu, 0x64), RESPONSE + command, sequence);
  if (!parts.isReport(pdu)) return `a message ${typeof textOf(pdu)}`;
  return eventChecked(parts.readReport(pdu, 'same'), 'pdu');
}

/** @param {any} answer @param {number} command @param {number} sequence */
function answerChecked(answer, command, sequence) {
  expect(answer, 'no answer', command);
  const bytes = answer.toBuffer();
  expect(bytes.readUInt32BE(0) === bytes.length, 'a wrong length', bytes.length);
  expect(bytes.readUInt32BE(4) === command >>> 0, 'an answer to something else', command);
  expect(bytes.readUInt32BE(12) === sequence, 'an answer to somebody else', sequence);
}

/** @param {Parts} parts @param {string} message */
function anyText(parts, message) {
  const pdu = { esm_class: 4, short_message: { message } };
  return eventChecked(parts.readReport(pdu, WRITINGS[message.length % 3]), 'text');
}

/** A report made of parts, in one of the places where SMSCs put them.
 * @param {Parts} parts @param {import('./choices.js').Choices} choices */
function madeReport(parts, choices) {
  const [word, number, status, final] = choices.one(STATES);
  const id = choices.one(IDS);
  const place = choices.below(4);
  const code = choices.one(['000', '0', '01F', 'ab']);
  const text = Buffer.from(`id:${id} sub:001 ${choices.one(['', 'dlvrd:001 '])}stat:${word} `
    + `err:${code} text:${choices.one(['', 'id', 'stat'])}`);
  const wide = place === 1;
  const bytes = place === 3
    ? deliverSm({ message: Buffer.alloc(0), esm: choices.one([0, 4]),
      tlvs: [tlv(0x1e, Buffer.from(`${id}\0`)), tlv(0x427, Buffer.of(Number(number)))] })
    : place === 2
      ? deliverSm({ message: Buffer.alloc(0), tlvs: [tlv(0x424, text)] })
      : deliverSm({ message: wide ? Buffer.from(text.toString(), 'utf16le').swap16() : text,
        coding: wide ? 8 : choices.one([0, 1, 3]) });
  const pdu = parts.readPdu(bytes);
  expect(pdu !== null && parts.isReport(pdu), 'a report was not known as one', [place, word]);
  const event = parts.readReport(pdu, 'same');
  if (status === null) {
    expect(event === null, 'a report that tells nothing', [word, event]);
    return 'made nothing';
  }
  const error = status === 'failed' ? `smpp.${word}_${place === 3 ? 0 : code}` : undefined;
  const right = event?.provider_id === id && event.status === status
    && event.error === error && (event.final ?? null) === (final ?? null);
  expect(right, 'a report was misread', { id, word, code, place, event });
  return eventChecked(event, `made ${place}`);
}

/** @param {Partial<Parts>} [changed] */
function runWith(changed = {}) {
  const parts = { readPdu, answerTo, isReport, readReport, ...changed };
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    const how = choices.below(3);
    if (how === 2) return madeReport(parts, choices);
    const given = choices.rest();
    return how === 1 ? anyText(parts, textIn(given)) : wholePdu(parts, given);
  };
}

export const run = runWith();

/** @param {(event: any, pdu: any) => any} change */
const misread = (change) => runWith({
  readReport: (pdu, writing) => change(readReport(pdu, writing), pdu),
});

/** Faults that this target must find. */
export const faults = {
  'every request has an answer': runWith({ answerTo: (pdu, status) =>
    pdu.response(status ? { command_status: status } : {}) }),
  'an id of any length is an id': misread((event, pdu) =>
    event ?? { channel: 'sms', provider_id: textOf(pdu).slice(3), status: 'sent' }),
  'EXPIRED is for good': misread((event) => event && { ...event, final: undefined }),
  'an early report is lost': misread((event) => (event?.status === 'sent' ? null : event)),
  'only the text is read': runWith({ isReport: (pdu) => (pdu.esm_class & 0x3c) === 4 }),
};

export const close = () => desk.close();
