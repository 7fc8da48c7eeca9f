// Decisions read out of an input, so that whoever mutates the bytes mutates what is done. Past the
// end everything is 0, so every input means something. Draws no chance of its own.

/** @typedef {ReturnType<typeof choicesIn>} Choices */

/** @param {Uint8Array} bytes */
export function choicesIn(bytes) {
  let at = 0;
  const byte = () => (at < bytes.length ? bytes[at++] : 0);
  const below = (/** @type {number} */ count) =>
    (count > 256 ? byte() * 256 + byte() : byte()) % count;
  return {
    byte,
    below,
    get left() { return bytes.length - at; },
    /** @template T @param {readonly T[]} list @returns {T} */
    one: (list) => list[below(list.length)],
    /** As many bytes as the next one says. */
    some: () => {
      const length = byte();
      return bytes.subarray(at, at += Math.min(length, bytes.length - at));
    },
    rest: () => bytes.subarray(at, at = bytes.length),
  };
}

/** Latin-1: one character for each byte, so that nothing is lost.
 * @param {Uint8Array} bytes */
export const textIn = (bytes) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** A text that somebody changed here and there.
 * @param {string} text @param {Choices} choices @param {string} alphabet */
export function spoilt(text, choices, alphabet) {
  const signs = [...text];
  for (let changes = choices.below(5); changes > 0 && signs.length > 0; changes -= 1) {
    const place = choices.below(signs.length);
    const sign = alphabet[choices.below(alphabet.length)];
    const how = choices.below(8);
    if (how === 6) signs.splice(place, 1);
    else if (how === 7) signs.splice(place, 0, sign);
    else signs[place] = sign;
  }
  return signs.join('');
}

/** @param {unknown} holds @param {string} what @param {unknown} [seen] @returns {asserts holds} */
export function expect(holds, what, seen) {
  if (holds) return;
  const shown = seen === undefined ? '' : `: ${JSON.stringify(seen)?.slice(0, 300)}`;
  throw new Error(`${what}${shown}`);
}
