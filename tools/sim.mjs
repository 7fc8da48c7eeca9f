// Years of clinics' lives with everything that goes wrong, on as many processors as there are.
//   npm run sim -- [--minutes N | --years N] [--seed S] [--days D] [--hashes N] [--slice]
//       [--rate 0|1|10] [--crowd 0|1] [--without MISHAP] [--often MISHAP]
// Native, sanitized and WebAssembly builds take turns; seeds count up from S, which is drawn and
// printed when it is not given. A life that violates an invariant is shrunk and written down as a
// tape; kept in tests/sim/regress it is lived again by every test. --hashes compares the state at
// the end of N short lives on all three builds. Read next: tests/sim/README.md.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup/run.mjs";
import { simPrograms } from "./setup/sim.mjs";

const CLINICS = 2;
const DAYS = 365;
const YEARS_OF_SLICE = 100;
const HASHES_OF_SLICE = 8;
const DAYS_OF_HASH = 40;
/** Of a hundred clinic-years; each build sees what the others cannot. */
const builds = [
  { name: "native", share: 92, chunk: 4,
    command: [join(root, "build", "desk_sim")] },
  { name: "sanitized", share: 4, chunk: 1,
    command: [join(root, "build", "desk_sim_checked")] },
  { name: "WebAssembly", share: 4, chunk: 1,
    command: [process.execPath, join(root, "tools", "sim", "wasi.mjs")] },
];

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    years: { type: "string" },
    seed: { type: "string" },
    days: { type: "string", default: String(DAYS) },
    hashes: { type: "string" },
    without: { type: "string" },
    often: { type: "string" },
    rate: { type: "string" },
    crowd: { type: "string" },
    slice: { type: "boolean", default: false },
  },
});
const days = Number(values.days);
const years_wanted = values.years ? Number(values.years)
  : values.slice || !values.minutes ? YEARS_OF_SLICE : Infinity;
const until = values.minutes ? Date.now() + Number(values.minutes) * 60_000 : Infinity;
/** @type {("without"|"often"|"rate"|"crowd")[]} */
const narrowing = ["without", "often", "rate", "crowd"];
const narrowed = narrowing.flatMap((name) => values[name] ? [`--${name}`, values[name]] : []);
const first_seed = values.seed ? Number(values.seed) : Math.floor(Math.random() * 1e9);

await simPrograms();
let next_seed = first_seed;
const sum = builds.map(() => ({ lives: 0, years: 0, seconds: 0 }));
const totals = new Map();
/** @type {string[]} */
const violations = [];

console.log(`sim: seeds from ${first_seed}, ${CLINICS} clinics of ${days} days each`);
const replayed = await replayAll();
const hashes_wanted = Number(values.hashes ?? (values.slice ? HASHES_OF_SLICE : 0));
if (hashes_wanted > 0) await hashesCompare(hashes_wanted);
await Promise.all(Array.from({ length: availableParallelism() }, lane));
report();
process.exitCode = violations.length > 0 ? 1 : 0;

/** The build that is furthest behind its share. */
function buildNext() {
  const total = sum.reduce((all, each) => all + each.years, 0) + 1;
  const behind = builds.map(({ share }, i) => share / 100 - sum[i].years / total);
  return behind.indexOf(Math.max(...behind));
}

async function lane() {
  while (Date.now() < until && violations.length < 20
    && sum.reduce((all, each) => all + each.years, 0) < years_wanted) {
    const at = buildNext();
    const { name, chunk, command } = builds[at];
    const seed = next_seed;
    next_seed += chunk;
    // Counted before it is lived, so that the other lanes take something else.
    sum[at].years += (chunk * CLINICS * days) / 365;
    const began = performance.now();
    const said = await run(command, ["--seed", seed, "--lives", chunk, "--days", days,
      "--clinics", CLINICS, ...narrowed]);
    sum[at].lives += chunk;
    sum[at].seconds += (performance.now() - began) / 1000;
    count(said);
    const violated = /violated (.*)\n\s+seed (\d+)/.exec(said);
    if (violated) await failed(name, violated[1], violated[2]);
    else if (!/ lives, /.test(said)) await failed(name, said.slice(-300), String(seed));
  }
}

/** @param {string} said */
function count(said) {
  const figures = said.split("\n").find((line) => / lives, /.test(line)) ?? "";
  for (const [, n, what] of figures.matchAll(/(\d+) ([a-z ]+)(?=[,)(]|$| \()/g)) {
    if (!what.includes("clinic")) totals.set(what, (totals.get(what) ?? 0) + Number(n));
  }
}

/** @param {string} build @param {string} what @param {string} seed */
async function failed(build, what, seed) {
  violations.push(what);
  console.log(`sim: ${build}, seed ${seed}: violated ${what}`);
  const folder = join(root, "build", "sim");
  mkdirSync(folder, { recursive: true });
  const name = what.split(":")[0].replace(/[^a-z0-9-]/g, "").slice(0, 60) || "crash";
  const tape = join(folder, `${name}-${seed}.tape`);
  const said = await run(builds[0].command, ["--seed", seed, "--days", days, "--clinics", CLINICS,
    ...narrowed, "--shrink", "--save", tape, ...(build === "WebAssembly" ? ["--portable"] : [])]);
  console.log(said.trim().split("\n").map((line) => `  ${line}`).join("\n"));
  console.log(`  lived again: build/desk_sim --tape ${tape.slice(root.length + 1)}`);
}

/** Tapes of failures that are mended: none of them may come back. */
async function replayAll() {
  const folder = join(root, "tests", "sim", "regress");
  const tapes = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith(".tape")).sort() : [];
  for (const name of tapes) {
    for (const { command } of builds.slice(0, 2)) {
      const said = await run(command, ["--tape", join(folder, name)]);
      if (!/violated /.test(said) && / lives, /.test(said)) continue;
      violations.push(name);
      console.log(`sim: ${name} fails again\n${said.trim()}`);
    }
  }
  return tapes.length;
}

/** The same seeds end in the same state wherever they are lived.
 * @param {number} n */
async function hashesCompare(n) {
  const args = ["--seed", first_seed, "--lives", n, "--days", DAYS_OF_HASH, "--clinics", CLINICS,
    "--portable", "--hashes", ...narrowed];
  const told = await Promise.all(builds.map(({ command }) => run(command, args)));
  const states = told.map((said) => said.split("\n")
    .filter((line) => /^\d+ [0-9a-f]{64}$/.test(line)));
  const equal = states.every((lines) => lines.length === n && lines.join() === states[0].join());
  console.log(`sim: the state of ${states[0].length} seeds on ${builds.length} builds is `
    + `${equal ? "equal" : "not equal"}`);
  if (equal) return;
  violations.push("same-seed-same-state");
  const at = states[0].findIndex((line, i) => states.some((lines) => lines[i] !== line));
  for (const [i, lines] of states.entries()) console.log(`  ${builds[i].name}: ${lines[at]}`);
  console.log(told.map((said) => said.trim().split("\n").slice(-3).join("\n")).join("\n"));
}

function report() {
  const years = sum.reduce((all, each) => all + each.years, 0);
  const speeds = builds.map(({ name }, i) => {
    const { lives, seconds } = sum[i];
    const lived = (lives * CLINICS * days) / 365;
    return `${name} ${lived.toFixed(1)} at ${(seconds ? lived / seconds * 60 : 0).toFixed(1)}`;
  });
  const told = [...totals].map(([what, n]) => `${n} ${what}`).join(", ");
  console.log(`sim: ${years.toFixed(1)} clinic-years (${speeds.join(", ")} per core-minute), `
    + `seeds ${first_seed} to ${next_seed - 1}, ${told}, ${replayed} tapes replayed, `
    + `${violations.length} violations`);
  console.log(`${replayed + (next_seed - first_seed) - violations.length} passed, `
    + `${violations.length} failed`);
}

/** @param {string[]} command @param {(string|number)[]} args @returns {Promise<string>} */
function run([program, ...first], args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args.map(String)], { cwd: root });
    let said = "";
    child.stdout.on("data", (text) => { said += text; });
    child.stderr.on("data", (text) => { said += text; });
    child.on("error", reject);
    child.on("close", () => resolve(said));
  });
}
