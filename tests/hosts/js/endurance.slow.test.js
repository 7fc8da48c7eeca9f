// Half a million commands through the WASI core on a file, some one by one and the rest in
// batches, on whichever Node runs this: what node:wasi did not survive. Memory must not creep,
// and a core opened on the file afterwards must hold every one of them.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk } from "../../../hosts/js/desk.js";
import { Story, batches, built } from "../../../tools/bench/story.mjs";

const commands = 500_000;
const singles = 10_000;
const round = 10_000;
const host = { now: 1_772_438_400_000, actor: { role: "host" } };

/** @param {string} reply */
const acknowledged = (reply) => {
  assert.ok(!reply.includes('"error":{'), reply.slice(0, 500));
  return reply.split('"ok":').length - 1;
};

test(`the core survives ${commands} commands`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-endurance-"));
  try {
    const path = join(folder, "desk.sqlite3");
    const wasm = await WebAssembly.compile(readFileSync(built("desk_wasi.wasm")));
    const desk = await Desk.load(wasm, { path });
    const story = await Story.begin();
    const chat = story.chat(story.clinic(), 1);
    for (const line of story.lines) desk.requestText(line);

    let done = 0;
    for (const line of story.posts(chat, singles)) done += acknowledged(desk.requestText(line));
    let settled = 0;
    while (done < commands) {
      for (const batch of batches(story.posts(chat, round), 64)) {
        done += acknowledged(desk.requestText(batch));
      }
      // Half way everything that is allocated once has been.
      if (settled === 0 && done > commands / 2) settled = process.memoryUsage().rss;
    }
    const crept = process.memoryUsage().rss - settled;
    assert.ok(crept < 64 << 20, `memory grew by ${crept >> 20} MB in the second half`);
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
