// The core by itself, on its three builds, replaying the same lines.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Desk } from "../../hosts/js/desk.js";
import { root } from "../setup/run.mjs";
import { Story, batches, built } from "./story.mjs";

const rounds = 3;

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

/** The best of three: what else a machine does can only slow it down.
 * @param {Replay} replay @param {string} folder */
async function perSecond(replay, folder) {
  const count = replay.lines.reduce((sum, line) => sum + line.split('"op":').length - 1, 0);
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await seconds(replay, folder));
  return Math.round(count / Math.min(...times));
}

/** @param {string} folder @param {number} count */
function barePerSecond(folder, count) {
  const times = Array.from({ length: rounds }, () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return Number(execFileSync(join(root, "build", "desk_bench"),
      ["bare", join(folder, "bare.sqlite3"), String(count)], { encoding: "utf8" }));
  });
  return Math.round(count / Math.min(...times));
}

/** @param {(row: import("./table.mjs").Row) => void} add */
export async function benchCore(add) {
  execFileSync("ninja", ["-C", join(root, "build", "cmake", "native"), "desk_bench"]);
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-bench-"));
  try {
    await posts(add, folder);
    await reads(add, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {(row: import("./table.mjs").Row) => void} add @param {string} folder */
async function posts(add, folder) {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const before = [...story.lines, ...story.posts(chat, 4000)];
  const [few, many] = [story.posts(chat, 3000), story.posts(chat, 64 * 200)];
  const measured = /** @type {Record<string, number>} */ ({});
  for (const durable of [true, false]) {
    for (const build of /** @type {const} */ (["native", "wasi", "emscripten"])) {
      if (durable && build === "emscripten") continue;
      const kept = durable ? "durable" : "memory";
      const lines = durable ? few : many;
      const single = await perSecond({ build, durable, before, lines }, folder);
      // Beside the figure it is compared with, in the same mood of the disk.
      const bare = durable ? barePerSecond(folder, lines.length) : 0;
      if (durable) add({ what: "bare SQLite: insert + commit, durable", value: bare, unit: "/s" });
      const batched = await perSecond(
        { build, durable, before, lines: batches(many, 64) }, folder);
      measured[`${build} ${kept}`] = batched;
      add({ what: `review_chat.post, ${build}, ${kept}, single`, value: single, unit: "/s" });
      if (durable && build === "wasi") {
        add({ what: "  against the bare insert", value: single / bare, at_least: 0.7 });
      }
      add({ what: `review_chat.post, ${build}, ${kept}, batches of 64`, value: batched,
        unit: "/s", ...(durable && build === "wasi" ? { at_least: 10_000 } : {}) });
      if (durable && build === "wasi") {
        add({ what: "  against native", value: batched / measured["native durable"],
          at_least: 0.6 });
      }
    }
  }
}

/** @param {(row: import("./table.mjs").Row) => void} add @param {string} folder */
async function reads(add, folder) {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const before = [...story.lines, ...story.posts(chat, 19), ...story.reads(chat, 5000)];
  for (const build of /** @type {const} */ (["native", "wasi", "emscripten"])) {
    const durable = build !== "emscripten";
    const value = await perSecond({ build, durable, before, lines: story.reads(chat, 10_000) },
      folder);
    add({ what: `reads of a chat of 20 messages, ${build}`, value, unit: "/s",
      ...(build === "wasi" ? { at_least: 20_000 } : {}) });
  }
}
