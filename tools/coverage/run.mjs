// Runs what counts, and asks LLVM what it counted. Every run adds to the same folder of counters.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { play } from "../scenario.mjs";
import { players } from "../scenario/builds.mjs";
import { Failure, root, run, seconds } from "../setup/run.mjs";

const folder = join(root, "build", "coverage");
const counters = join(folder, "counters");
const requests = join(folder, "requests");
const programs = ["desk_tests", "desk_cli", "desk_faults", "desk_sim"];

// %m is one file for each program, to which every run adds.
const env = { ...process.env, LLVM_PROFILE_FILE: join(counters, "%m.profraw") };

// What fails in what was asked, and how: arguments of desk_faults.
const faults = [
  ["statements", "nomem", "4", "1"], ["statements", "nomem", "2", "4"],
  ["statements", "lasting", "1", "4"], ["statements", "full", "1", "1"],
  ["statements", "corrupt", "1", "9"], ["statements", "ioerr", "1", "9"],
  ["arena", "nomem", "2", "1"], ["arena", "lasting", "1", "4"], ["memory", "nomem", "1", "4"],
];
const faults_of_opening = [["statements", "nomem", "1", "1"], ["memory", "nomem", "1", "1"]];

/** Every C test, every transcript, and what else was asked for. @param {string[]} also */
export async function runAll(also) {
  rmSync(counters, { recursive: true, force: true });
  mkdirSync(counters, { recursive: true });
  rmSync(requests, { recursive: true, force: true });
  mkdirSync(requests, { recursive: true });
  timed("the tests in C", () => run(join(folder, "desk_tests"), [],
    { env: { ...env, DESK_REQUESTS: requests } }));
  await transcripts();
  const asked = readdirSync(requests).sort().map((name) => join(requests, name));
  for (const args of faults) {
    failing([...args, ...asked], `${args.join(" ")}, ${asked.length} desks`);
  }
  for (const args of faults_of_opening) failing(args, `${args.join(" ")}, opening`);
  for (const command of also) {
    const [program, ...args] = command.split(" ").filter((word) => word !== "");
    timed(command, () => run(program, args, { env }));
  }
}

/** @param {string[]} args @param {string} what */
const failing = (args, what) =>
  timed(`what fails: ${what}`, () => {
    const { status, stdout } =
      spawnSync(join(folder, "desk_faults"), args, { cwd: root, env, encoding: "utf8" });
    if (status !== 0) throw new Failure(`desk_faults ${what} ended with ${status}:\n${stdout}`);
  });

/** @param {string} what @param {() => void} work */
function timed(what, work) {
  const began = performance.now();
  work();
  console.log(`ran ${what} in ${seconds(began)}`);
}

/** The requests of each transcript. They come from playing it; the core that counts is asked the
 * same, and must answer the same. */
async function transcripts() {
  const began = performance.now();
  const scenarios = join(root, "tests", "scenarios");
  for (const name of readdirSync(scenarios).filter((file) => file.endsWith(".txt")).sort()) {
    const text = readFileSync(join(scenarios, name), "utf8");
    const { requests: lines, replies } = await play(text, await players(root).wasi());
    const input = `${lines.join("\n")}\n`;
    const said = run(join(folder, "desk_cli"), [], { env, input });
    if (said !== `${replies.join("\n")}\n`) throw new Failure(`${name}: answered otherwise`);
    writeFileSync(join(requests, name), input);
  }
  console.log(`ran the transcripts in ${seconds(began)}`);
}

/** What LLVM says, as its JSON. */
export function exported() {
  const merged = join(folder, "all.profdata");
  const raw = readdirSync(counters).map((name) => join(counters, name));
  run("llvm-profdata-19", ["merge", "-sparse", ...raw, "-o", merged]);
  const [first, ...others] = programs.map((name) => join(folder, name)).filter(existsSync);
  return JSON.parse(run("llvm-cov-19", ["export", first,
    ...others.flatMap((path) => ["-object", path]), `-instr-profile=${merged}`])).data[0];
}
