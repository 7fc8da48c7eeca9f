// The target `json`: texts by chance to the core's reader of JSON and to JSON.parse, which must
// agree (tests/fuzz/json_rules.js). Its kept inputs are texts that once told them apart.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { putText } from "../../tests/fuzz/json_texts.js";
import { Answers, parsed } from "../../tests/fuzz/json_rules.js";
import { buildFuzz, programs } from "./build.mjs";
import { keepFinding, keptInputs } from "./corpus.mjs";
import { chanceFrom } from "./mutate.mjs";

/** @typedef {import("./native.mjs").Figures} Figures */

const batch_bytes = 1 << 18;
const text_bytes_max = 1 << 15;

async function door() {
  await buildFuzz("fuzz_wasi");
  const module = await WebAssembly.compile(readFileSync(join(programs, "desk_json.wasm")));
  // It opens no file and asks nobody; what it imports for that is never called.
  const imports = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) =>
    [name, () => { throw new Error(`the reader asked for ${name}`); }]));
  const { exports } = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: imports });
  const core = /** @type {any} */ (exports);
  core._initialize();
  return core;
}

/** Fills the room with texts, lets both read them, says which is the first that they differ in.
 * @param {any} core @param {(into: Buffer, at: number) => number} put the size of the next text,
 *   -1 when there is none
 * @returns {{count: number, accepted: number, bytes?: Buffer, said?: string}} */
function readBatch(core, put) {
  const place = core.json_door_room(batch_bytes);
  const texts = Buffer.from(core.memory.buffer, place, batch_bytes);
  /** @type {[number, number][]} */
  const places = [];
  let at = 0;
  while (at + text_bytes_max < batch_bytes) {
    const size = put(texts, at + 4);
    if (size < 0) break;
    texts.writeUInt32LE(size, at);
    places.push([at + 4, size]);
    at += 4 + size;
  }
  const result = core.json_door_read(at);
  // A memory that has grown is another buffer.
  const memory = Buffer.from(core.memory.buffer);
  const answers = new Answers(memory.subarray(result, result + memory.readUInt32LE(result)));
  let accepted = 0;
  for (const [from, size] of places) {
    const bytes = memory.subarray(place + from, place + from + size);
    const expected = parsed(bytes);
    const said = answers.wrong(expected);
    if (said !== null) return { count: places.length, accepted, bytes: Buffer.from(bytes), said };
    if (expected) accepted += 1;
  }
  return { count: places.length, accepted };
}

/** The coverage is how many texts were accepted. @param {number} executions
 * @param {number} coverage @param {number} seconds @returns {Figures} */
const figures = (executions, coverage, seconds) => ({ executions, seconds, coverage, corpus: 0 });

/** So many texts, or so many seconds of them. @param {{count?: number, seconds?: number,
 *   seed: number}} options @returns {Promise<Figures>} */
export async function fuzzJson({ count = Infinity, seconds = Infinity, seed }) {
  const core = await door();
  const chance = chanceFrom(seed);
  const began = performance.now();
  const taken = () => (performance.now() - began) / 1000;
  let executions = 0, accepted = 0;
  while (executions < count && taken() < seconds) {
    const batch = readBatch(core, (into, at) => putText(chance, into, at));
    executions += batch.count;
    accepted += batch.accepted;
    if (!batch.bytes) continue;
    const { said, bytes } = batch;
    return { ...figures(executions, accepted, taken()), said, finding: keepFinding("json", bytes) };
  }
  return figures(executions, accepted, taken());
}

/** @returns {Promise<Figures>} */
export async function replayJson() {
  const core = await door();
  const inputs = keptInputs("json").map(({ bytes }) => bytes);
  const waiting = [...inputs];
  const put = (/** @type {Buffer} */ into, /** @type {number} */ at) =>
    waiting.shift()?.copy(into, at) ?? -1;
  const { said, bytes, accepted } = readBatch(core, put);
  const all = figures(inputs.length, accepted, 0);
  return bytes ? { ...all, said, finding: keepFinding("json", bytes) } : all;
}
