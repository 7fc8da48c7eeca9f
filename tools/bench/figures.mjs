// Sizes, memory and timers: figures of a core that has seen a hundred thousand messages.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Desk } from "../../hosts/js/desk.js";
import { Story, batches, built } from "./story.mjs";

/** @typedef {(row: import("./table.mjs").Row) => void} Add */

const many = 100_000;
const day_ms = 86_400_000;
const megabyte = 1 << 20;

/** @param {Add} add */
export async function benchSizes(add) {
  for (const name of ["desk.wasm", "desk_wasi.wasm"]) {
    const bytes = readFileSync(built(name));
    add({ what: `${name}, raw`, value: Math.round(bytes.length / 1000), unit: "kB" });
    add({ what: `${name}, gzip`, value: Math.round(gzipSync(bytes, { level: 9 }).length / 1000),
      unit: "kB", ...(name === "desk.wasm" ? { at_most: 450 } : {}) });
  }
}

/** A core whose chat has `many` messages of the patient, each with its notice to the clinic.
 * @param {string} wasm @param {string} [path] */
async function full(wasm, path) {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const desk = await Desk.load(readFileSync(built(wasm)), path ? { path } : {});
  for (const line of story.lines) desk.requestText(line);
  const before = process.memoryUsage().rss;
  const lines = story.posts({ ...chat, clinic: chat.patient }, many);
  for (const batch of batches(lines, 64)) {
    const reply = desk.requestText(batch);
    if (reply.includes('"error":{')) throw new Error(`refused: ${reply.slice(0, 300)}`);
  }
  return { desk, grown: process.memoryUsage().rss - before, last: JSON.parse(lines[many - 1]).now };
}

/** @param {Add} add */
export async function benchMemory(add) {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-bench-"));
  try {
    const path = join(folder, "desk.sqlite3");
    const kept = await full("desk_wasi.wasm", path);
    const size = statSync(path).size;
    kept.desk.close();
    add({ what: "memory after 100,000 messages, wasi with a file",
      value: kept.grown / megabyte, unit: "MB" });
    add({ what: "  the file", value: size / megabyte, unit: "MB" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { desk, grown } = await full("desk.wasm");
  desk.close();
  add({ what: "memory after 100,000 messages, all of it in memory",
    value: grown / megabyte, unit: "MB" });
}

/** Each notice has a deadline; nobody took any, so all are due at once. @param {Add} add */
export async function benchTimers(add) {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-bench-"));
  try {
    const { desk, last } = await full("desk_wasi.wasm", join(folder, "desk.sqlite3"));
    const began = performance.now();
    let fired = 0;
    let wake_at = 0;
    const now = last + 30 * day_ms;
    for (let count = 0; wake_at !== null && wake_at <= now; count += 1) {
      const reply = desk.request({ op: "clock.tick", now, actor: { role: "host" }, in: {} });
      if (reply.error || count > many) throw new Error(JSON.stringify(reply));
      fired += reply.ok.fired ?? 0;
      ({ wake_at } = reply);
    }
    add({ what: `firing ${fired.toLocaleString("en")} due timers, wasi, durable`,
      value: (performance.now() - began) / 1000, unit: "s", at_most: 5 });
    desk.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
