// One table, printed row by row as it is measured, with what is asked of each figure.

/** @typedef {{what: string, value: number, unit?: string, at_least?: number,
 *   at_most?: number}} Row */

/** @param {number} value */
const figure = (value) => Math.abs(value) >= 100 || Number.isInteger(value)
  ? Math.round(value).toLocaleString("en") : value.toFixed(2);

/** @param {Row} row @returns {boolean|null} null where nothing is asked */
export function met({ value, at_least, at_most }) {
  if (at_least !== undefined) return value >= at_least;
  if (at_most !== undefined) return value <= at_most;
  return null;
}

/** @param {Row} row */
export function printed(row) {
  const { what, value, unit = "", at_least, at_most } = row;
  const asked = at_least !== undefined ? `≥ ${figure(at_least)}`
    : at_most !== undefined ? `≤ ${figure(at_most)}` : "";
  const mark = { true: "ok", false: "MISSED", null: "" }[String(met(row))];
  return `| ${what.padEnd(56)} | ${`${figure(value)} ${unit}`.padStart(14)} `
    + `| ${asked.padStart(10)} | ${String(mark).padEnd(6)} |`;
}

export const heading = `| ${"what".padEnd(56)} | ${"measured".padStart(14)} `
  + `| ${"asked".padStart(10)} | ${"".padEnd(6)} |\n|${"-".repeat(58)}|${"-".repeat(15)}:`
  + `|${"-".repeat(11)}:|${"-".repeat(8)}|`;
