// Bytes changed by chance: bits, bytes, numbers at their edges, pieces cut out, doubled or moved
// from another input, words of the target's. Knows no format.

/** One of 0..n-1 from a seed; the same seed gives the same choices.
 * @typedef {(n: number) => number} Chance */

/** @param {number} seed @returns {Chance} */
export function chanceFrom(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

const edges = [0, 1, 9, 10, 13, 32, 34, 37, 39, 47, 48, 57, 64, 92, 127, 128, 0xc0, 0xed, 255];
const numbers = ["0", "-1", "1e9", "255", "256", "65535", "65536", "2147483648", "9007199254740993",
  "99999999999999999999", "1.5", "0x10", "007"];

/** @param {Chance} chance @param {Uint8Array} bytes */
function changed(chance, bytes, /** @type {Uint8Array[]} */ corpus, /** @type {any[]} */ words) {
  const at = chance(bytes.length + 1);
  const size = Math.min(1 + chance(chance(4) ? 8 : 64), bytes.length - at);
  const [head, piece, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + size),
    bytes.subarray(at + size)];
  const put = (/** @type {Uint8Array} */ middle) => Buffer.concat([head, middle, tail]);
  switch (chance(words.length > 0 ? 10 : 8)) {
    case 0: return put(new Uint8Array());
    case 1: return put(Buffer.concat([piece, piece]));
    case 2: return put(Uint8Array.from(piece, (byte) => byte ^ 1 << chance(8)));
    case 3: return put(Uint8Array.from(piece, () => chance(256)));
    case 4: return put(Buffer.concat([piece, Uint8Array.of(edges[chance(edges.length)] ?? 0)]));
    case 5: return put(Buffer.from(numbers[chance(numbers.length)] ?? ""));
    case 6: {
      const other = corpus[chance(corpus.length)] ?? piece;
      const from = chance(other.length + 1);
      return put(other.subarray(from, from + 1 + chance(64)));
    }
    case 7: return put(Uint8Array.from(piece).reverse());
    default: return Buffer.concat([head, words[chance(words.length)], piece, tail]);
  }
}

/** An input made from one of the corpus. @param {Chance} chance @param {Uint8Array[]} corpus
 * @param {Uint8Array[]} words @param {number} bytesMax @returns {Uint8Array} */
export function mutated(chance, corpus, words, bytesMax) {
  let bytes = corpus[chance(corpus.length)] ?? new Uint8Array();
  for (let times = 1 + chance(4); times > 0; times -= 1) {
    bytes = changed(chance, bytes, corpus, words);
  }
  return bytes.subarray(0, bytesMax);
}
