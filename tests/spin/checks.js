// The models in this folder, checked by Spin: every claim that the product relies on holds in all
// reachable states, what nobody can promise is refuted, and each planted fault is found.
// Prints per model and claim: states, depth. Nothing is left behind: all happens in a folder of
// its own under the system's temporary one. Run by spin.test.js and spin.slow.test.js.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Claims that end in "eventually": they are checked for endless runs, under weak fairness. */
const eventual = new Set(["settles", "exactly_once", "winner_knows", "answered"]);

/** `quick` ones are asked in the usual loop: of each model a world that is sound or is not.
 * @typedef {{model: string, world: string, defines: string[], holds?: string[],
 *   refuted?: string[], quick?: boolean}} Check */
/** @type {Check[]} */
const checks = [
  { model: "outbox", world: "a provider that knows keys", defines: ["KEYS"],
    holds: ["once", "once_more", "honest", "settles"] },
  { model: "outbox", world: "no keys, a code (at most once)", defines: ["RESENDS_MAX=0"],
    holds: ["once", "honest", "settles"], quick: true },
  { model: "outbox", world: "no keys, a notice (once more at most)", defines: ["RESENDS_MAX=1"],
    holds: ["once_more", "honest", "settles"], refuted: ["once"] },
  { model: "outbox", world: "one fault, with keys", defines: ["CALM", "KEYS"],
    holds: ["exactly_once"] },
  { model: "outbox", world: "one fault, no keys, sent again", defines: ["CALM", "RESENDS_MAX=1"],
    refuted: ["exactly_once"] },
  { model: "outbox", world: "one fault, no keys, never again", defines: ["CALM", "RESENDS_MAX=0"],
    refuted: ["exactly_once"] },
  { model: "outbox", world: "planted: a new key each time", defines: ["KEYS", "NEW_KEY"],
    refuted: ["once"] },
  { model: "outbox", world: "planted: marked sent before it is sent",
    defines: ["KEYS", "SENT_FIRST"], refuted: ["honest"] },
  { model: "outbox", world: "planted: a lease never ends", defines: ["KEYS", "NO_LEASE"],
    refuted: ["settles"] },
  { model: "outbox", world: "planted: resends_max forgotten", defines: ["NO_LIMIT"],
    refuted: ["once_more"] },
  { model: "first_answer", world: "two assistants", defines: [],
    holds: ["first_time_once", "one_winner", "none_blind", "text_kept", "winner_knows"] },
  { model: "first_answer", world: "and old requests delivered again",
    defines: ["COPIES", "LOSSES=1"],
    holds: ["first_time_once", "one_winner", "none_blind", "text_kept"] },
  { model: "first_answer", world: "planted: no look at the newest answer",
    defines: ["WITHOUT_STALE"], refuted: ["none_blind"] },
  { model: "first_answer", world: "planted: keys forgotten", defines: ["WITHOUT_KEY"],
    refuted: ["winner_knows"] },
  { model: "first_answer", world: "planted: the first time written again",
    defines: ["WRITTEN_AGAIN"], refuted: ["first_time_once"], quick: true },
  { model: "first_answer", world: "planted: a refused text is dropped", defines: ["NO_DRAFT"],
    refuted: ["text_kept"] },
  { model: "annulment", world: "one author, two devices", defines: [],
    holds: ["annulled_once", "by_the_author_only", "one_act", "closed_is_closed"], quick: true },
  { model: "annulment", world: "two wishes each", defines: ["INTENTS=2"], holds: ["answered"] },
  { model: "annulment", world: "planted: counted twice", defines: ["COUNTED_TWICE"],
    refuted: ["annulled_once"] },
  { model: "annulment", world: "planted: nobody asked", defines: ["UNASKED"],
    refuted: ["by_the_author_only"] },
  { model: "annulment", world: "planted: solved after the end", defines: ["REVIVED"],
    refuted: ["closed_is_closed"] },
];

let folder = "";

/** The verifier of a model, compiled in a folder of its own.
 * @param {Check} check @param {number} number */
async function verifier({ model, defines }, number) {
  const cwd = await mkdtemp(join(folder, `${number}-`));
  const flags = defines.map((define) => `-D${define}`);
  // Left to itself Spin calls gcc, which a machine that builds the core need not have.
  await run("spin", ["-Pclang-19 -E -x c", "-a", ...flags, join(here, `${model}.pml`)], { cwd });
  // Fairness needs room for one counter per process; the searches are too short to optimise.
  await run("clang-19", ["-O0", "-w", "-DNFAIR=3", "-o", "pan", "pan.c"], { cwd });
  return cwd;
}

/** @param {string} cwd @param {string} claim */
async function search(cwd, claim) {
  const fair = eventual.has(claim) ? ["-f"] : [];
  const { stdout } = await run(join(cwd, "pan"), ["-a", "-w20", ...fair, "-m100000", "-N", claim],
    { cwd, maxBuffer: 1 << 24 });
  assert.match(stdout, new RegExp(`ltl formula ${claim}\n`));
  assert.doesNotMatch(stdout, /max search depth too small|out of memory/);
  const depth = Number(/depth reached (\d+)/.exec(stdout)?.[1]);
  const states = Number(/([\d.e+]+) states, stored/.exec(stdout)?.[1]);
  const errors = Number(/errors: (\d+)/.exec(stdout)?.[1]);
  assert.ok(depth > 0 && states > 0, stdout);
  return { depth, states, errors, stdout };
}

/** Makes the tests. @param {boolean} quick those of the usual loop, or all the others */
export function ask(quick) {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spin-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  describe("Spin", { concurrency: 2 }, () => {
    for (const [number, check] of checks.entries()) {
      if (quick !== Boolean(check.quick)) continue;
      test(`${check.model}: ${check.world}`, (t) => searchAll(check, number, t));
    }
  });
}

/** @param {Check} check @param {number} number @param {import("node:test").TestContext} t */
async function searchAll(check, number, t) {
  const cwd = await verifier(check, number);
  const claims = [...(check.holds ?? []).map((claim) => ({ claim, errors: 0 })),
    ...(check.refuted ?? []).map((claim) => ({ claim, errors: 1 }))];
  for (const { claim, errors } of claims) {
    const found = await search(cwd, claim);
    t.diagnostic(`${claim} ${errors ? "is refuted" : "holds"}: ${found.states} states,` +
      ` depth ${found.depth}`);
    assert.equal(found.errors, errors, `${claim}\n${found.stdout}`);
  }
}
