// Proves the simulator: plants each fault of tests/sim/mutants into a scratch copy of the core and
// lives clinic-years until an invariant sees it. A fault that nobody sees is a survivor; an
// invariant that no fault has broken proves nothing. Never touches the checkout's own core.
//   node tools/sim/mutants.mjs [--quick] [--only NAME,…] [--years N] [--seed S] [--jobs N]
//                              [--remember]
// --quick takes one fault for each invariant and lives again where it was seen (header `Found:`);
// --remember writes those headers. Read next: tests/sim/mutants/README.md.
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { root } from "../setup/run.mjs";
import { simPrograms } from "../setup/sim.mjs";

/** @typedef {{name: string, path: string, head: Record<string, string>, files: string[]}} Mutant */
/** @typedef {{invariant: string, seed: number, days: number, day: number}} Catch */
/** @typedef {{mutant: Mutant, caught: Catch|null, trouble: string, seconds: number}} Outcome */
/** @typedef {{compile: Map<string, string>, link: string}} Recipe */

const folder = join(root, "tests", "sim", "mutants");
const build = join(root, "build", "cmake", "native");
const scratch = join(root, "build", "mutants");
// A fault may make a life endless, and that is a way to be seen.
const patience_ms = 300_000;
// Many lives of a few months see more than one long one.
const days_of_a_life = 122;
const clinics = 2;
const years_when_quick = 4;

const { values: asked } = parseArgs({ options: {
  quick: { type: "boolean", default: false }, only: { type: "string", default: "" },
  years: { type: "string", default: "20" }, seed: { type: "string", default: "1" },
  jobs: { type: "string", default: String(availableParallelism()) },
  remember: { type: "boolean", default: false },
} });

/** @param {string} path @returns {Mutant} */
function mutantOf(path) {
  const text = readFileSync(path, "utf8");
  const top = text.slice(0, text.indexOf("\n--- "));
  const head = Object.fromEntries([...top.matchAll(/^([A-Z][\w ]*): (.*)$/gm)]
    .map(([, key, value]) => [key, value]));
  for (const key of ["Rule", "Fault", "Caught by"]) {
    if (!head[key]) throw new Error(`${basename(path)} has no line "${key}: …"`);
  }
  const files = [...text.matchAll(/^\+\+\+ b\/(\S+)/gm)].map(([, file]) => file);
  return { name: basename(path, ".patch"), path, head, files };
}

/** @param {Mutant} mutant @returns {{seed: number, days: number, day: number}|null} */
function remembered(mutant) {
  const found = /^seed (\d+) days (\d+), on day (\d+)$/.exec(mutant.head.Found ?? "");
  return found ? { seed: Number(found[1]), days: Number(found[2]), day: Number(found[3]) } : null;
}

/** How the build makes a program: every compilation by its object, and the link.
 * @param {string} program @returns {Recipe} */
function recipeOf(program) {
  const told = spawnSync("ninja", ["-C", build, "-t", "commands", program],
    { encoding: "utf8", maxBuffer: 1 << 26 });
  if (told.status !== 0) throw new Error(`ninja knows no ${program}: ${told.stderr}${told.stdout}`);
  const lines = told.stdout.split("\n").filter((line) => line !== "" && !line.startsWith("ninja:"));
  const compile = new Map(lines.flatMap((line) => {
    const object = / -o (\S+\.o) -c /.exec(line)?.[1];
    return object ? [[object, line]] : [];
  }));
  return { compile, link: lines[lines.length - 1] };
}

/** @param {string} command @param {string[]} args @param {{cwd?: string, watch?: string}} [options]
 * @returns {Promise<{status: number|null, said: string, late: boolean}>} */
function lived(command, args, { cwd = root, watch = "" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args,
      { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DESK_SIM_WATCH: watch } });
    let said = "", late = false;
    const patience = setTimeout(() => { late = true; child.kill("SIGKILL"); }, patience_ms);
    child.stdout.on("data", (part) => (said += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearTimeout(patience);
      // Ended from outside, it has shown nothing; a fault's own signals are others.
      const ended = !late && (signal === "SIGTERM" || signal === "SIGKILL" || signal === "SIGINT");
      if (ended) reject(new Error(`${command} was ended by ${signal}`));
      else resolve({ status, said, late });
    });
  });
}

/** @param {string} line */
async function shell(line) {
  const { status, said } = await lived("sh", ["-c", line], { cwd: build });
  if (status !== 0) throw new Error(said.trim().split("\n").slice(0, 12).join("\n"));
}

/** The object of a changed file: compiled as the build does it, from the scratch copy. What a fault
 * leaves unused is no error here; every other warning is.
 * @param {string} file @param {string} here @param {Recipe} recipe */
async function compiled(file, here, recipe) {
  const symbol = /^core\/sql\/(\w+)\.sql$/.exec(file)?.[1];
  const source = symbol ? join(here, `sql_${symbol}.c`) : join(here, file);
  const own = symbol ? `embedded/sql_${symbol}.c.o` : `${file}.o`;
  const object = [...recipe.compile.keys()].find((path) => path.endsWith(`/${own}`));
  if (!object) throw new Error(`${file} is not a part of the program by itself`);
  const made = join(here, basename(object));
  if (symbol) {
    await shell(`cmake "-DINPUT=${join(here, file)}" -DSYMBOL=sql_${symbol} "-DOUTPUT=${source}" `
      + `-P "${join(root, "cmake", "embed.cmake")}"`);
  }
  const line = /** @type {string} */ (recipe.compile.get(object))
    .replace(/ -c \S+$/, "").replaceAll(object, made)
    .replaceAll(`-I${join(root, "core")}`, `-I${join(here, "core")}`);
  await shell(`${line} -Wno-unused -Wno-unused-parameter -c "${source}"`);
  return { object, made };
}

/** The program with the fault in it. @param {Mutant} mutant @param {Recipe} recipe */
async function planted(mutant, recipe) {
  const here = join(scratch, mutant.name);
  rmSync(here, { recursive: true, force: true });
  mkdirSync(here, { recursive: true });
  cpSync(join(root, "core"), join(here, "core"), { recursive: true });
  const { status, said } = await lived("patch",
    ["-p1", "--forward", "--no-backup-if-mismatch", "-i", mutant.path], { cwd: here });
  if (status !== 0) throw new Error(`does not apply any more:\n${said}`);
  const program = join(here, "program");
  let { link } = recipe;
  for (const file of mutant.files) {
    const { object, made } = await compiled(file, here, recipe);
    link = link.replace(` ${object} `, ` ${made} `);
  }
  await shell(link.replace(/ -o \S+/, ` -o ${program}`));
  return program;
}

/** Consecutive lives; null when nothing was seen. A crash or an endless life is seen: what broke
 * is then no invariant's name, but it was not overlooked.
 * @param {string} program @param {string} watch the invariant that counts, "" for all
 * @param {number} seed @param {number} days @param {number} lives @returns {Promise<Catch|null>} */
async function livedBy(program, watch, seed, days, lives) {
  const { status, said, late } = await lived(program, ["--seed", String(seed), "--days",
    String(days), "--clinics", String(clinics), "--lives", String(lives)],
  { cwd: join(program, ".."), watch });
  const named = /^violated ([\w-]+).*\n\s*seed (\d+), day (\d+)/m.exec(said);
  if (named) {
    return { invariant: named[1], seed: Number(named[2]), days, day: Number(named[3]) };
  }
  if (status === 0 && !late) return null;
  if (lives === 1) return { invariant: late ? "(endless)" : "(crash)", seed, days, day: 0 };
  // It died without a word: which life it was, only single ones tell.
  for (let one = seed; one < seed + lives; one++) {
    const caught = await livedBy(program, watch, one, days, 1);
    if (caught) return caught;
  }
  return null;
}

/** Seeds until the years are lived or something is seen; what is remembered goes first. The world
 * grows, and then another life shows what one showed before.
 * @param {string} program @param {Mutant} mutant @returns {Promise<Catch|null>} */
async function hunted(program, mutant) {
  const known = remembered(mutant);
  const watch = mutant.head.Watch ?? "";
  if (asked.quick && known) {
    const again = await livedBy(program, watch, known.seed, known.days, 1);
    if (again) return again;
  }
  const years = asked.quick ? years_when_quick : Number(asked.years);
  const lives = Math.ceil(years * 365 / days_of_a_life / clinics);
  const caught = await livedBy(program, watch, Number(asked.seed), days_of_a_life, lives);
  if (caught || !watch) return caught;
  // Seen, though not by the invariant that it was planted for.
  return livedBy(program, "", Number(asked.seed), days_of_a_life, lives);
}

/** Other programs take no seed: they try everything.
 * @param {string} program @returns {Promise<Catch|null>} */
async function tried(program) {
  const { status, said, late } = await lived(program, [], { cwd: join(program, "..") });
  const named = /^violated ([\w-]+)/m.exec(said)?.[1];
  if (!named && status === 0 && !late) return null;
  return { invariant: named ?? (late ? "(endless)" : "(crash)"), seed: 0, days: 0, day: 0 };
}

/** @param {Mutant} mutant @param {Map<string, Recipe>} recipes @returns {Promise<Outcome>} */
async function judged(mutant, recipes) {
  const since = performance.now();
  const name = mutant.head.Program ?? "desk_sim";
  /** @type {Catch|null} */
  let caught = null;
  let trouble = "";
  try {
    const program = await planted(mutant, /** @type {Recipe} */ (recipes.get(name)));
    caught = await (name === "desk_sim" ? hunted(program, mutant) : tried(program));
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  rmSync(join(scratch, mutant.name), { recursive: true, force: true });
  if (caught && asked.remember) remember(mutant, caught);
  return { mutant, caught, trouble, seconds: (performance.now() - since) / 1000 };
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

/** @param {Mutant[]} mutants @param {Map<string, Recipe>} recipes @returns {Promise<Outcome[]>} */
async function all(mutants, recipes) {
  const waiting = [...mutants];
  /** @type {Outcome[]} */
  const outcomes = [];
  const worker = async () => {
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      const outcome = await judged(mutant, recipes);
      outcomes.push(outcome);
      console.log(row(outcome));
    }
  };
  await Promise.all(Array.from({ length: Number(asked.jobs) }, worker));
  return outcomes;
}

/** What the figures say; false when the simulator is not good enough.
 * @param {Outcome[]} outcomes @param {string[]} invariants */
function summed(outcomes, invariants) {
  const caught = outcomes.filter((outcome) => outcome.caught);
  const troubled = outcomes.filter(({ trouble }) => trouble);
  const survivors = outcomes.filter((outcome) => !outcome.caught && !outcome.trouble);
  const broken = new Set(caught.map((outcome) => outcome.caught?.invariant));
  const unproven = asked.only ? [] : invariants.filter((name) => !broken.has(name));
  if (unproven.length) console.log(`no fault of these has broken: ${unproven.join(", ")}`);
  for (const { mutant } of survivors) {
    console.log(`survived: ${mutant.name}: ${mutant.head.Fault}`);
  }
  const share = 100 * caught.length / outcomes.length;
  console.log(`mutants: ${outcomes.length} faults, ${caught.length} caught `
    + `(${share.toFixed(1)} %), ${survivors.length} survivors, ${troubled.length} in trouble, `
    + `${invariants.length - unproven.length} of ${invariants.length} invariants proven`);
  const enough = asked.quick ? caught.length === outcomes.length : share >= 95;
  return enough && troubled.length === 0 && (asked.quick || unproven.length === 0);
}

/** Whether no other fault breaks the same invariant sooner.
 * @param {Mutant} mutant @param {Mutant[]} mutants */
function isShortest(mutant, mutants) {
  const day = (/** @type {Mutant} */ one) => remembered(one)?.day ?? Infinity;
  const same = mutants.filter(({ head }) => head["Caught by"] === mutant.head["Caught by"]);
  const first = same.reduce((soonest, other) => day(other) < day(soonest) ? other : soonest);
  return first === mutant && day(mutant) < Infinity;
}

async function main() {
  const wanted = new Set(asked.only.split(",").filter((name) => name !== ""));
  const mutants = readdirSync(folder).filter((name) => name.endsWith(".patch")).sort()
    .map((name) => mutantOf(join(folder, name)))
    .filter((mutant) => wanted.size === 0 || wanted.has(mutant.name))
    .filter((mutant, _, list) => !asked.quick || isShortest(mutant, list));
  if (mutants.length === 0) throw new Error("no such fault");
  await simPrograms();
  const programs = new Set(["desk_sim", ...mutants.map(({ head }) => head.Program ?? "desk_sim")]);
  const recipes = new Map([...programs].map((name) => [name, recipeOf(name)]));
  const own = join(root, "build", "desk_sim");
  if (!existsSync(own)) throw new Error("build/desk_sim is missing: run npm run build first");
  const outcomes = await all(mutants, recipes);
  return summed(outcomes, invariantsOf(own));
}

try {
  process.exitCode = await main() ? 0 : 1;
} catch (error) {
  console.error(`mutants: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
