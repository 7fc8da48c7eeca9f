// Writes the zone table of the core as C, from the compiled time zones of this system.
//   node tools/zones.mjs FOLDER OUTPUT      e.g. /usr/share/zoneinfo build/zones.c
// A zone is the POSIX rule at the end of its file, and before that spans of a fixed offset: from
// 2020 on, as far as the rule does not say the same. Zones that agree share one entry.
// Read next: core/zones.h, which says what the table means; tests/zones, which checks all of it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readRule, ruleChanges, ruleOffset } from "./zones/rule.mjs";

/** @typedef {{at: number, offset: number}} Change an instant in seconds, the offset from then on */
/** @typedef {{name: string, rule: string, spans: {until: number, offset: number}[]}} Zone */

const since = Date.UTC(2020, 0, 1) / 1000;
// Not zones: other countings of the same ones, what this machine uses, and a placeholder.
const others = new Set(["posix", "right", "localtime", "posixrules", "Factory"]);

/** Every zone in the folder, links too, in the order in which C compares their names.
 * @param {string} folder @returns {Zone[]} */
export function readZones(folder) {
  return zoneFiles(folder, "").sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      return bytes.toString("latin1", 0, 4) === "TZif" ? [readZone(name, bytes)] : [];
    });
}

/** @param {string} folder @param {string} under @returns {string[]} */
function zoneFiles(folder, under) {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const name = under === "" ? entry.name : `${under}/${entry.name}`;
    if (others.has(name)) return [];
    return entry.isDirectory() ? zoneFiles(folder, name) : [name];
  });
}

/** @param {string} name @param {Buffer} bytes @returns {Zone} */
function readZone(name, bytes) {
  const { changes, rule } = readFile(name, bytes);
  const last = changes.at(-1)?.at ?? since;
  // Behind its last change a file is continued by its rule.
  if (last < since) return { name, rule, spans: [] };
  const parsed = readRule(rule);
  const first = changes.filter(({ at }) => at < since).at(-1)?.offset ?? changes[0]?.offset;
  const known = changes.filter(({ at }, i) =>
    at >= since && changes[i].offset !== changes[i - 1]?.offset);
  const ruled = ruleChanges(parsed, 2020, new Date(last * 1000).getUTCFullYear() + 1)
    .filter(({ at }) => at >= since);
  const offset_at = (/** @type {number} */ at) =>
    known.filter((change) => change.at <= at).at(-1)?.offset ?? first;
  // Where the file's last change and the rule disagree, the rule's next change makes them one.
  const until = [...ruleHolds(known, ruled.filter(({ at }) => at <= last)), last]
    .find((at) => offset_at(at) === ruleOffset(parsed, at))
    ?? ruled.find(({ at }) => at > last)?.at ?? fail(`${name}: the rule never continues the file`);
  const explicit = known.filter(({ at }) => at < until);
  const ends = [...explicit.map(({ at }) => at), until].filter((at) => at > since);
  return { name, rule, spans: ends.map((end) => ({ until: end, offset: offset_at(end - 1) })) };
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message);
}

/** From when on the rule may say what the file says: after the last change that only one of them
 * has, else from one of those that they share.
 * @param {Change[]} known @param {Change[]} ruled */
function ruleHolds(known, ruled) {
  let same = 0;
  for (; same < known.length && same < ruled.length; same++) {
    const [a, b] = [known.at(-1 - same), ruled.at(-1 - same)];
    if (a?.at !== b?.at || a?.offset !== b?.offset) break;
  }
  const alone = [known, ruled].map((list) => list.at(-1 - same)?.at ?? since);
  return [Math.max(...alone), ...known.slice(known.length - same).map(({ at }) => at)];
}

/** RFC 9636: the second block of a file has 64-bit times, the footer behind it the rule.
 * @param {string} name @param {Buffer} bytes @returns {{changes: Change[], rule: string}} */
function readFile(name, bytes) {
  const counts = (/** @type {number} */ at) => ({
    utc: bytes.readUInt32BE(at + 20), standard: bytes.readUInt32BE(at + 24),
    leaps: bytes.readUInt32BE(at + 28), times: bytes.readUInt32BE(at + 32),
    types: bytes.readUInt32BE(at + 36), letters: bytes.readUInt32BE(at + 40),
  });
  const size = (/** @type {ReturnType<typeof counts>} */ n, /** @type {number} */ width) =>
    n.times * (width + 1) + n.types * 6 + n.letters + n.leaps * (width + 4) + n.standard + n.utc;
  if (bytes[4] < 0x32) fail(`${name} has no rule: its format is older than 2006`);
  const second = 44 + size(counts(0), 4);
  const n = counts(second);
  const times = second + 44;
  const kinds = times + n.times * 8;
  const types = kinds + n.times;
  const offset = (/** @type {number} */ kind) => bytes.readInt32BE(types + kind * 6);
  const changes = Array.from({ length: n.times }, (_, i) => ({
    at: Number(bytes.readBigInt64BE(times + i * 8)), offset: offset(bytes[kinds + i]),
  }));
  const rule = bytes.toString("latin1", times + size(n, 8)).split("\n")[1]
    || fail(`${name} has no rule for the years to come`);
  return { changes: [{ at: -Infinity, offset: offset(0) }, ...changes], rule };
}

/** @param {Zone[]} zones @param {string} version */
function writeTable(zones, version) {
  /** @type {Map<string, string>} */
  const entries = new Map();
  /** @type {string[]} */
  const spans = [];
  const names = zones.map(({ name, rule, spans: own }) => {
    const list = own.map(({ until, offset }) => `{${minutes(until)}, ${minutes(offset)}}`);
    const key = `${rule} ${list}`;
    if (!entries.has(key)) {
      entries.set(key, `    {"${rule}", ${spans.length}, ${list.length}},`);
      spans.push(...list);
    }
    return `    {"${name}", ${[...entries.keys()].indexOf(key)}},`;
  });
  return [
    `/* Written by tools/zones.mjs from tzdata ${version}. */`,
    '#include "zones.h"', "",
    "const struct zone_span zone_spans[] = {", ...spans.map((span) => `    ${span},`), "};", "",
    "const struct zone zone_entries[] = {", ...entries.values(), "};", "",
    "const struct zone_name zone_names[] = {", ...names, "};",
    `const int zone_names_n = ${names.length};`, "",
  ].join("\n");
}

/** @param {number} seconds */
function minutes(seconds) {
  return seconds % 60 === 0 ? seconds / 60 : fail(`${seconds} s: the table counts in minutes`);
}

/** @param {string} folder */
function versionOf(folder) {
  try {
    return /version (\S+)/.exec(readFileSync(join(folder, "tzdata.zi"), "utf8"))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, output] = process.argv.slice(2);
  writeFileSync(output, writeTable(readZones(folder), versionOf(folder)));
}
