// What is printed of a run of node:test: a line per file, all of every failure, every skip by
// name (a skip counts as a failure: what was not tried is not proven), and to a file the counts
// and the troubles, which the suite repeats at its end.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";

/** @typedef {{file?: string, name: string, skip?: string|boolean, todo?: string|boolean,
 *   nesting: number, details: {duration_ms: number, type?: string, error?: any}}} Result */

/** @param {AsyncIterable<{type: string, data: any}>} events */
export default async function* report(events) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const troubles = [];
  /** @type {Map<string, {passed: number, failed: number, skipped: number, ms: number}>} */
  const files = new Map();
  /** @type {Map<string, string>} what a file said on stderr, shown when the file itself fails */
  const said = new Map();
  for await (const { type, data } of events) {
    if (type === "test:stderr") said.set(data.file, (said.get(data.file) ?? "") + data.message);
    if (type !== "test:pass" && type !== "test:fail") continue;
    const outcome = outcomeOf(type, data);
    const path = data.file ? relative(process.cwd(), data.file) : "?";
    const file = files.get(path) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 };
    files.set(path, file);
    if (data.nesting === 0) file.ms += data.details.duration_ms;
    if (outcome === null) continue;
    file[outcome] += 1;
    total[outcome] += 1;
    if (outcome === "passed") continue;
    const dead = data.name === data.file ? said.get(data.file) ?? "" : "";
    troubles.push(trouble(path, outcome, data) + dead);
    yield `\n${troubles.at(-1)}\n`;
  }
  for (const [path, { passed, failed, skipped, ms }] of files) {
    yield `${failed + skipped === 0 ? "ok  " : "FAIL"} ${path}: ${passed} passed`
      + `${failed ? `, ${failed} failed` : ""}${skipped ? `, ${skipped} skipped` : ""}`
      + ` (${(ms / 1000).toFixed(1)} s)\n`;
  }
  if (!process.env.TEST_OUTCOME) return;
  writeFileSync(process.env.TEST_OUTCOME, JSON.stringify({ ...total, troubles }));
}

/** @param {string} type @param {Result} data @returns {"passed"|"failed"|"skipped"|null} */
function outcomeOf(type, { skip, todo, details }) {
  // A suite is counted by its tests; only its own failure (in a hook) is news.
  const reason = details.error?.failureType;
  if (reason === "hookFailed") return "failed";
  if (details.type === "suite" || reason === "subtestsFailed") return null;
  if (skip !== undefined || todo !== undefined) return "skipped";
  return type === "test:pass" ? "passed" : "failed";
}

/** @param {string} path @param {string} outcome @param {Result} data */
function trouble(path, outcome, { name, skip, todo, details }) {
  const why = outcome === "skipped" ? String(skip ?? todo)
    : String(details.error?.cause?.stack ?? details.error?.cause ?? details.error);
  return `${outcome} ${path}: ${name}\n${why.replace(/^/gm, "    ")}\n`;
}
