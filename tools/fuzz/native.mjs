// The targets in C: one libFuzzer program each, started, read and, when it found something, made to
// shrink it. Knows libFuzzer's options and lines, no target.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Desk } from "../../hosts/js/desk.js";
import { root } from "../setup/run.mjs";
import { buildFuzz, programs, quick_programs } from "./build.mjs";
import { foldersOf, keepFinding } from "./corpus.mjs";

/** @typedef {{executions: number, calls?: number, quick?: number, seconds: number,
 *   coverage: number, corpus: number, waited?: number, finding?: string, said?: string}} Figures
 *   `finding` is a file, `quick` how many of the executions were the quick program's, `waited` how
 *   many runs ended early because the machine stood still */

export const native_targets = ["door", "request", "database"];

// What takes a minute is looked at again, because a busy machine may stop for one: only so many
// seconds of work are a hang. Leaks are looked for at the end of a run, which costs nothing on the
// way.
const seconds_of_work = 10;
const usual = ["-timeout=60", "-rss_limit_mb=1500", "-entropic=0", "-detect_leaks=0",
  "-print_final_stats=1"];

// The guarded programs have sanitizers in SQLite too and take long inputs; the quick ones have them
// in our code only and take many short ones. Most of a long run is the quick ones'.
const kinds = {
  guarded: { tree: /** @type {const} */ ("fuzz"), folder: programs, share: 0.25,
    bytes_max: { door: 2048, request: 4096, database: 1024 },
    sanitizer: "malloc_context_size=4:quarantine_size_mb=16" },
  quick: { tree: /** @type {const} */ ("fuzz_quick"), folder: quick_programs, share: 0.75,
    bytes_max: { door: 2048, request: 240, database: 120 },
    sanitizer: "malloc_context_size=1:quarantine_size_mb=4:detect_stack_use_after_return=0" },
};
/** @typedef {keyof typeof kinds} Kind */

/** @param {Kind} kind @param {string} target @param {string[]} args @param {string[]} [before] what
 * starts the program */
function start(kind, target, args, before = []) {
  const { folder, sanitizer } = kinds[kind];
  const began = performance.now();
  const [command = "", ...rest] = [...before, join(folder, `fuzz_${target}`), ...args];
  const done = spawnSync(command, rest, { cwd: folder, encoding: "utf8",
    env: { ...process.env, ASAN_OPTIONS: sanitizer }, maxBuffer: 1 << 28 });
  if (done.error) throw done.error;
  return { status: done.status, said: done.stderr, took: (performance.now() - began) / 1000 };
}

/** @param {string} said @param {RegExp} pattern */
const last = (said, pattern) => Number([...said.matchAll(pattern)].at(-1)?.[1] ?? 0);

/** @param {{said: string, took: number}} run @returns {Figures} */
const figures = ({ said, took }) => ({
  executions: last(said, /number_of_executed_units: (\d+)/g) || last(said, /^#(\d+)\t/gm),
  calls: last(said, /stat::calls: (\d+)/g),
  seconds: took,
  coverage: last(said, /cov: (\d+)/g),
  corpus: last(said, /corp: (\d+)/g),
});

// Bytes that are no UTF-8 or the last that are, as libFuzzer's dictionaries spell them.
const no_text = ["ed\\xa0\\x80", "ed\\x9f\\xbf", "c0\\x80", "f4\\x90\\x80\\x80",
  "f0\\x9f\\xa6\\xb7", "ff", "00", "1f", "7f", "e2\\x80\\xa8"].map((bytes) => `"\\x${bytes}"`);

/** The words of the core, which libFuzzer puts into inputs. */
async function dictionary() {
  const desk = await Desk.load(readFileSync(join(root, "build", "desk_wasi.wasm")));
  const { ops, policies } = desk.describe();
  desk.close();
  const words = new Set(["op", "now", "actor", "role", "agent_id", "link_id", "session_id", "id",
    "locale", "in", "batch", ...policies.map((/** @type {any} */ one) => one.key)]);
  for (const op of ops) {
    words.add(op.name);
    for (const field of op.in) for (const word of [field.name, ...field.one_of ?? []]) {
      words.add(word);
    }
  }
  const path = join(programs, "words.dict");
  const marks = ["\\u", "\\ud83d", "\\u0000", "\\u001f", "e999", "null", "true", "[]", "{}", "\":",
    ",\"", "\\\"", "9007199254740992"];
  const quoted = [...[...words].map((word) => `"${word}"`), ...marks]
    .map((word) => `"${word.replace(/[\\"]/g, "\\$&")}"`);
  writeFileSync(path, `${[...quoted, ...no_text].join("\n")}\n`);
  return path;
}

/** Every kept input once. @param {string} target @returns {Promise<Figures>} */
export async function replayNative(target) {
  await buildFuzz("fuzz");
  const { seeds } = foldersOf(target);
  const files = readdirSync(seeds).map((file) => join(seeds, file));
  const run = start("guarded", target, [...usual, ...files]);
  const failed = run.status === 0 ? {} : { said: run.said, finding: running(run.said) };
  return { ...figures(run), executions: files.length, ...failed };
}

/** The file that libFuzzer was at when it ended. @param {string} said */
const running = (said) => [...said.matchAll(/^Running: (.+)$/gm)].at(-1)?.[1] ?? "";

/** A run begins where the last one stopped, or with `fresh` from the kept inputs alone and with the
 * guarded program alone, because reading what runs have gathered takes longer than a slice.
 * @param {string} target @param {{seconds: number, seed: number, fresh?: boolean}} options
 * @returns {Promise<Figures>} */
export async function fuzzNative(target, { seconds, seed, fresh = false }) {
  if (fresh) return fuzzOne("guarded", target, { seconds, seed, fresh });
  const quick = await fuzzOne("quick", target, { seconds: seconds * kinds.quick.share, seed });
  if (quick.finding !== undefined) return quick;
  const rest = await fuzzOne("guarded", target, { seconds: seconds * kinds.guarded.share, seed });
  return {
    ...rest, executions: quick.executions + rest.executions, seconds: quick.seconds + rest.seconds,
    calls: (quick.calls ?? 0) + (rest.calls ?? 0), quick: quick.executions,
    waited: (quick.waited ?? 0) + (rest.waited ?? 0),
  };
}

/** @param {Kind} kind @param {string} target
 * @param {{seconds: number, seed: number, fresh?: boolean}} options @returns {Promise<Figures>} */
async function fuzzOne(kind, target, { seconds, seed, fresh = false }) {
  await buildFuzz(kinds[kind].tree);
  const { seeds, corpus, found } = foldersOf(target, fresh ? "slice" : "corpus");
  const words = target === "door" ? [`-dict=${await dictionary()}`] : [];
  const bytes_max = kinds[kind].bytes_max[/** @type {"door"} */ (target)];
  const run = start(kind, target, [...usual, ...words, `-seed=${seed}`, `-max_len=${bytes_max}`,
    `-max_total_time=${Math.ceil(seconds)}`, `-artifact_prefix=${found}/`, corpus, seeds]);
  if (run.status === 0) return figures(run);
  const written = /Test unit written to (\S+)/.exec(run.said)?.[1];
  if (written && onlyWaited(kind, target, run.said, written)) return { ...figures(run), waited: 1 };
  const finding = written ? shrunk(kind, target, written) : "";
  return { ...figures(run), said: tail(run.said), finding };
}

/** The machine had no time for the program, which then needs little of it for that input; several
 * times, because what an input leaves behind may hold up the next.
 * @param {Kind} kind @param {string} target @param {string} said @param {string} path */
function onlyWaited(kind, target, said, path) {
  if (!said.includes("SUMMARY: libFuzzer: timeout")) return false;
  const limit = ["prlimit", `--cpu=${seconds_of_work}`];
  const again = start(kind, target, [...usual, "-timeout=100000", "-runs=4", path], limit);
  if (again.status === 0) rmSync(path, { force: true });
  return again.status === 0;
}

/** The lines that say what was found. @param {string} said */
function tail(said) {
  const from = said.search(/^(finding: |==\d+==\s?ERROR|.*runtime error: )/m);
  return said.slice(from < 0 ? -4000 : from).split("\n").slice(0, 40).join("\n");
}

/** libFuzzer makes it smaller while it still fails. @param {Kind} kind @param {string} target
 * @param {string} path */
function shrunk(kind, target, path) {
  const smaller = `${path}.smaller`;
  start(kind, target, [...usual, "-minimize_crash=1", "-max_total_time=30", "-runs=20000",
    `-exact_artifact_path=${smaller}`, path]);
  const bytes = readFileSync(existsSync(smaller) ? smaller : path);
  rmSync(path, { force: true });
  rmSync(smaller, { force: true });
  return keepFinding(target, bytes);
}
