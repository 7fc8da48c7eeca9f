/** Who reads "call 112" on a phone taps it.
 * @param {string} text @returns {{text:string, call?:string}[]} the words, and the short numbers of
 *   emergency services among them */
export function numbers_in(text) {
  return text.split(/(\d+)/).filter(Boolean).map((part) =>
    (/^\d{3}$/.test(part) ? { text: part, call: part } : { text: part }));
}
