// tools/rules.mjs: which of the 196 rules have a test that names them. A test names its rules in a
// line "proves: 11 16" (transcripts) or "// proves: 4 5" (tests of hosts and screens).
// --from A --to B fails when a rule of that range has none.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const RULES = 196;

/** @param {string} folder @returns {string[]} */
function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]);
}

/** @type {Map<number, string[]>} */
const provers = new Map(Array.from({ length: RULES }, (_, i) => [i + 1, []]));
for (const file of files(join(root, "tests")).filter((name) => /\.(txt|js|c)$/.test(name))) {
  const named = new Set([...readFileSync(file, "utf8").matchAll(/^(?:\W*)proves: ([\d ]+)/gm)]
    .flatMap((found) => found[1].trim().split(/\s+/).map(Number)));
  for (const rule of named) provers.get(rule)?.push(relative(root, file));
}

const { values } = parseArgs({ options: { from: { type: "string" }, to: { type: "string" } } });
const proved = [...provers].filter(([, by]) => by.length);
for (const [rule, by] of proved) console.log(`${String(rule).padStart(3)} ${by.join(", ")}`);
console.log(`${proved.length} of ${RULES} rules have a test that names them`);

const missing = [...provers].filter(([rule, by]) => !by.length
  && rule >= Number(values.from ?? 1) && rule <= Number(values.to ?? 0)).map(([rule]) => rule);
if (missing.length) {
  console.log(`not ok - without one: ${missing.join(" ")}`);
  process.exitCode = 1;
}
