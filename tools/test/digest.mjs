// What failed, once more and short, for whoever sees only the end of what the suite printed.
// Read next: ../test.mjs, which prints it just before the counts.

/** Lines for all failures together: with the counts they fit into the last forty. */
const ROOM = 34;
const LINES_MAX = 25;
const LINES_MIN = 5;

/** @param {string[]} troubles whole texts, the first line of each says where */
export function digest(troubles) {
  const share = Math.floor(ROOM / Math.max(1, troubles.length)) - 1;
  const most = Math.min(LINES_MAX, Math.max(LINES_MIN, share));
  return troubles.map((trouble) => shortened(trouble, most)).join("\n");
}

/** @param {string} trouble @param {number} most */
function shortened(trouble, most) {
  // Where the test runner calls the test from says nothing about the test.
  const lines = trouble.split("\n").filter((line) => line.trim() !== ""
    && !/^\s+at .*(node:internal|\bnode:async_hooks)/.test(line));
  if (lines.length <= most) return lines.join("\n");
  const place = lines.slice(most - 1).find((line) => /^\s+at .*:\d+\)?$/.test(line));
  const end = [`    ... ${lines.length - most + 1} lines more above`, ...place ? [place] : []];
  return [...lines.slice(0, most - end.length), ...end].join("\n");
}

/** What a program said of its failures: from the first of them on, or its last words.
 * @param {string} said */
export function amiss(said) {
  const lines = said.split("\n").filter((line) => line !== "" && !/^ok\b/.test(line));
  const at = lines.findIndex((line) => /^(not ok|violated)\b|runtime error|ERROR:/.test(line));
  if (at < 0) return lines.slice(-LINES_MAX).join("\n");
  // The checks in C say what was seen before they say in which test.
  let from = at;
  while (from > 0 && /^\s/.test(lines[from - 1])) from -= 1;
  return lines.slice(from, from + LINES_MAX).join("\n");
}
