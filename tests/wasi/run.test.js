// The command form: a line in, a line out, nothing else on stdout. The same lines are given to
// the reactor under Node, to the native program and to the WASI command, byte for byte alike.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Story, batches } from "../../tools/bench/story.mjs";

const path = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url));
const run = [path("wasi/run.js"), "--memory"];
// A short life is what node:wasi is good for: any runtime would do.
const command = `import { WASI } from "node:wasi";
  import { readFileSync } from "node:fs";
  const wasi = new WASI({ version: "preview1", args: ["desk"], returnOnExit: true });
  const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[1]),
    wasi.getImportObject());
  process.exitCode = wasi.start(instance);`;

/** @param {string} program @param {string[]} args @param {string|Buffer} input */
const answers = (program, args, input) => {
  const done = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 1 << 28 });
  return { lines: done.stdout.split("\n").slice(0, -1), stderr: done.stderr, status: done.status };
};

/** @param {(folder: string) => Promise<void>|void} work */
async function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-run-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hash = '{"op":"core.hash","now":1772438400000,"actor":{"role":"host"},"in":{}}';

test("the three programs answer the same lines with the same bytes", async () => {
  const story = await Story.begin();
  const chat = story.chat(story.clinic(), 1);
  const lines = [...story.lines, ...story.posts(chat, 50), ...batches(story.posts(chat, 100), 64),
    "not json", "", '{"op":"nothing"}', ...story.reads(chat, 1), hash];
  const input = `${lines.join("\n")}\n`;
  const reactor = answers(process.execPath, run, input);
  assert.equal(reactor.lines.length, lines.length);
  assert.match(reactor.lines.at(-1) ?? "", /"hash":"[0-9a-f]{64}"/);
  for (const other of [
    answers(path("build/desk_cli"), [], input),
    answers(process.execPath, ["--no-warnings", "--input-type=module", "-e", command,
      path("build/desk_wasi_command.wasm")], input),
  ]) {
    assert.equal(other.status, 0, other.stderr);
    assert.deepEqual(other.lines, reactor.lines);
  }
});

test("a last line without its newline is answered, and an end without one is not", () => {
  assert.equal(answers(process.execPath, run, hash).lines.length, 1);
  assert.equal(answers(process.execPath, run, `${hash}\n`).lines.length, 1);
  assert.equal(answers(process.execPath, run, "").lines.length, 0);
});

test("what is not UTF-8 reaches the core as it is, and is refused there", () => {
  const input = Buffer.from(`"\xff\xfe"\n${hash}\n`, "latin1");
  const { lines } = answers(process.execPath, run, input);
  assert.match(lines[0], /"category":"invalid"/);
  assert.match(lines[1], /"hash"/);
});

test("each line is answered before the next one is sent", async () => {
  const child = spawn(process.execPath, run, { stdio: ["pipe", "pipe", "inherit"] });
  const replies = child.stdout[Symbol.asyncIterator]();
  for (let count = 0; count < 3; count += 1) {
    // A line may come in pieces; only its end matters.
    child.stdin.write(hash.slice(0, 10));
    child.stdin.write(`${hash.slice(10)}\n`);
    const { value } = await replies.next();
    assert.match(String(value), /^\{"ok":.*\}\n$/);
  }
  child.stdin.end();
  assert.equal((await replies.next()).done, true);
});

test("a folder keeps what was said, and is held by one process", async () => {
  await inFolder(async (folder) => {
    const args = [path("wasi/run.js"), "--data", join(folder, "new")];
    const set = '{"op":"platform.set","now":1772438400000,"actor":{"role":"integration"},'
      + '"id":"p","in":{"name":"Zdrowie","base_url":"https://example.org","locale":"pl",'
      + '"policy_preset":"recommended"}}';
    const [, first] = answers(process.execPath, args, `${set}\n${hash}\n`).lines;
    assert.equal(answers(process.execPath, args, hash).lines[0], first);

    const holder = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    holder.stdin.write(`${hash}\n`);
    await holder.stdout[Symbol.asyncIterator]().next();
    const second = answers(process.execPath, args, hash);
    assert.notEqual(second.status, 0);
    assert.match(second.stderr, /in use/);
    assert.deepEqual(second.lines, []);
    holder.stdin.end();
  });
});

test("a command line that says nothing, or too much, is explained", () => {
  for (const args of [[], ["--memory", "--data", "x"], ["--unknown"]]) {
    const { status, stderr, lines } = answers(process.execPath, [path("wasi/run.js"), ...args], "");
    assert.equal(status, 2);
    assert.match(stderr, /usage: /);
    assert.deepEqual(lines, []);
  }
});
