// Plants a fault of tests/sim/mutants: a scratch copy of the core, the changed file compiled as the
// build compiles it, everything else linked as it is. Knows no life and no invariant.
// Read next: mutants.mjs, which lives with the faults.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../setup/run.mjs";

/** @typedef {{name: string, path: string, head: Record<string, string>, files: string[]}} Mutant */
/** @typedef {{compile: Map<string, string>, link: string}} Recipe */
/** @typedef {{status: number|null, said: string, late: boolean}} Ended */

export const build = join(root, "build", "cmake", "native");
export const scratch = join(root, "build", "mutants");

/** @param {string} path @returns {Mutant} */
export function mutantOf(path) {
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

/** The fault itself and what is to see it in which lives, without what was found out about it.
 * @param {Mutant} mutant */
export function patchOf({ path, head: { Watch: watch = "", Lives: kind = "" } }) {
  const text = readFileSync(path, "utf8");
  const fault = text.slice(text.indexOf("\n--- "));
  return createHash("sha256").update([watch, kind, fault].join("\n")).digest("hex");
}

/** Whether the core still has the lines that the fault changes. @param {Mutant} mutant */
export function applies({ path }) {
  const tried = ["-p1", "--forward", "--dry-run", "--silent", "-i", path];
  return spawnSync("patch", tried, { cwd: root }).status === 0;
}

/** How the build makes a program: every compilation by its object, and the link.
 * @param {string} program @returns {Recipe} */
export function recipeOf(program) {
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

/** What ends with this program. @type {Set<import("node:child_process").ChildProcess>} */
const living = new Set();
for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
  process.once(signal, () => {
    for (const child of living) child.kill(signal);
    process.exit(2);
  });
}

/** A fault may make a life endless, and that is a way to be seen. `patience_s` is of a processor,
 * not of the wall, or a machine that is busy with other things would see faults everywhere.
 * @param {string} command @param {string[]} args
 * @param {{cwd?: string, watch?: string, patience_s?: number}} [options]
 * @returns {Promise<Ended>} */
export function lived(command, args, { cwd = root, watch = "", patience_s = 600 } = {}) {
  return new Promise((resolve, reject) => {
    const patiently = ["-c", `ulimit -S -t ${patience_s}; exec "$@"`, "sh"];
    const child = spawn("sh", [...patiently, command, ...args],
      { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, DESK_SIM_WATCH: watch } });
    let said = "";
    living.add(child);
    child.stdout.on("data", (part) => (said += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("error", reject);
    child.on("close", (status, signal) => {
      living.delete(child);
      // Ended from outside, it has shown nothing; a fault's own signals are others.
      const ended = signal === "SIGTERM" || signal === "SIGKILL" || signal === "SIGINT";
      if (ended) reject(new Error(`${command} was ended by ${signal}`));
      else resolve({ status, said, late: signal === "SIGXCPU" });
    });
  });
}

/** @param {string} line */
async function shell(line) {
  const { status, said } = await lived("sh", ["-c", line], { cwd: build });
  if (status !== 0) throw new Error(said.trim().split("\n").slice(0, 12).join("\n"));
}

// One object of a hundred may be slow; what a fault leaves unused is no error here.
const cheaply = "-O1 -Wno-unused -Wno-unused-parameter";

/** The object of a changed file: compiled as the build does it but for its optimisation, from the
 * scratch copy.
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
  await shell(`${line} ${cheaply} -c "${source}"`);
  return { object, made };
}

/** The program with the fault in it. @param {Mutant} mutant @param {Recipe} recipe */
export async function planted(mutant, recipe) {
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
