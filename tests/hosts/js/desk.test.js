// The binding on both modules: what goes in and out, what a refusal is, what a broken core is.
// The core is the real one; only for traps, which it must not have, a tiny module stands in.
import assert from "node:assert/strict";
import {
  mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk, DeskError } from "../../../hosts/js/desk.js";

const built = (/** @type {string} */ name) =>
  readFileSync(new URL(`../../../build/${name}`, import.meta.url));
const host = { now: 1_772_438_400_000, actor: { role: "host" } };
const integration = { now: host.now, actor: { role: "integration" } };

/** @param {(folder: string) => Promise<void>} work */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-test-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const name of ["desk.wasm", "desk_wasi.wasm"]) {
  test(`${name} answers in memory, and describes itself`, async () => {
    const desk = await Desk.load(built(name));
    assert.match(desk.call("core.hash", {}, host).hash, /^[0-9a-f]{16,}$/);
    assert.equal(typeof desk.describe(), "object");
    assert.deepEqual(desk.request({ now: host.now, batch: [] }).batch, []);
    desk.close();
  });

  test(`${name} takes a compiled module, and instances share nothing`, async () => {
    const module = await WebAssembly.compile(built(name));
    const [one, other] = [await Desk.load(module), await Desk.load(module)];
    const before = other.call("core.hash", {}, host).hash;
    one.call("platform.set", { name: "Zdrowie.pl, Здоровье 🙂", base_url: "https://example.org",
      locale: "pl", policy_preset: "recommended" }, { ...integration, id: "p" });
    assert.notEqual(one.call("core.hash", {}, host).hash, before);
    assert.equal(other.call("core.hash", {}, host).hash, before);
    one.close();
    other.close();
  });

  test(`${name} refuses by DeskError, and goes on`, async () => {
    const desk = await Desk.load(built(name));
    assert.throws(() => desk.call("no.such_op", {}, host), (error) => {
      assert.ok(error instanceof DeskError);
      assert.equal(error.category, "invalid");
      assert.match(error.code, /^invalid\./);
      assert.ok(error.message.length > 0);
      return true;
    });
    assert.match(desk.requestText("not json"), /"category":"invalid"/);
    assert.match(desk.requestText(new Uint8Array([0x22, 0xff, 0x22])), /"category":"invalid"/);
    assert.match(desk.requestText(""), /"category":"invalid"/);
    assert.match(desk.call("core.hash", {}, host).hash, /^[0-9a-f]+$/);
    desk.close();
  });

  test(`${name} carries a megabyte and grows its memory for it`, async () => {
    const desk = await Desk.load(built(name));
    const reply = desk.request({ op: "no.such_op", ...host, in: { text: "ą".repeat(1 << 20) } });
    assert.equal(reply.error.category, "invalid");
    assert.match(desk.call("core.hash", {}, host).hash, /^[0-9a-f]+$/);
    desk.close();
  });
}

test("a file keeps what was said, private to its owner, and leaves nothing beside it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "desk.sqlite3");
    const first = await Desk.load(built("desk_wasi.wasm"), { path });
    first.call("platform.set", { name: "Zdrowie", base_url: "https://example.org", locale: "pl",
      policy_preset: "recommended" }, { ...integration, id: "p" });
    const { hash } = first.call("core.hash", {}, host);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    first.close();
    assert.deepEqual(readdirSync(folder), ["desk.sqlite3"]);
    const again = await Desk.load(built("desk_wasi.wasm"), { path: "desk.sqlite3", root: folder });
    assert.equal(again.call("core.hash", {}, host).hash, hash);
    again.close();
  });
});

test("a commit is on disk before its reply, so dropping the core loses nothing", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "desk.sqlite3");
    const killed = await Desk.load(built("desk_wasi.wasm"), { path });
    killed.call("platform.set", { name: "Zdrowie", base_url: "https://example.org", locale: "pl",
      policy_preset: "recommended" }, { ...integration, id: "p" });
    const { hash } = killed.call("core.hash", {}, host);
    const heir = await Desk.load(built("desk_wasi.wasm"), { path });
    assert.equal(heir.call("core.hash", {}, host).hash, hash);
    heir.close();
  });
});

test("the core sees nothing outside its folder", async () => {
  await inFolder(async (folder) => {
    const root = join(folder, "inner");
    mkdirSync(root);
    symlinkSync(join(folder, "target"), join(root, "link"));
    const up = await Desk.load(built("desk_wasi.wasm"), { path: "../../up", root });
    up.request({ op: "core.hash", ...host, in: {} });
    up.close();
    const linked = await Desk.load(built("desk_wasi.wasm"), { path: "link", root });
    assert.equal(linked.request({ op: "core.hash", ...host, in: {} }).error?.category, "storage");
    linked.close();
    assert.deepEqual(readdirSync(folder), ["inner"]);
  });
});

test("what is no database is refused as storage, and not touched", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "desk.sqlite3");
    const other = "something else entirely, long enough to be looked at ".repeat(40);
    writeFileSync(path, other);
    const desk = await Desk.load(built("desk_wasi.wasm"), { path });
    assert.equal(desk.request({ op: "core.hash", ...host, in: {} }).error.category, "storage");
    desk.close();
    assert.equal(readFileSync(path, "utf8"), other);
  });
});

test("after close every call says so", async () => {
  const desk = await Desk.load(built("desk.wasm"));
  desk.close();
  desk.close();
  assert.throws(() => desk.call("core.hash", {}, host), { category: "bug" });
});

test("after a trap every call says so, and the cause is kept", async () => {
  const desk = await Desk.load(trapping());
  assert.throws(() => desk.requestText("{}"), (error) => {
    assert.ok(error instanceof DeskError && error.cause instanceof WebAssembly.RuntimeError);
    assert.equal(error.category, "bug");
    return true;
  });
  assert.throws(() => desk.requestText("{}"), { category: "bug" });
  desk.close();
});

test("another version of the core is not loaded", async () => {
  await assert.rejects(Desk.load(trapping(2)), { category: "bug", message: /version 1/ });
});

/** A module with the seven exports whose desk_call is `unreachable`; sections by hand:
 * types () → (), () → i32, (i32) → (), (i32) → i32, (i32, i32) → i32. @param {number} [abi] */
function trapping(abi = 1) {
  const text = (/** @type {string} */ value) => [value.length, ...Buffer.from(value)];
  const section = (/** @type {number} */ id, /** @type {number[]} */ body) =>
    [id, body.length, ...body];
  const list = (/** @type {number[][]} */ items) => [items.length, ...items.flat()];
  const answers = (/** @type {number} */ value) => [4, 0, 0x41, value, 0x0b];
  const functions = [
    { name: "_initialize", type: 0, body: [2, 0, 0x0b] },
    { name: "desk_abi", type: 1, body: answers(abi) },
    { name: "desk_open", type: 3, body: answers(8) },
    { name: "desk_close", type: 2, body: [2, 0, 0x0b] },
    { name: "desk_buffer", type: 4, body: answers(16) },
    { name: "desk_call", type: 4, body: [3, 0, 0x00, 0x0b] },
    { name: "malloc", type: 3, body: answers(32) },
  ];
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, list([[0x60, 0, 0], [0x60, 0, 1, 0x7f], [0x60, 1, 0x7f, 0],
      [0x60, 1, 0x7f, 1, 0x7f], [0x60, 2, 0x7f, 0x7f, 1, 0x7f]])),
    ...section(3, list(functions.map(({ type }) => [type]))),
    ...section(5, [1, 0, 1]),
    ...section(7, list([[...text("memory"), 2, 0],
      ...functions.map(({ name }, index) => [...text(name), 0, index])])),
    ...section(10, list(functions.map(({ body }) => body))),
  ]);
}
