// Two readers of JSON side by side: what JSON.parse makes of a text, what the core makes of it, and
// the only rules by which the core may refuse what JSON.parse takes. Everything else is equal:
// acceptance, doubles bit for bit, texts, the order and number of what lies in lists.

const depth_max = 32;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What makes the core stricter, with the reason. Each looks at a text that JSON.parse takes. */
export const rules = {
  /** The core's readers walk the tree with the stack of a module. */
  depth: (/** @type {Marks} */ marks) => marks.depth > depth_max,
  /** A half of a surrogate pair has no UTF-8, so it could not be stored or answered. */
  half: (/** @type {Marks} */ marks) => marks.half,
  /** Texts end with NUL inside of the core. */
  nul: (/** @type {Marks} */ marks) => marks.nul,
};

/** @typedef {{depth: number, half: boolean, nul: boolean}} Marks */

/** How deep the text goes and which escapes are in it. @param {string} text valid JSON
 * @returns {Marks} */
export function marksOf(text) {
  const marks = { depth: 0, half: false, nul: false };
  let depth = 0, high = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === "[" || letter === "{") marks.depth = Math.max(marks.depth, depth += 1);
    else if (letter === "]" || letter === "}") depth -= 1;
    if (letter !== "\"") continue;
    for (at += 1; text[at] !== "\""; at += 1) {
      const unit = text[at] === "\\" && text[at + 1] === "u"
        ? Number.parseInt(text.slice(at + 2, at + 6), 16) : -1;
      const low = unit >= 0xdc00 && unit <= 0xdfff;
      marks.half ||= high !== low;
      high = unit >= 0xd800 && unit <= 0xdbff;
      marks.nul ||= unit === 0;
      if (text[at] === "\\") at += unit < 0 ? 1 : 5;
    }
    marks.half ||= high;
    high = false;
  }
  return marks;
}

/** @param {Uint8Array} bytes @returns {{text: string, value: any}|null} null: refused */
export function parsed(bytes) {
  try {
    const text = decoder.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch {
    return null;
  }
}

const REFUSED = 0, UNREAD = 1;

/** Reads the answers of json_door.c one after the other. */
export class Answers {
  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 4;
  }

  /** What is wrong with the next answer, given what JSON.parse made of the text; null: nothing.
   * @param {{text: string, value: any}|null} expected @returns {string|null} */
  wrong(expected) {
    const said = this.bytes[this.at];
    this.at += 1;
    if (said === UNREAD) return "the core's two readers disagree with each other";
    if (expected === null) {
      if (said === REFUSED) return null;
      this.#value();
      return "the core accepts it, JSON.parse does not";
    }
    const { text, value } = expected;
    // Nearly every text has nothing in it that a rule could be about.
    const suspect = said === REFUSED || text.includes("\\u") || text.length > depth_max;
    const marks = suspect ? marksOf(text) : null;
    const rule = marks && Object.entries(rules).find(([, applies]) => applies(marks))?.[0];
    if (said === REFUSED) return rule ? null : "JSON.parse accepts it, the core does not";
    const core = this.#value();
    if (rule) return `the core accepts it against the rule of ${rule}`;
    return same(core, value) ? null : `the core reads ${JSON.stringify(core)}`;
  }

  #text() {
    const size = this.view.getUint32(this.at, true);
    const text = this.bytes.toString("utf8", this.at + 4, this.at + 4 + size);
    this.at += 4 + size;
    return text;
  }

  /** Where a key comes twice, the later value: as JSON.parse has it. @returns {any} */
  #value() {
    const tag = String.fromCharCode(this.bytes[this.at] ?? 0);
    this.at += 1;
    if (tag === "n") return null;
    if (tag === "t" || tag === "f") return tag === "t";
    if (tag === "d") {
      this.at += 8;
      return this.view.getFloat64(this.at - 8, true);
    }
    if (tag === "s") return this.#text();
    return tag === "[" ? this.#list() : this.#object();
  }

  #list() {
    const list = [];
    while (this.bytes[this.at] !== 0x5d) list.push(this.#value());
    this.at += 1;
    return list;
  }

  #object() {
    /** @type {Record<string, any>} */
    const object = Object.create(null);
    while (this.bytes[this.at] !== 0x7d) {
      this.at += 1;
      const key = this.#text();
      object[key] = this.#value();
    }
    this.at += 1;
    return object;
  }
}

/** @param {any} one @param {any} other @returns {boolean} */
function same(one, other) {
  if (typeof one !== "object" || one === null) return Object.is(one, other);
  if (typeof other !== "object" || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length
    && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}
