// A slice of every fuzzer: what was ever found and kept stays mended, and a while of fresh chance
// finds nothing new. The seed of the run is printed; tools/fuzz.mjs repeats it and goes on longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fuzzJavascript, javascript_targets, replayJavascript,
} from "../../tools/fuzz/javascript.mjs";
import { fuzzNative, native_targets, replayNative } from "../../tools/fuzz/native.mjs";

// The programs in C are begun anew and read their seeds; those in JavaScript try more in less time.
const seconds_native = 15;
const seconds_javascript = 5;
const seed = 1 + Date.now() % 2 ** 31;

/** @param {import("../../tools/fuzz/native.mjs").Figures} figures */
const nothingIn = ({ finding, said }) => assert.equal(finding, undefined, `${said}\n${finding}`);

for (const name of [...native_targets, ...javascript_targets]) {
  const native = native_targets.includes(name);
  test(`${name} takes every input that is kept`, async () => {
    const figures = await (native ? replayNative : replayJavascript)(name);
    nothingIn(figures);
    assert.ok(figures.executions > 0, "there is nothing kept: nothing was proven");
  });
  test(`${name} takes what chance gives, seed ${seed}`, async (t) => {
    const seconds = native ? seconds_native : seconds_javascript;
    const slice = { seconds, seed, fresh: true };
    const figures = await (native ? fuzzNative : fuzzJavascript)(name, slice);
    t.diagnostic(`${name}: ${figures.executions} executions, coverage ${figures.coverage}`);
    nothingIn(figures);
    assert.ok(figures.executions > figures.corpus / 2, "it was never begun");
  });
}
