// Numbers as visitors write them: read as a number of the clinic's country or handed to the core as
// they stand, there to be refused. What was read is a number that the core takes, and read again it
// is the same. Written by the plan of a country it is that number, however it is spaced.
import { internationalPhone } from '../../hosts/node/phones.js';
import { choicesIn, expect, textIn } from './choices.js';

const CLINICS = ['+48220000100', '+74951234567', '+442071234567', '+12125550100', 'nonsense',
  undefined];
const CORE_TAKES = /^\+[1-9]\d{6,14}$/;
/** Country's own way of writing, and the number that is meant. */
const WRITTEN = [['+48220000100', '512345678', '+48512345678'],
  ['+48220000100', '0048512345678', '+48512345678'],
  ['+74951234567', '89161234567', '+79161234567'],
  ['+74951234567', '9161234567', '+79161234567'],
  ['+442071234567', '07911123456', '+447911123456'],
  ['+12125550100', '2125550123', '+12125550123']];
const SPACES = ['', ' ', '-', '  ', '.', '\u00a0'];

/** @typedef {typeof internationalPhone} Read */

export const name = 'phones';
export const bytesMax = 128;
export const words = ['+48', '+7', '8', '00', '(', ')', ' ', '-', 'ext', ';ext=', 'tel:', '\u0660',
  '\uff11', '512345678', ';phone-context='];
export const seeds = ['\0\x00512 345 678', '\0\x01+7 (916) 123-45-67', '\0\x038 800 100',
  '\0\x00\u0665\u0661\u0662', '\0\x00tel:512345678;ext=9', '\0\x05', '\0\x001'.repeat(40),
  '\x01\x00\x01\x01\x02\x00', '\x01\x02\x02\x00\x03\x04\x01', '\x01\x03\x01\x01\x01\x01\x01\x01'];

/** @param {Read} read @param {string} written @param {string|undefined} clinic */
function checked(read, written, clinic) {
  const phone = read(written, clinic);
  if (phone === written) return 'as it stands';
  expect(typeof phone === 'string' && CORE_TAKES.test(phone), 'not a number', [written, phone]);
  expect(read(phone, clinic) === phone, 'read twice it is another', [written, phone]);
  return `read for ${clinic}`;
}

/** @param {Read} read */
function runWith(read) {
  return (/** @type {Uint8Array} */ bytes) => {
    const choices = choicesIn(bytes);
    if (choices.below(2) === 0) {
      const clinic = choices.one(CLINICS);
      const rest = choices.rest();
      const written = Buffer.from(rest.buffer, rest.byteOffset, rest.length).toString('utf8');
      return checked(read, choices.below(2) ? textIn(rest) : written, clinic);
    }
    const [clinic, digits, meant] = choices.one(WRITTEN);
    const spaced = [...digits].map((digit) => digit + choices.one(SPACES)).join('').trim();
    const phone = read(spaced, clinic);
    if (spaced.length <= 40) expect(phone === meant, 'another number', [spaced, phone, meant]);
    return checked(read, spaced, clinic);
  };
}

export const run = runWith(internationalPhone);

/** Faults that this target must find. */
export const faults = {
  'the country is taken for granted': runWith((written) =>
    internationalPhone(written, '+48220000100')),
  'signs are dropped instead of read': runWith((written) => {
    const digits = String(written).replace(/\D/g, '');
    return digits ? `+${digits}` : written;
  }),
};
