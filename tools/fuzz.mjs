// Spoilt input, as long as one likes, at every door that has a target. Prints a line of figures for
// each target and one for all; exits with 1 when something was found, naming the smallest input.
//   node tools/fuzz.mjs --minutes N [--target NAME]… [--seed S]
//   node tools/fuzz.mjs --replay [--target NAME]…         only what is kept in tests/fuzz/corpus
//   node tools/fuzz.mjs --target json --count N           so many texts, however long it takes
// Read next: tests/fuzz/README.md, the targets; fuzz/native.mjs and fuzz/javascript.mjs, the doing.
import { parseArgs } from "node:util";
import { fuzzJavascript, javascript_targets, replayJavascript } from "./fuzz/javascript.mjs";
import { fuzzJson, replayJson } from "./fuzz/json.mjs";
import { fuzzNative, native_targets, replayNative } from "./fuzz/native.mjs";
import { Failure } from "./setup/run.mjs";

/** @typedef {import("./fuzz/native.mjs").Figures} Figures */

const all = [...native_targets, "json", ...javascript_targets];
const usage = `usage: node tools/fuzz.mjs --minutes N | --replay [--target ${all.join("|")}]…`
  + " [--seed S]";

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

function settings() {
  try {
    const { values } = parseArgs({ options: {
      minutes: { type: "string" }, seed: { type: "string" }, replay: { type: "boolean" },
      target: { type: "string", multiple: true }, count: { type: "string" },
    } });
    if (values.count !== undefined && String(values.target) !== "json") refuse(usage);
    const count = values.count === undefined ? undefined : Number(values.count);
    const minutes = count ? Infinity : Number(values.minutes);
    const seed = Number(values.seed ?? 1 + Date.now() % 2 ** 31);
    if (!values.replay && !(minutes > 0)) refuse(usage);
    if (!Number.isSafeInteger(seed) || seed < 1) refuse("--seed takes a whole number from 1 on");
    const strange = values.target?.find((name) => !all.includes(name));
    if (strange !== undefined) refuse(`there is no target ${strange}: ${all.join(" ")}`);
    return { minutes, seed, count, replay: values.replay ?? false, targets: values.target ?? all };
  } catch (error) {
    return refuse(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
}

/** @param {string} name @param {Figures} figures */
function line(name, { executions, calls, quick, seconds, coverage, corpus, waited, finding }) {
  const speed = Math.round(executions / Math.max(seconds, 0.001));
  const asked = (quick ? ` (${quick} quick)` : "") + (calls ? `, ${calls} calls` : "");
  const early = waited ? `ended early by a wait: ${waited}, ` : "";
  return `${name}: ${executions} executions${asked}, ${speed} a second, coverage ${coverage}, `
    + `corpus ${corpus}, ${early}${finding === undefined ? 0 : 1} found`;
}

const { minutes, seed, count, replay, targets } = settings();
const seconds = minutes * 60 / targets.length;

/** @param {string} name @returns {Promise<Figures>} */
function runTarget(name) {
  if (name === "json") return replay ? replayJson() : fuzzJson({ count, seconds, seed });
  if (native_targets.includes(name)) {
    return replay ? replayNative(name) : fuzzNative(name, { seconds, seed });
  }
  return replay ? replayJavascript(name) : fuzzJavascript(name, { seconds, seed });
}

const total = { executions: 0, calls: 0, seconds: 0, found: 0 };
try {
  for (const name of targets) {
    const figures = await runTarget(name);
    total.executions += figures.executions;
    total.calls += figures.calls ?? 0;
    total.seconds += figures.seconds;
    console.log(line(name, figures));
    if (figures.finding === undefined) continue;
    total.found += 1;
    console.log(`${figures.said ?? ""}\nfound by ${name}: ${figures.finding}`);
  }
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  refuse(`fuzz: ${error.message}`);
}
console.log(`fuzz: ${targets.length} targets, ${replay ? "replayed" : `seed ${seed}`}, `
  + `${total.executions} executions, ${total.calls} calls, ${Math.round(total.seconds)} s, `
  + `${total.found} found`);
process.exitCode = total.found === 0 ? 0 : 1;
