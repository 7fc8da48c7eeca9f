// Proves the simulator: plants each fault of tests/sim/mutants into a scratch copy of the core and
// lives clinic-years until an invariant sees it. A fault that nobody sees is a survivor; an
// invariant that no fault has broken proves nothing. Never touches the checkout's own core.
//   node tools/sim/mutants.mjs [--quick] [--only NAME,…] [--years N] [--days N] [--seed S]
//                              [--jobs N] [--remember] [--fresh]
// A life that has shown a fault (header `Found:`, written by --remember) is lived first. What was
// lived stands in build/mutants/results.json, so that a run that was ended goes on where it was;
// --fresh forgets it. --quick lives only what the faults marked `Quick:` are known by, and the tape
// of each that has one (header `Tape:`), which must still show it.
// Read next: plant.mjs, tests/sim/mutants/README.md.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { root, runBeside } from "../setup/run.mjs";
import { simPrograms } from "../setup/sim.mjs";
import {
  applies, build, lived, mutantOf, patchOf, planted, recipeOf, scratch,
} from "./plant.mjs";

/** @typedef {import("./plant.mjs").Mutant} Mutant */
/** @typedef {import("./plant.mjs").Recipe} Recipe */
/** @typedef {import("./plant.mjs").Ended} Ended */
/** @typedef {{invariant: string, seed: number, days: number, day: number}} Catch */
/** @typedef {Result & {mutant: Mutant}} Outcome */
/** What is known of a fault: which patch it was, how many lives showed nothing, what one showed,
 * and what its tape did. @typedef {{patch: string, lives: number, caught: Catch|null,
 *   taped: Catch|null, trouble: string, seconds: number}} Result */

const folder = join(root, "tests", "sim", "mutants");
const tapes = join(root, "tests", "sim", "regress");
const kept = join(scratch, "results.json");
// Most lives are of small clinics, and what is looked for here is in crowded ones.
const clinics = 2;
const crowded = ["--crowd", "1", "--clinics", String(clinics)];
const years_owed = 20;
// They take one to three.
const patience_of_a_life_s = 40;
// First every fault has a few lives, then those that were not seen have the rest of their years.
const lives_at_first = 4;

const { values: asked } = parseArgs({ options: {
  quick: { type: "boolean", default: false }, only: { type: "string", default: "" },
  years: { type: "string", default: String(years_owed) }, seed: { type: "string", default: "1" },
  // Many lives of a few months see more than one long one.
  days: { type: "string", default: "122" },
  jobs: { type: "string", default: String(availableParallelism()) },
  remember: { type: "boolean", default: false }, fresh: { type: "boolean", default: false },
} });
const days_of_a_life = Number(asked.days);
const lives_at_most = Math.ceil(Number(asked.years) * 365 / days_of_a_life / clinics);

/** @param {Mutant} mutant @returns {{seed: number, days: number, day: number}|null} */
function remembered(mutant) {
  const found = /^seed (\d+) days (\d+), on day (\d+)$/.exec(mutant.head.Found ?? "");
  return found ? { seed: Number(found[1]), days: Number(found[2]), day: Number(found[3]) } : null;
}

/** What a run of the simulator has shown. @param {Ended} ended @param {number} days
 * @returns {Catch|null} */
function shownBy({ status, said, late }, days) {
  const named = /^violated ([\w-]+).*\n\s*seed (\d+), day (\d+)/m.exec(said);
  if (named) {
    return { invariant: named[1], seed: Number(named[2]), days, day: Number(named[3]) };
  }
  if (status === 0 && !late) return null;
  return { invariant: late ? "(endless)" : "(crash)", seed: 0, days, day: 0 };
}

/** Consecutive lives; null when nothing was seen. A crash or an endless life is seen: what broke
 * is then no invariant's name, but it was not overlooked.
 * @param {string} program @param {string} kind of lives: options after those that all have
 * @param {string} watch the invariant that counts, "" for all
 * @param {number} seed @param {number} days @param {number} lives @returns {Promise<Catch|null>} */
async function livedBy(program, kind, watch, seed, days, lives) {
  const patience_s = patience_of_a_life_s * lives * (kind.includes("--rate 10") ? 10 : 1);
  const shown = shownBy(await lived(program, ["--seed", String(seed), "--days", String(days),
    "--lives", String(lives), ...crowded, ...kind.split(" ").filter(Boolean)],
  { cwd: join(program, ".."), watch, patience_s }), days);
  if (!shown || shown.seed) return shown;
  if (lives === 1) return { ...shown, seed };
  // It died without a word: which life it was, only single ones tell.
  for (let one = seed; one < seed + lives; one++) {
    const caught = await livedBy(program, kind, watch, one, days, 1);
    if (caught) return caught;
  }
  return null;
}

/** The defect of old in the life that is kept of it. @param {string} program @param {string} tape
 * @returns {Promise<Catch>} */
async function replayed(program, tape) {
  const args = ["--tape", join(tapes, `${tape}.tape`)];
  const shown = shownBy(await lived(program, args, { cwd: join(program, "..") }), 0);
  if (!shown) throw new Error(`its tape ${tape} shows nothing any more: make it anew`);
  return shown;
}

/** Where it was seen before, then seeds until as many lives are lived or something is seen.
 * @param {string} program @param {Mutant} mutant @param {number} from @param {number} to
 * @returns {Promise<Catch|null>} */
async function hunted(program, mutant, from, to) {
  const known = from === 0 ? remembered(mutant) : null;
  const { Watch: watch = "", Lives: kind = "" } = mutant.head;
  const again = known && await livedBy(program, kind, watch, known.seed, known.days, 1);
  if (again || asked.quick) return again;
  const seed = Number(asked.seed) + from;
  const caught = await livedBy(program, kind, watch, seed, days_of_a_life, to - from);
  if (caught || !watch || to < lives_at_most || Number(asked.years) < years_owed) return caught;
  // Seen, though not by the invariant that it was planted for.
  return livedBy(program, kind, "", Number(asked.seed), days_of_a_life, lives_at_first);
}

/** The very life without the fault, which must be well: or it was no fault that was seen.
 * @param {Mutant} mutant @param {Catch} caught */
async function compared({ head }, { invariant, seed, days }) {
  const well = join(root, "build", "desk_sim");
  const watch = invariant === head.Watch ? invariant : "";
  const also = await livedBy(well, head.Lives ?? "", watch, seed, days, 1);
  if (also) throw new Error(`${invariant}: without the fault seed ${seed} shows ${also.invariant}`);
}

/** Other programs take no seed: they try everything.
 * @param {string} program @returns {Promise<Catch|null>} */
async function tried(program) {
  const { status, said, late } = await lived(program, [], { cwd: join(program, "..") });
  const named = /^violated ([\w-]+)/m.exec(said)?.[1];
  if (!named && status === 0 && !late) return null;
  return { invariant: named ?? (late ? "(endless)" : "(crash)"), seed: 0, days: 0, day: 0 };
}

/** @param {Mutant} mutant @param {Map<string, Recipe>} recipes @param {Result} result
 * @param {number} lives @returns {Promise<Result>} */
async function judged(mutant, recipes, result, lives) {
  const since = performance.now();
  const name = mutant.head.Program ?? "desk_sim";
  /** @type {Catch|null} */
  let caught = null;
  let { taped } = result;
  let trouble = "";
  try {
    const program = await planted(mutant, /** @type {Recipe} */ (recipes.get(name)));
    const { Tape: tape, Quick: quick } = mutant.head;
    if (tape && !taped) taped = await replayed(program, tape);
    if (name !== "desk_sim") caught = await tried(program);
    else if (!asked.quick || quick) caught = await hunted(program, mutant, result.lives, lives);
    else caught = taped;
    if (caught && name === "desk_sim" && !asked.quick) await compared(mutant, caught);
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  rmSync(join(scratch, mutant.name), { recursive: true, force: true });
  if (caught && asked.remember) remember(mutant, caught);
  const seconds = result.seconds + (performance.now() - since) / 1000;
  return { ...result, lives: trouble ? result.lives : lives, caught, taped, trouble, seconds };
}

/** What earlier runs found out about this very simulator. @param {string} simulator
 * @returns {Map<string, Result>} */
function resultsOf(simulator) {
  if (asked.fresh || asked.quick || !existsSync(kept)) return new Map();
  const { of, results } = JSON.parse(readFileSync(kept, "utf8"));
  if (of !== simulator) console.log("the simulator is another than last time: all is lived anew");
  return new Map(of === simulator ? Object.entries(results) : []);
}

/** @param {string} simulator @param {Map<string, Result>} results */
function keep(simulator, results) {
  if (asked.quick) return;
  const text = JSON.stringify({ of: simulator, results: Object.fromEntries(results) }, null, 1);
  writeFileSync(`${kept}.new`, text);
  renameSync(`${kept}.new`, kept);
}

/** @param {Mutant} mutant @param {Catch} caught */
function remember({ path, head }, { invariant, seed, days, day }) {
  const text = readFileSync(path, "utf8");
  const lines = Object.entries({ ...head, "Caught by": invariant,
    ...(seed > 0 && { Found: `seed ${seed} days ${days}, on day ${day}` }) });
  const top = lines.map(([key, value]) => `${key}: ${value}\n`).join("");
  writeFileSync(path, `${top}\n${text.slice(text.indexOf("\n--- ") + 1)}`);
}

/** @param {Outcome} outcome */
function row({ mutant, caught, trouble, seconds }) {
  const what = trouble ? `TROUBLE ${trouble}` : caught ? caught.invariant : "SURVIVED";
  const where = caught && caught.seed ? `seed ${caught.seed} day ${caught.day}` : "";
  return `| ${mutant.name.padEnd(34)} | ${what.padEnd(36)} | ${where.padEnd(18)} `
    + `| ${seconds.toFixed(1).padStart(6)} |`;
}

/** Names of the invariants, one a line. @param {string} program @returns {string[]} */
function invariantsOf(program) {
  const told = spawnSync(program, ["--invariants"], { encoding: "utf8" });
  if (told.status !== 0) throw new Error(`${program} --invariants failed: ${told.stderr}`);
  return told.stdout.split("\n").map((line) => line.split(/\s/)[0]).filter((name) => name !== "");
}

/** Each fault that nothing has shown yet and that has not had as many lives.
 * @param {Mutant[]} mutants @param {Map<string, Recipe>} recipes @param {number} lives
 * @param {Map<string, Result>} results @param {string} simulator */
async function round(mutants, recipes, lives, results, simulator) {
  const waiting = [...mutants];
  const worker = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const patch = patchOf(mutant);
      let result = results.get(mutant.name);
      if (result?.patch !== patch) {
        result = { patch, lives: 0, caught: null, taped: null, trouble: "", seconds: 0 };
      }
      if (result.caught || (result.lives >= lives && !result.trouble)) continue;
      result = await judged(mutant, recipes, result, lives);
      results.set(mutant.name, result);
      keep(simulator, results);
      console.log(row({ mutant, ...result }));
    }
  };
  await Promise.all(Array.from({ length: Number(asked.jobs) }, worker));
}

/** What the figures say; false when the simulator is not good enough.
 * @param {Outcome[]} outcomes @param {string[]} invariants */
function summed(outcomes, invariants) {
  const caught = outcomes.filter((outcome) => outcome.caught);
  const troubled = outcomes.filter(({ trouble }) => trouble);
  const survivors = outcomes.filter((outcome) => !outcome.caught && !outcome.trouble);
  const broken = new Set(outcomes.flatMap((outcome) =>
    [outcome.caught?.invariant, outcome.taped?.invariant]));
  const unproven = asked.only || asked.quick ? [] : invariants.filter((name) => !broken.has(name));
  if (unproven.length) console.log(`no fault of these has broken: ${unproven.join(", ")}`);
  for (const { mutant } of survivors) {
    console.log(`survived: ${mutant.name}: ${mutant.head.Fault}`);
  }
  const share = 100 * caught.length / outcomes.length;
  const proven = invariants.filter((name) => broken.has(name)).length;
  console.log(`mutants: ${outcomes.length} faults, ${caught.length} caught `
    + `(${share.toFixed(1)} %), ${survivors.length} survivors, ${troubled.length} in trouble, `
    + `${proven} of ${invariants.length} invariants broken`);
  const enough = asked.quick ? caught.length === outcomes.length : share >= 95;
  return enough && troubled.length === 0 && (asked.quick || unproven.length === 0);
}

/** Tapes that no fault shows to be worth anything, and faults that speak of no tape.
 * @param {Mutant[]} mutants */
function unpaired(mutants) {
  const there = readdirSync(tapes).filter((name) => name.endsWith(".tape"))
    .map((name) => basename(name, ".tape"));
  const named = mutants.flatMap(({ head }) => head.Tape ?? []);
  return [...there.filter((name) => !named.includes(name)),
    ...named.filter((name) => !there.includes(name))];
}

async function main() {
  const wanted = new Set(asked.only.split(",").filter((name) => name !== ""));
  const every = readdirSync(folder).filter((name) => name.endsWith(".patch")).sort()
    .map((name) => mutantOf(join(folder, name)));
  const stale = every.filter((mutant) => !applies(mutant)).map(({ name }) => name);
  if (stale.length > 0) throw new Error(`these do not apply any more: ${stale.join(", ")}`);
  const lone = unpaired(every);
  if (lone.length > 0) throw new Error(`a tape without a fault or without a file: ${lone}`);
  const mutants = every.filter((mutant) => wanted.size === 0 || wanted.has(mutant.name))
    .filter(({ head }) => !asked.quick || head.Quick || head.Tape);
  if (mutants.length === 0) throw new Error("no such fault");
  const programs = new Set(["desk_sim", ...mutants.map(({ head }) => head.Program ?? "desk_sim")]);
  if (!existsSync(join(build, "build.ninja"))) await simPrograms();
  await runBeside("ninja", ["-C", join("build", "cmake", "native"), ...programs]);
  const recipes = new Map([...programs].map((name) => [name, recipeOf(name)]));
  const own = join(root, "build", "desk_sim");
  if (!existsSync(own)) throw new Error("build/desk_sim is missing: run npm run build first");
  const simulator = createHash("sha256").update(readFileSync(own)).digest("hex");
  mkdirSync(scratch, { recursive: true });
  const results = resultsOf(simulator);
  for (const lives of [Math.min(lives_at_first, lives_at_most), lives_at_most]) {
    await round(mutants, recipes, lives, results, simulator);
    if (asked.quick) break;
  }
  const outcomes = mutants.map((mutant) =>
    ({ mutant, .../** @type {Result} */ (results.get(mutant.name)) }));
  return summed(outcomes, invariantsOf(own));
}

try {
  process.exitCode = await main() ? 0 : 1;
} catch (error) {
  console.error(`mutants: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
