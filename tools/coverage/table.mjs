// The figures of each file and in all, and what was missed, for reading.

/** @typedef {import("./reached.mjs").File} File */
/** @typedef {import("./reached.mjs").Share} Share */
/** @typedef {{lines: Share, branches: Share, conditions: Share}} Shares */

/** @param {File[]} files @returns {Shares} */
export function total(files) {
  const sum = (/** @type {"lines"|"branches"|"conditions"} */ what) => files.reduce(
    (all, file) => ({ count: all.count + file[what].count, covered: all.covered
      + file[what].covered }), { count: 0, covered: 0 });
  return { lines: sum("lines"), branches: sum("branches"), conditions: sum("conditions") };
}

/** @param {Share} share */
function cell({ count, covered }) {
  const percent = count === 0 ? "" : `${(100 * covered / count).toFixed(2)} %`;
  return `${`${covered}/${count}`.padStart(11)} ${percent.padStart(8)}`;
}

/** @param {string} name @param {Shares} shares */
const row = (name, { lines, branches, conditions }) =>
  `| ${name.padEnd(34)} | ${cell(lines)} | ${cell(branches)} | ${cell(conditions)} |`;

/** @param {File[]} files */
export function table(files) {
  const heads = ["lines", "branches", "MC/DC conditions"].map((head) => head.padEnd(20));
  const rule = `|${"-".repeat(36)}|${`${"-".repeat(21)}:|`.repeat(3)}`;
  return [`| ${"file".padEnd(34)} | ${heads.join(" | ")} |`, rule,
    ...files.map((file) => row(file.path, file)), row("total", total(files))].join("\n");
}

/** Path, line and text of each, so that an editor can go there. @param {File[]} files */
export const missed = (files) => files.flatMap(({ path, missed }) => missed.map((miss) =>
  `${path}:${miss.line}: ${miss.missed}: ${miss.text}`));
