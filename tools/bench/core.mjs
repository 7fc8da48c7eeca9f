// The core by itself, on its three builds, replaying the same lines.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Desk } from "../../hosts/js/desk.js";
import { root } from "../setup/run.mjs";
import { Story, batches, built } from "./story.mjs";

const rounds = 5;

/** @typedef {{build: "native"|"wasi"|"emscripten", durable: boolean, before: string[],
 *   lines: string[]}} Replay */

/** Seconds for `lines` on a fresh core that has seen `before`. @param {Replay} replay
 * @param {string} folder */
async function seconds({ build, durable, before, lines }, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "desk.sqlite3");
  if (build === "native") {
    const [first, measured] = [join(folder, "first"), join(folder, "measured")];
    writeFileSync(first, before.map((line) => `${line}\n`).join(""));
    writeFileSync(measured, lines.map((line) => `${line}\n`).join(""));
    const bench = join(root, "build", "desk_bench");
    return Number(execFileSync(bench,
      ["core", durable ? path : ":memory:", first, measured], { encoding: "utf8" }));
  }
  const wasm = readFileSync(built(build === "wasi" ? "desk_wasi.wasm" : "desk.wasm"));
  const desk = await Desk.load(wasm, durable ? { path } : {});
  for (const line of before) checked(desk.requestText(line));
  const began = performance.now();
  for (const line of lines) checked(desk.requestText(line));
  const spent = (performance.now() - began) / 1000;
  desk.close();
  return spent;
}

/** A fast refusal measures nothing. @param {string} reply */
function checked(reply) {
  if (reply.includes('"error":{')) throw new Error(`refused: ${reply.slice(0, 300)}`);
}

/** @param {string[]} lines */
const requestsIn = (lines) =>
  lines.reduce((sum, line) => sum + line.split('"op":').length - 1, 0);

/** @param {string} folder @param {number} count */
function bareSeconds(folder, count) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return Number(execFileSync(join(root, "build", "desk_bench"),
    ["bare", join(folder, "bare.sqlite3"), String(count)], { encoding: "utf8" }));
}

/** What is compared runs in turn, round after round, and its best round counts: what else the
 * machine and its disk do can only slow a round down.
 * @template {string} Name @param {Record<Name, {count: number, run: () => Promise<number>|number}>}
 *   measured @returns {Promise<Record<Name, number>>} per second */
async function perSecond(measured) {
  const best = /** @type {Record<string, number>} */ ({});
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { count, run }] of Object.entries(measured)) {
      best[name] = Math.max(best[name] ?? 0, Math.round(count / await run()));
    }
  }
  return /** @type {any} */ (best);
}

/** @param {(row: import("./table.mjs").Row) => void} add */
export async function benchCore(add) {
  execFileSync("ninja", ["-C", join(root, "build", "cmake", "native"), "desk_bench"]);
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-bench-"));
  try {
    await durablePosts(add, folder);
    await memoryPosts(add, folder);
    await reads(add, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postsOfBoth() {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const before = [...story.lines, ...batches(story.posts(chat, 4000), 64)];
  const [few, many] = [story.posts(chat, 2000), story.posts(chat, 64 * 200)];
  return { before, few, many, batched: batches(many, 64) };
}

/** @param {(row: import("./table.mjs").Row) => void} add @param {string} folder */
async function durablePosts(add, folder) {
  const { before, few, batched } = await postsOfBoth();
  const of = (/** @type {Replay["build"]} */ build, /** @type {string[]} */ lines) => ({
    count: requestsIn(lines),
    run: () => seconds({ build, durable: true, before, lines }, folder),
  });
  const best = await perSecond({
    bare: { count: few.length, run: () => bareSeconds(folder, few.length) },
    native: of("native", few), wasi: of("wasi", few),
    native_batched: of("native", batched), wasi_batched: of("wasi", batched),
  });
  const unit = "/s";
  add({ what: "bare SQLite: insert + commit, durable", value: best.bare, unit });
  add({ what: "review_chat.post, native, durable, single", value: best.native, unit });
  add({ what: "review_chat.post, wasi, durable, single", value: best.wasi, unit });
  add({ what: "  against the bare insert", value: best.wasi / best.bare, at_least: 0.7 });
  add({ what: "review_chat.post, native, durable, batches of 64", value: best.native_batched,
    unit });
  add({ what: "review_chat.post, wasi, durable, batches of 64", value: best.wasi_batched, unit,
    at_least: 10_000 });
  add({ what: "  against native", value: best.wasi_batched / best.native_batched,
    at_least: 0.6 });
}

/** @param {(row: import("./table.mjs").Row) => void} add @param {string} folder */
async function memoryPosts(add, folder) {
  const { before, many, batched } = await postsOfBoth();
  for (const [form, lines] of Object.entries({ single: many, "batches of 64": batched })) {
    const of = (/** @type {Replay["build"]} */ build) => ({
      count: requestsIn(lines),
      run: () => seconds({ build, durable: false, before, lines }, folder),
    });
    const best = await perSecond({
      native: of("native"), wasi: of("wasi"), emscripten: of("emscripten"),
    });
    for (const [build, value] of Object.entries(best)) {
      add({ what: `review_chat.post, ${build}, memory, ${form}`, value, unit: "/s" });
    }
  }
}

/** @param {(row: import("./table.mjs").Row) => void} add @param {string} folder */
async function reads(add, folder) {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const before = [...story.lines, ...story.posts(chat, 19), ...story.reads(chat, 5000)];
  const lines = story.reads(chat, 10_000);
  const of = (/** @type {Replay["build"]} */ build) => ({
    count: lines.length,
    run: () => seconds({ build, durable: build !== "emscripten", before, lines }, folder),
  });
  const best = await perSecond({
    native: of("native"), wasi: of("wasi"), emscripten: of("emscripten"),
  });
  for (const [build, value] of Object.entries(best)) {
    add({ what: `reads of a chat of 20 messages, ${build}`, value, unit: "/s",
      ...(build === "wasi" ? { at_least: 20_000 } : {}) });
  }
}
