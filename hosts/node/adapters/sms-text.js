/* Text as SMS parts. GSM-7 (unpacked, one octet a septet) where every character has a place in
 * the default alphabet or its extension, UCS-2 otherwise; long text is cut into parts with the
 * concatenation header 05 00 03. Neither an escape pair nor a surrogate pair is ever cut: half
 * of one shows as another character on the handset. */

const GSM_ALPHABET =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const ESCAPE = 0x1b;
const GSM_EXTENSION = new Map([
  ['\f', 0x0a], ['^', 0x14], ['{', 0x28], ['}', 0x29], ['\\', 0x2f], ['[', 0x3c], ['~', 0x3d],
  [']', 0x3e], ['|', 0x40], ['€', 0x65],
]);
const GSM_CODES = new Map([...GSM_ALPHABET].map((character, code) => [character, code]));
GSM_CODES.delete('\u001b');

const PARTS_MAX = 255;
const HEADER_LENGTH = 6;
const GSM_OCTETS_MAX = 160;
const UCS2_OCTETS_MAX = 140;

/** The text in GSM-7, one octet a septet, or null when a character has no place in it. */
export function gsm7(text) {
  const octets = [];
  for (const character of text) {
    if (GSM_CODES.has(character)) octets.push(GSM_CODES.get(character));
    else if (GSM_EXTENSION.has(character)) octets.push(ESCAPE, GSM_EXTENSION.get(character));
    else return null;
  }
  return Buffer.from(octets);
}

/** The parts of one message, or null when it needs more than SMS can number.
 *  @param {string} text
 *  @param {number} reference 0..255, the same on every attempt, so that a repeated part replaces
 *    its first copy on the handset instead of starting a second message
 *  @returns {{data_coding: number, esm_class: number, short_message: Buffer}[] | null} */
export function smsParts(text, reference) {
  const composed = text.normalize('NFC');
  const gsm = gsm7(composed);
  const data_coding = gsm ? 0 : 8;
  const octets = gsm ?? Buffer.from(composed, 'utf16le').swap16();
  const whole_max = gsm ? GSM_OCTETS_MAX : UCS2_OCTETS_MAX;
  if (octets.length <= whole_max) return [{ data_coding, esm_class: 0, short_message: octets }];
  // Seven octets of GSM-7 hold eight characters, so the six of the header cost seven of them.
  const part_max = gsm ? GSM_OCTETS_MAX - 7 : UCS2_OCTETS_MAX - HEADER_LENGTH;
  const pieces = [];
  for (let start = 0; start < octets.length;) {
    const end = cut(octets, start, part_max, Boolean(gsm));
    pieces.push(octets.subarray(start, end));
    start = end;
  }
  if (pieces.length > PARTS_MAX) return null;
  return pieces.map((piece, index) => {
    const header = Buffer.from([5, 0, 3, reference & 0xff, pieces.length, index + 1]);
    return { data_coding, esm_class: 0x40, short_message: Buffer.concat([header, piece]) };
  });
}

function cut(octets, start, part_max, is_gsm) {
  const end = Math.min(start + part_max, octets.length);
  if (end === octets.length) return end;
  if (is_gsm) return octets[end - 1] === ESCAPE ? end - 1 : end;
  const last_unit = octets.readUInt16BE(end - 2);
  return last_unit >= 0xd800 && last_unit <= 0xdbff ? end - 2 : end;
}
