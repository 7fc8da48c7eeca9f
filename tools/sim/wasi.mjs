// Lives of the simulator inside WebAssembly, with the arguments and the output of build/desk_sim.
// The module has a disk of its own: whatever it might ask of a machine is answered "not here".
//   node tools/sim/wasi.mjs [--seed S] [--lives N] [--days D] [--clinics N] [--rate R]
//     [--crowd 0|1] [--without MISHAP] [--often MISHAP] [--hashes]
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../setup/run.mjs";

const NOT_HERE = 52;
const NO_FOLDER = 8;
const EVENTS_A_CALL = 2000;
const MISHAP_LENGTH_MAX = 99;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    lives: { type: "string", default: "1" },
    days: { type: "string", default: "365" },
    clinics: { type: "string", default: "2" },
    rate: { type: "string", default: "-1" },
    crowd: { type: "string", default: "-1" },
    hashes: { type: "boolean", default: false },
    portable: { type: "boolean", default: true },
    without: { type: "string" },
    often: { type: "string" },
  },
});
const [seed, lives, days, clinics, rate, crowd] = [values.seed, values.lives, values.days,
  values.clinics, values.rate, values.crowd].map(Number);

const module = new WebAssembly.Module(readFileSync(join(root, "build", "desk_sim.wasm")));
/** @type {WebAssembly.Memory} */
let memory;

/** What the C library asks at its start; nothing else is ever reached. */
const answered = {
  environ_sizes_get: (/** @type {number} */ count, /** @type {number} */ size) => {
    const view = new DataView(memory.buffer);
    view.setUint32(count, 0, true);
    view.setUint32(size, 0, true);
    return 0;
  },
  environ_get: () => 0,
  fd_prestat_get: () => NO_FOLDER,
  proc_exit: (/** @type {number} */ code) => { throw new Error(`the module ended with ${code}`); },
  fd_write: (/** @type {number} */ _fd, /** @type {number} */ vectors, /** @type {number} */ n,
    /** @type {number} */ written) => {
    const view = new DataView(memory.buffer);
    let size = 0;
    for (let i = 0; i < n; i += 1) {
      const at = view.getUint32(vectors + 8 * i, true);
      const length = view.getUint32(vectors + 8 * i + 4, true);
      process.stderr.write(new Uint8Array(memory.buffer, at, length));
      size += length;
    }
    view.setUint32(written, size, true);
    return 0;
  },
};
const machine = new Proxy(answered, {
  get: (there, name) => Reflect.get(there, name) ?? (() => NOT_HERE),
});

const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: machine });
const wasm = /** @type {any} */ (exports);
memory = wasm.memory;
wasm._initialize();
wasm.sim_open();

const [without, often] = [values.without, values.often].map(mishapOf);

let events = 0;
let requests = 0;
let lived = 0;
for (; lived < lives && process.exitCode !== 1; lived += 1) {
  wasm.sim_begin(seed + lived, days, clinics, rate, crowd, without, often);
  while (wasm.sim_go(EVENTS_A_CALL)) { /* short calls */ }
  const [verdict, first, ...rest] = textAt(wasm.sim_end()).split(" ");
  if (verdict === "ok") {
    if (values.hashes) console.log(`${seed + lived} ${first}`);
    events += Number(rest[0]);
    requests += Number(rest[1]);
  } else {
    console.log(`violated ${first}: ${rest.join(" ")}\n  seed ${seed + lived}, ${days} days`);
    process.exitCode = 1;
  }
}
const years = (lived * days * clinics) / 365;
console.log(`${lived} lives, ${years.toFixed(1)} clinic-years: ${events} events, `
  + `${requests} requests`);

/** @param {number} at */
function textAt(at) {
  const bytes = new Uint8Array(memory.buffer);
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}

/** Its number, -1 for none. @param {string} [word] */
function mishapOf(word) {
  if (word === undefined) return -1;
  new TextEncoder().encodeInto(`${word.slice(0, MISHAP_LENGTH_MAX)}\0`,
    new Uint8Array(memory.buffer, wasm.sim_word()));
  const mishap = wasm.sim_mishap();
  if (mishap >= 0) return mishap;
  console.error(`no mishap is called ${word}; tests/sim/sim.h lists them`);
  return process.exit(2);
}
