// The targets in JavaScript: tests/fuzz/NAME.target.js, each with
//   name, seeds (texts or bytes), run(bytes) and perhaps words, bytesMax, close().
// `run` throws what is a finding, and else names the kind of outcome: an input with an outcome that
// was never seen is kept and mutated further, which is all the coverage there is.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../setup/run.mjs";
import { keepFinding, keptInputs } from "./corpus.mjs";
import { chanceFrom, mutated } from "./mutate.mjs";

/** @typedef {import("./native.mjs").Figures} Figures */
/** @typedef {{name: string, seeds: (string|Uint8Array)[], words?: (string|Uint8Array)[],
 *   bytesMax?: number, run: (bytes: Uint8Array) => any, close?: () => any}} Target */

const folder = join(root, "tests", "fuzz");
const ending = ".target.js";
const hang_ms = 1000;
const corpus_max = 4096;

export const javascript_targets = readdirSync(folder).filter((file) => file.endsWith(ending))
  .map((file) => file.slice(0, -ending.length));

let loaded = 0;

/** Made anew each time, because a target that was closed is of no more use.
 * @param {string} name @returns {Promise<Target>} */
const targetOf = (name) =>
  import(`${pathToFileURL(join(folder, `${name}${ending}`)).href}?${loaded += 1}`);

/** @param {string|Uint8Array} input */
const bytesOf = (input) => typeof input === "string" ? Buffer.from(input) : input;

/** Every kept input and every seed once. @param {string} name @returns {Promise<Figures>} */
export async function replayJavascript(name) {
  const target = await targetOf(name);
  const inputs = [...target.seeds.map(bytesOf), ...keptInputs(name).map(({ bytes }) => bytes)];
  const began = performance.now();
  const outcomes = new Set();
  const wrong = await firstWrong(target, inputs, outcomes);
  await target.close?.();
  return {
    executions: inputs.length, seconds: (performance.now() - began) / 1000,
    coverage: outcomes.size, corpus: inputs.length, ...wrong,
  };
}

/** @param {Target} target @param {Uint8Array[]} inputs @param {Set<string>} outcomes */
async function firstWrong(target, inputs, outcomes) {
  for (const bytes of inputs) {
    const { said, outcome } = await tried(target, bytes);
    if (said !== undefined) return { said, finding: keepFinding(target.name, bytes) };
    outcomes.add(outcome);
  }
  return {};
}

/** One run: its outcome, or what is wrong. A copy goes in, so that nobody can spoil the input.
 * @param {Target} target @param {Uint8Array} bytes
 * @returns {Promise<{outcome: string, said?: string}>} */
async function tried(target, bytes) {
  const began = performance.now();
  try {
    const outcome = target.run(Uint8Array.from(bytes));
    const settled = outcome instanceof Promise ? await outcome : outcome;
    const took = performance.now() - began;
    if (took <= hang_ms) return { outcome: String(settled) };
    // On a busy machine time passes without anything being done; what counts is the work.
    const before = process.cpuUsage();
    await target.run(Uint8Array.from(bytes));
    const { user, system } = process.cpuUsage(before);
    const worked = (user + system) / 1000;
    if (worked <= hang_ms) return { outcome: String(settled) };
    return { outcome: "", said: `takes ${Math.round(worked)} ms of work` };
  } catch (error) {
    return { outcome: "", said: await stackOf(target, bytes, /** @type {Error} */ (error)) };
  }
}

/** Errors are made all the time, and noting where takes longer than the rest of a run: so only the
 * run that found something is repeated with it. @param {() => Promise<Figures>} doing */
async function withoutStacks(doing) {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await doing();
  } finally {
    Error.stackTraceLimit = usual;
  }
}

/** @param {Target} target @param {Uint8Array} bytes @param {Error} error */
async function stackOf(target, bytes, error) {
  if (Error.stackTraceLimit > 0) return error.stack ?? String(error);
  Error.stackTraceLimit = 10;
  try {
    await target.run(Uint8Array.from(bytes));
  } catch (again) {
    return /** @type {Error} */ (again).stack ?? String(again);
  } finally {
    Error.stackTraceLimit = 0;
  }
  return `${error.stack ?? error}\nonly the first time`;
}

/** @param {string} name @param {{seconds: number, seed: number}} options
 * @returns {Promise<Figures>} */
export const fuzzJavascript = (name, options) => withoutStacks(() => fuzzTarget(name, options));

/** @param {string} name @param {{seconds: number, seed: number}} options
 * @returns {Promise<Figures>} */
async function fuzzTarget(name, { seconds, seed }) {
  const target = await targetOf(name);
  const chance = chanceFrom(seed);
  const corpus = [...target.seeds.map(bytesOf), ...keptInputs(name).map(({ bytes }) => bytes)];
  if (corpus.length === 0) corpus.push(new Uint8Array());
  const words = (target.words ?? []).map(bytesOf);
  const outcomes = new Set();
  const began = performance.now();
  const taken = () => (performance.now() - began) / 1000;
  let executions = corpus.length;
  /** @type {Partial<Figures>} */
  let wrong = await firstWrong(target, corpus, outcomes);
  for (; wrong.finding === undefined && (executions & 255 || taken() < seconds); executions += 1) {
    const bytes = mutated(chance, corpus, words, target.bytesMax ?? 4096);
    const { said, outcome } = await tried(target, bytes);
    if (said !== undefined) {
      wrong = { said, finding: keepFinding(name, await smaller(target, bytes, said)) };
    } else if (!outcomes.has(outcome)) {
      outcomes.add(outcome);
      if (corpus.length < corpus_max) corpus.push(bytes);
    }
  }
  await target.close?.();
  return { executions, seconds: taken(), coverage: outcomes.size, corpus: corpus.length, ...wrong };
}

/** Leaves out whatever can be left out while the same thing is thrown.
 * @param {Target} target @param {Uint8Array} bytes @param {string} said */
async function smaller(target, bytes, said) {
  const [first] = said.split("\n");
  for (let size = bytes.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < bytes.length;) {
      const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      const again = await tried(target, less);
      if (again.said?.split("\n")[0] === first) bytes = less;
      else at += size;
    }
  }
  return bytes;
}
