/** Who reads "call 112" on a phone taps it.
 * @param {string} text @returns {{text:string, call?:string}[]} the words, and the short numbers of
 *   emergency services among them */
export function numbers_in(text) {
  return text.split(/(?<!\d)(\d{3})(?!\d)/).map((part, at) =>
    (at % 2 ? { text: part, call: part } : { text: part })).filter((part) => part.text);
}
