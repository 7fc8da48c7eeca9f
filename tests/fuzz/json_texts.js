// JSON by chance, right and nearly right: numbers at every edge, escapes, pairs and halves of
// surrogates, UTF-8 at its edges, depth, repeated keys, every kind of space, marks at both ends.
// Knows the grammar only as far as it takes to break it.

/** @typedef {import("../../tools/fuzz/mutate.mjs").Chance} Chance */

const numbers = ["0", "-0", "1", "-1", "0.0", "-0.0", "1.5", "1e0", "1E+2", "1e-2", "0e9", "10",
  "4294967296", "2147483647", "-2147483649", "9007199254740991", "9007199254740992",
  "9007199254740993", "-9007199254740993", "18446744073709551616", "1e21", "1e22", "1e23",
  "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e308", "1e309",
  "-1e309", "5e-324", "4.9406564584124654e-324", "2.4703282292062327e-324",
  "2.4703282292062328e-324", "2.2250738585072011e-308", "2.2250738585072014e-308", "1e-400",
  "0.1", "0.30000000000000004", "123456789012345678901234567890", "1e00000000000000000001",
  "1E400", "-1e-400", "6.02214076e23", "8.98846567431158e307", "1.0000000000000002",
  "0.000000000000000000000000000001", "9999999999999999999999e-22"];
const no_numbers = ["01", "-01", "00", "+1", ".5", "1.", "1.e1", "-", "--1", "1e", "1e+", "1e1.5",
  "0x10", "NaN", "Infinity", "-Infinity", "1_000", "1,0", "\uff11", "1e5f", "- 1", "1 2", "0b1"];
const escapes = ["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0041", "\\u00e9",
  "\\u20AC", "\\uFFFF", "\\ud83e\\uddb7", "\\uD800\\uDC00", "\\udbff\\udfff", "\\u007f", "\\u0001"];
const strange_escapes = ["\\u0000", "\\ud800", "\\udc00", "\\ud83e\\ud83e", "\\ud83ex", "\\uDFFF",
  "\\ud800\\u0041", "\\u00", "\\u00g0", "\\x41", "\\'", "\\", "\\U0041", "\\u{41}", "\\v", "\\0",
  "\\ud83e\\n", "\\u 041", "\\u+041"];
const letters = ["a", "id", "now", "\u0416", "\u00e9", "\u20ac", "\ud83e\uddb7", "\uffff", "\u2028",
  "\u007f", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ud800\udc00", "\udbff\udfff", " ",
  "'", "/", "", "\ufeff", "__proto__", "//", "{", "]"];
const spaces = ["", "", "", " ", "\t", "\n", "\r", " \r\n\t "];
const no_spaces = ["\v", "\f", "\u00a0", "\u2028", "\ufeff", "/**/", "//\n", "\0", "\u0085",
  "\u3000"];
// Bytes that are no UTF-8, or nearly: overlong, halves of pairs, too high, cut short.
const bytes = [[0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff], [0x80], [0xc3], [0xe2, 0x82],
  [0xf0, 0x9f, 0xa6], [0xef, 0xbb, 0xbf], [0x00], [0x1f], [0x7f], [0xed, 0x9f, 0xbf],
  [0xee, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xc2, 0x80],
  [0xe0, 0xa0, 0x80], [0xfe, 0xff]];

const one = (/** @type {Chance} */ chance, /** @type {any[]} */ list) => list[chance(list.length)];

/** @param {Chance} chance @param {number} strange one in so many is none; 0: all are right */
function number(chance, strange) {
  if (strange && chance(strange) === 0) return one(chance, no_numbers);
  switch (chance(4)) {
    case 0: return String(chance(1000) - 500);
    case 1: return digits(chance);
    default: return one(chance, numbers);
  }
}

/** As many digits as rounding them right needs, and more. @param {Chance} chance */
function digits(chance) {
  let text = chance(2) ? "-" : "";
  text += String(1 + chance(9));
  for (let left = chance(chance(16) ? 24 : 800); left > 0; left -= 1) text += String(chance(10));
  if (chance(2)) text += `.${chance(1e9)}${chance(1e9)}`;
  if (chance(2)) text += `e${chance(2) ? "-" : chance(2) ? "+" : ""}${chance(340)}`;
  return text;
}

/** @param {Chance} chance @param {number} strange */
function string(chance, strange) {
  let text = "\"";
  for (let left = chance(5); left > 0; left -= 1) {
    if (strange && chance(strange) === 0) text += one(chance, strange_escapes);
    else text += one(chance, chance(3) ? letters : escapes);
  }
  return `${text}"`;
}

/** @param {Chance} chance @param {number} strange */
const space = (chance, strange) =>
  one(chance, strange && chance(4 * strange) === 0 ? no_spaces : spaces);

/** @param {Chance} chance @param {number} strange @param {number} depth @returns {string} */
function value(chance, strange, depth) {
  const kind = chance(depth > 0 ? 9 : 6);
  if (kind < 2) return number(chance, strange);
  if (kind < 4) return string(chance, strange);
  if (kind < 6) {
    const wrong = strange && chance(strange) === 0;
    return one(chance, wrong ? ["True", "nul", "tru", "undefined", "nulll"]
      : ["true", "false", "null"]);
  }
  const keyed = kind < 8;
  const parts = [];
  for (let left = chance(4); left > 0; left -= 1) {
    const key = keyed ? `${string(chance, strange)}${space(chance, strange)}:` : "";
    parts.push(space(chance, strange) + key + space(chance, strange)
      + value(chance, strange, depth - 1) + space(chance, strange));
  }
  if (strange && chance(8 * strange) === 0) parts.push("");
  const inner = parts.join(",") || space(chance, strange);
  return keyed ? `{${inner}}` : `[${inner}]`;
}

/** Around the depth at which the core stops. @param {Chance} chance */
function deep(chance) {
  const depth = 28 + chance(8);
  let text = chance(2) ? "0" : "";
  for (let left = depth; left > 0; left -= 1) {
    text = chance(2) || text === "" ? `[${text}]` : `{"a":${text}}`;
  }
  return chance(4) ? text : `{"b":[[]],"a":${text}}`;
}

/** One text into the buffer; the bytes written. @param {Chance} chance @param {Buffer} into
 * @param {number} at @returns {number} */
export function putText(chance, into, at) {
  const strange = chance(3) ? 0 : 4 + chance(12);
  const text = chance(24) === 0 ? deep(chance)
    : space(chance, strange) + value(chance, strange, chance(5)) + space(chance, strange);
  let size = into.write(text, at);
  if (chance(3) === 0) size = spoil(chance, into, at, size);
  return size;
}

/** One to three bytes more, less or other. @param {Chance} chance @param {Buffer} into
 * @param {number} at @param {number} size */
function spoil(chance, into, at, size) {
  for (let times = 1 + chance(2); times > 0; times -= 1) {
    const place = chance(4) ? at + chance(size + 1) : at + (chance(2) ? 0 : size);
    const piece = chance(3) ? one(chance, bytes) : [chance(chance(2) ? 256 : 128)];
    const gone = Math.min(chance(3), at + size - place);
    const put = chance(3) ? piece : [];
    into.copyWithin(place + put.length, place + gone, at + size);
    for (let i = 0; i < put.length; i += 1) into[place + i] = put[i];
    size += put.length - gone;
  }
  return size;
}

/** An object's text in which keys come again, with the values that they may have.
 * @param {Chance} chance @param {[string, string[]][]} members @returns {string} */
export function repeating(chance, members) {
  const parts = members.filter(() => chance(8)).map(([key, values]) =>
    `"${key}":${one(chance, values)}`);
  for (let times = 1 + chance(2); times > 0; times -= 1) {
    const [key, values] = one(chance, members);
    const spelt = chance(4) ? key : `\\u${key.charCodeAt(0).toString(16).padStart(4, "0")}`
      + key.slice(1);
    const part = `"${spelt}":${chance(3) ? one(chance, values) : "null"}`;
    parts.splice(chance(parts.length + 1), 0, part);
  }
  return `{${parts.join(",")}}`;
}
