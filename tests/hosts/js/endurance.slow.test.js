// Three hundred thousand commands through the WASI core on a file, some one by one and the rest in
// batches, on whichever Node runs this: what node:wasi did not survive. Memory must not creep,
// and a core opened on the file afterwards must hold every one of them.
// What is asked is what is still held once V8 has collected, not what the process occupies: how
// much room V8 gives to its young objects is its own affair and differs by tens of megabytes.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Desk } from "../../../hosts/js/desk.js";
import { Story, batches, built } from "../../../tools/bench/story.mjs";

const commands = 300_000;
const singles = 10_000;
/** @type {{now: number, actor: {role: "host"}}} */
const host = { now: 1_772_438_400_000, actor: { role: "host" } };

/** What one command may leave behind, in bytes; V8's own notes come to less than one. */
const crumbs = 16;

/** @param {string} reply */
const acknowledged = (reply) => {
  assert.ok(!reply.includes('"error":{'), reply.slice(0, 500));
  return reply.split('"ok":').length - 1;
};

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

/** Bytes that are still held: objects, buffers, and the memory of the core.
 * @param {WebAssembly.Memory} core */
function held(core) {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers + core.buffer.byteLength;
}

/** A core on a file, and its memory, which no binding shows.
 * @param {WebAssembly.Module} wasm @param {string} path */
async function opened(wasm, path) {
  const { instantiate } = WebAssembly;
  let memory = /** @type {any} */ (null);
  /** @param {any[]} given */
  const seen = async (...given) => {
    const instance = await /** @type {any} */ (instantiate)(...given);
    memory = instance.exports.memory;
    return instance;
  };
  WebAssembly.instantiate = /** @type {any} */ (seen);
  try {
    return { desk: await Desk.load(wasm, { path }), memory };
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

test("found: objects, buffers or the core’s own memory that are kept", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kept = /** @type {any[]} */ ([]);
  const planted = 4 << 20;
  for (const [what, keep] of Object.entries({
    objects: () => kept.push(Array.from({ length: planted / 8 }, (_, index) => index + 0.5)),
    buffers: () => kept.push(Buffer.alloc(planted)),
    "the core’s memory": () => memory.grow(planted >> 16),
  })) {
    const before = held(memory);
    keep();
    assert.ok(held(memory) - before > planted * 0.9, what);
  }
  assert.equal(kept.length, 2);
});

test(`the core survives ${commands} commands`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-endurance-"));
  try {
    const path = join(folder, "desk.sqlite3");
    const wasm = await WebAssembly.compile(readFileSync(built("desk_wasi.wasm")));
    const { desk, memory } = await opened(wasm, path);
    const story = await Story.begin();
    const chat = story.chat(story.clinic(), 1);
    for (const line of story.lines) desk.requestText(line);

    let done = 0;
    for (const line of story.posts(chat, singles)) done += acknowledged(desk.requestText(line));
    let settled = { bytes: 0, done: 0 };
    while (done < commands) {
      // Nobody sends the notices of these posts, so the clock must end them at their deadlines:
      // else the core would look through ever more of them.
      const lines = [...story.posts(chat, 63), story.line("clock.tick", {}, host.actor)];
      done += acknowledged(desk.requestText(batches(lines, 64)[0]));
      // Half way everything that is allocated once has been.
      if (settled.done === 0 && done > commands / 2) settled = { bytes: held(memory), done };
    }
    const crept = (held(memory) - settled.bytes) / (done - settled.done);
    t.diagnostic(`${settled.bytes >> 20} MiB held, ${crept.toFixed(2)} bytes more a command`);
    assert.ok(crept < crumbs, `each command left ${crept.toFixed(1)} bytes behind`);
    const { hash } = desk.call("core.hash", {}, host);
    desk.close();

    const again = await Desk.load(wasm, { path });
    assert.equal(again.call("core.hash", {}, host).hash, hash);
    assert.equal(again.call("core.verify", {}, host).chain, "ok");
    again.close();
    assert.ok(done >= commands);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
