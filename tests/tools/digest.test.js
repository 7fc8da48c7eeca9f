// What the suite repeats at its end: every failure is named there, none crowds out another.
import assert from "node:assert/strict";
import { test } from "node:test";
import { amiss, digest } from "../../tools/test/digest.mjs";

const trouble = (/** @type {number} */ lines, name = "failed a.test.js: one") =>
  `${name}\n${Array.from({ length: lines }, (_, n) => `    line ${n}`).join("\n")}\n`;

test("a failure alone is told with its first 25 lines", () => {
  const lines = digest([trouble(60)]).split("\n");
  assert.equal(lines.length, 25);
  assert.equal(lines[0], "failed a.test.js: one");
  assert.equal(lines[23], "    line 22");
  assert.match(lines[24], /37 lines more above/);
});

test("where it happened is not cut off", () => {
  const where = "        at TestContext.<anonymous> (file:///a.test.js:3:1)";
  const lines = digest([`${trouble(60)}${where}\n`]).split("\n");
  assert.equal(lines.length, 25);
  assert.equal(lines.at(-1), where);
});

test("six failures are all named within 36 lines", () => {
  const text = digest(Array.from({ length: 6 }, (_, n) => trouble(60, `failed test ${n}`)));
  assert.equal(text.match(/^failed test \d$/gm)?.length, 6);
  assert.ok(text.split("\n").length <= 36, text);
});

test("what is short is whole, and who called the test is left out", () => {
  const own = "failed a.test.js: one\n    Error: no\n        at file:///a.test.js:3:1";
  const stack = `${own}\n        at Test.run (node:internal/test_runner/test:1409:7)\n`;
  assert.equal(digest([stack]), own);
});

test("a program’s failures are found among what went well", () => {
  const said = "ok - a\n  a.c:7: x == 1\n    seen: 2\nnot ok - b\nok - c\n2 passed, 1 failed\n";
  assert.equal(amiss(said),
    "  a.c:7: x == 1\n    seen: 2\nnot ok - b\n2 passed, 1 failed");
  assert.equal(amiss("1 core/a.c\n2 core/b.c\nnot ok - without one: 3\n"),
    "not ok - without one: 3");
});

test("a program that only stopped is told by its last words", () => {
  const said = Array.from({ length: 40 }, (_, n) => `word ${n}`).join("\n");
  assert.equal(amiss(said).split("\n").length, 25);
  assert.ok(amiss(said).endsWith("word 39"));
});
