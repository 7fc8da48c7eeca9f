// LLVM's export as facts about our own files: every branch with the line it stands in, whether it
// went both ways, and every condition of a decision with whether it alone ever decided it (MC/DC).
// A branch inside a macro (TRY) belongs to the line that uses the macro, each use for itself.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** @typedef {{count: number, covered: number}} Share */
/** @typedef {{line: number, column: number, text: string, missed: string}} Miss */
/** @typedef {{path: string, lines: Share, branches: Share, conditions: Share,
 *   missed: Miss[]}} File */
/** @typedef {{line: number, column: number, text: string, yes: number, no: number}} Branch */
/** @typedef {{line: number, column: number, texts: string[], alone: boolean[]}} Decision */
/** @typedef {{branches: Map<string, Branch>, decisions: Map<string, Decision>}} Found */
/** @typedef {[number, number, number, number]} Span from line and column to line and column */

const expansion = 1;
const part_of_decision = 6;

/** @param {any} data @param {string} root @returns {File[]} */
export function reached(data, root) {
  /** @type {Map<string, Found>} */
  const found = new Map();
  const read = reader();
  for (const it of data.functions) {
    const [path] = it.filenames;
    if (!ours(path, root)) continue;
    if (!found.has(path)) found.set(path, { branches: new Map(), decisions: new Map() });
    add(/** @type {Found} */ (found.get(path)), it, read);
  }
  return data.files.filter((/** @type {any} */ { filename }) => found.has(filename))
    .map((/** @type {any} */ { filename, summary }) =>
      file(relative(root, filename), summary.lines, /** @type {Found} */ (found.get(filename))))
    .sort((/** @type {File} */ a, /** @type {File} */ b) => a.path < b.path ? -1 : 1);
}

/** @param {string} path @param {string} root */
const ours = (path, root) => relative(root, path).startsWith("core/");

/** Inline functions of a header come once for each file that includes it, so counts are added.
 * @param {Found} found @param {any} it one function @param {Read} read */
function add({ branches, decisions }, it, read) {
  const where = outward(it.regions);
  const seen = it.branches.map((/** @type {number[]} */ branch) => ({
    at: where(branch), inner: branch.slice(0, 2), kind: branch[8], yes: branch[4], no: branch[5],
    text: read(it.filenames[branch[6]], /** @type {Span} */ (branch.slice(0, 4))),
    outer: read(it.filenames[0], where(branch)),
  }));
  for (const { at, inner, text, outer, yes, no } of seen) {
    // Where a switch lists every value of its enum, its default is nothing that could be reached.
    if (read(it.filenames[0], [at[0], 1, at[0], at[1]]).endsWith("switch (")) continue;
    const key = `${at}|${inner}`;
    const branch = branches.get(key)
      ?? { line: at[0], column: at[1], text: outer === "" ? text : outer, yes: 0, no: 0 };
    branches.set(key, { ...branch, yes: branch.yes + yes, no: branch.no + no });
  }
  for (const record of it.mcdc_records) {
    const [line, column] = record;
    const within = seen.filter((/** @type {any} */ { kind, at }) =>
      kind === part_of_decision && inside(at, record));
    const before = decisions.get(`${record.slice(0, 4)}`);
    decisions.set(`${record.slice(0, 4)}`, {
      line, column,
      texts: within.map((/** @type {any} */ { outer }) => outer),
      alone: record[6].map((/** @type {boolean} */ one, /** @type {number} */ i) =>
        one || (before?.alone[i] ?? false)),
    });
  }
}

/** From a place inside of macros to the place in the function's own file that uses them.
 * @param {number[][]} regions @returns {(branch: number[]) => Span} */
function outward(regions) {
  const uses = new Map(regions.filter((region) => region[7] === expansion)
    .map((region) => [region[6], region]));
  return (branch) => {
    let [span, file] = [branch.slice(0, 4), branch[6]];
    while (file !== 0) {
      const use = uses.get(file);
      if (!use) break;
      [span, file] = [use.slice(0, 4), use[5]];
    }
    return /** @type {Span} */ (span);
  };
}

/** @param {number[]} span @param {number[]} record */
function inside([line, column], [from_line, from_column, to_line, to_column]) {
  const starts = line > from_line || (line === from_line && column >= from_column);
  return starts && (line < to_line || (line === to_line && column < to_column));
}

/** @typedef {(path: string, span: Span) => string} Read */

/** The text of a span, in one line. @returns {Read} */
function reader() {
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  return (path, [line, column, to_line, to_column]) => {
    if (!texts.has(path)) texts.set(path, readFileSync(path, "utf8").split("\n"));
    const lines = texts.get(path)?.slice(line - 1, to_line) ?? [];
    if (lines.length === 0) return "";
    lines[lines.length - 1] = lines[lines.length - 1].slice(0, to_column - 1);
    lines[0] = lines[0].slice(column - 1);
    return lines.map((text) => text.trim()).join(" ");
  };
}

/** @param {string} path @param {Share} lines @param {Found} found @returns {File} */
function file(path, lines, found) {
  const branches = [...found.branches.values()];
  const decisions = [...found.decisions.values()];
  const alone = decisions.flatMap((decision) => decision.alone);
  const missed = [
    ...branches.flatMap(({ line, column, text, yes, no }) => [
      ...(yes === 0 ? [{ line, column, text, missed: "never true" }] : []),
      ...(no === 0 ? [{ line, column, text, missed: "never false" }] : []),
    ]),
    ...decisions.flatMap(({ line, column, texts, alone }) => alone.flatMap((one, i) =>
      one ? [] : [{ line, column, text: texts[i] ?? `condition ${i + 1}`,
        missed: "never decides alone" }])),
  ];
  return {
    path,
    lines: { count: lines.count, covered: lines.covered },
    branches: {
      count: branches.length * 2,
      covered: branches.reduce((n, { yes, no }) => n + Number(yes > 0) + Number(no > 0), 0),
    },
    conditions: { count: alone.length, covered: alone.filter((one) => one).length },
    missed: missed.sort((a, b) => a.line - b.line || a.column - b.column),
  };
}
