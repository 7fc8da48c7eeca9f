// Any text as parts of an SMS: what a handset puts together again, by a reader of GSM-7 and UCS-2
// written apart from the writer, is that text in its composed form, and no part is too long.
import { smsParts } from '../../hosts/node/adapters/sms-text.js';
import { choicesIn, expect } from './choices.js';

const ESCAPE = 0x1b;
/** Half of a pair, alone. */
const HALF = /\p{Surrogate}/u;
/** 3GPP TS 23.038, 6.2.1, row by row; the place of the escape is never a character. */
const ALPHABET = [
  '@£$¥èéùìòÇ\nØø\rÅå', 'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ', ' !"#¤%&\'()*+,-./', '0123456789:;<=>?',
  '¡ABCDEFGHIJKLMNO', 'PQRSTUVWXYZÄÖÑÜ§', '¿abcdefghijklmno', 'pqrstuvwxyzäöñüà'].join('');
const EXTENSION = { 0x0a: '\f', 0x14: '^', 0x28: '{', 0x29: '}', 0x2f: '\\', 0x3c: '[', 0x3d: '~',
  0x3e: ']', 0x40: '|', 0x65: '€' };

/** @typedef {typeof smsParts} Cut */

export const name = 'sms_text';
export const bytesMax = 2048;
export const words = ['€', '{', '}', '😀', 'ą', 'e\u0301', '\u001b', '\ud83d', 'ж', '^', '~',
  'a'.repeat(153), 'ж'.repeat(67), '\f', '@', '\0'];
export const seeds = ['\0Hello', `\x01${'x'.repeat(159)}€`, `\x02${'x'.repeat(152)}€€`,
  `\x03${'ж'.repeat(66)}😀😀${'щ'.repeat(70)}`, `\x04${'a'.repeat(2000)}`, '\x05e\u0301\u0301',
  '\x06', `\x07${'щ'.repeat(500)}`];

/** @param {Uint8Array} octets */
function readGsm(octets) {
  let text = '';
  for (let place = 0; place < octets.length; place += 1) {
    const code = octets[place];
    expect(code < 0x80, 'an octet that is no septet', code);
    if (code !== ESCAPE) {
      text += ALPHABET[code];
      continue;
    }
    place += 1;
    const sign = EXTENSION[octets[place]];
    expect(sign !== undefined, 'half of an escape', [...octets.subarray(place - 1, place + 1)]);
    text += sign;
  }
  return text;
}

/** @param {Uint8Array} octets @param {boolean} whole */
function readUcs2(octets, whole) {
  expect(octets.length % 2 === 0, 'half of a character', octets.length);
  const text = Buffer.from(octets).swap16().toString('utf16le');
  expect(!whole || !HALF.test(text), 'a pair was cut', text.slice(-3));
  return text;
}

/** @param {Cut} cut @param {string} text @param {number} reference */
function checked(cut, text, reference) {
  const parts = cut(text, reference);
  const composed = text.normalize('NFC');
  if (parts === null) {
    expect(composed.length > 255 * 60, 'a text that would have fitted', composed.length);
    return 'too long';
  }
  const wellFormed = !HALF.test(composed);
  const wide = parts[0].data_coding === 8;
  const read = parts.map((part, place) => {
    const { data_coding: coding, esm_class: esm, short_message: octets } = part;
    expect(coding === parts[0].data_coding, 'two codings in one text', coding);
    const body = parts.length === 1 ? octets : octets.subarray(6);
    expect((esm === 0x40) === (parts.length > 1), 'a header that is not announced', esm);
    if (parts.length > 1) {
      const head = [5, 0, 3, reference, parts.length, place + 1];
      expect(head.every((byte, at) => octets[at] === byte), 'a strange header', head);
    }
    const room = wide ? 140 : parts.length === 1 ? 160 : 153 + 6;
    expect(octets.length <= room, 'a part that is too long', octets.length);
    return wide ? readUcs2(body, wellFormed) : readGsm(body);
  });
  expect(read.join('') === composed, 'another text', [composed, read]);
  return `${wide ? 'UCS-2' : 'GSM-7'} in ${Math.min(4, parts.length)}`;
}

/** @param {Cut} cut */
function runWith(cut) {
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    const reference = choices.byte();
    const rest = choices.rest();
    const given = Buffer.from(rest.buffer, rest.byteOffset, rest.length);
    const coding = reference % 8 === 7 ? 'utf16le' : 'utf8';
    return checked(cut, given.toString(coding), reference);
  };
}

export const run = runWith(smsParts);

/** @param {number} room @returns {Cut} cut wherever the room ends */
const bluntly = (room) => (text, reference) => {
  const [one] = smsParts(text.slice(0, 1), reference) ?? [];
  const octets = Buffer.from(text.normalize('NFC'), 'utf16le').swap16();
  if (!one || octets.length <= 140) return smsParts(text, reference);
  const pieces = Array.from({ length: Math.ceil(octets.length / room) }, (_, place) =>
    octets.subarray(place * room, (place + 1) * room));
  return pieces.map((piece, place) => ({ data_coding: 8, esm_class: 0x40, short_message:
    Buffer.concat([Buffer.from([5, 0, 3, reference, pieces.length, place + 1]), piece]) }));
};

/** Faults that this target must find. */
export const faults = {
  'a pair is cut in two': runWith(bluntly(134)),
  'a part has no room for its header': runWith(bluntly(140)),
  'the text is not composed': runWith((text, reference) =>
    smsParts(text.replace(/\u0301/g, ''), reference)),
};
