// A test that never ends is named, with what it waits for, and does not hold the suite.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../tools/setup/run.mjs";

const ENDLESS = `
import { spawn } from "node:child_process";
import { test } from "node:test";
test("ends", () => {});
test("waits for a peer", () => new Promise(() => { spawn("cat"); }));
`;

test("a file that never ends says which test waits for what", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "endless.test.mjs"), ENDLESS);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout } = spawnSync(process.execPath, ["--import", "./tools/test/watch.mjs",
    "--test", "--test-reporter=./tools/test/reporter.mjs", "--test-reporter-destination=stdout",
    join(folder, "endless.test.mjs")],
  { cwd: root, encoding: "utf8", env: { ...env, TEST_PATIENCE_MS: "1500", TEST_OUTCOME: "" } });
  assert.equal(status, 1);
  assert.match(stdout, /still in: waits for a peer\n/);
  assert.match(stdout, /ChildProcess .*"spawnargs":\["cat"\]/);
  assert.match(stdout, /1 passed, 1 failed/);
});
