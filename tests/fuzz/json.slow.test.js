// The core's reader of JSON beside JSON.parse. A text by chance is taken by both with equal values
// or refused by both, but for the rules in json_rules.js. A key that comes twice is refused, unless
// the values before the last were null: the core never acts on another value than JSON.parse has.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Desk } from "../../hosts/js/desk.js";
import { fuzzJson, replayJson } from "../../tools/fuzz/json.mjs";
import { chanceFrom } from "../../tools/fuzz/mutate.mjs";
import { root } from "../../tools/setup/run.mjs";
import { repeating } from "./json_texts.js";
import { marksOf, parsed, rules } from "./json_rules.js";

const texts = 200_000;
const requests = 5_000;
const now = 1_772_438_400_000;
const seed = 1 + Date.now() % 2 ** 31;

test("texts that once told the readers apart are read alike", async () => {
  const { finding, said, executions } = await replayJson();
  assert.equal(finding, undefined, `${said}\n${finding}`);
  assert.ok(executions > 0, "there is nothing kept: nothing was proven");
});

test(`${texts} texts are read as JSON.parse reads them, seed ${seed}`, async (t) => {
  const { finding, said, executions, coverage } = await fuzzJson({ count: texts, seed });
  t.diagnostic(`${executions} texts, ${coverage} of them accepted`);
  assert.equal(finding, undefined, `${said}\n${finding}`);
  assert.ok(coverage > executions / 4 && coverage < executions, "half of the texts are none");
});

test("each rule by which the core is stricter is about one thing", () => {
  const deep = (/** @type {number} */ depth) => "[".repeat(depth) + "]".repeat(depth);
  for (const [text, rule] of [
    [deep(33), "depth"], [`{"a":${deep(32)}}`, "depth"], ['"\\ud800"', "half"],
    ['{"\\udc00\\ud800":1}', "half"], ['"\\ud83e\\ud83e\\uddb7"', "half"], ['"\\u0000"', "nul"],
    [deep(32), ""], ['"\\ud83e\\uddb7\\\\u0000 [[[["', ""], ['"\\u00e9\\u0001"', ""],
  ]) {
    assert.ok(parsed(Buffer.from(text ?? "")), text);
    const applying = Object.entries(rules).filter(([, applies]) => applies(marksOf(text ?? "")));
    assert.deepEqual(applying.map(([name]) => name), rule ? [rule] : [], text);
  }
});

/** A request or a batch in which keys come again.
 * @param {import("./json_texts.js").Chance} chance */
function repeatingRequest(chance) {
  const hours = () => repeating(chance, [["day", ["1", "2"]], ["from", ['"09:00"', '"10:00"']],
    ["to", ['"17:00"', '"18:00"']]]);
  const input = () => repeating(chance, [["clinic_id", ["1", "2"]],
    ["hours", [`[${hours()}]`, "[]"]], ["holidays", ["[]", '["2026-05-01"]']]]);
  const actor = () => repeating(chance, [["role", ['"host"', '"integration"', '"visitor"']],
    ["agent_id", ["1"]], ["link_id", ["1"]]]);
  const request = () => repeating(chance, [
    ["op", ['"clinic.set_hours"', '"clinic.list"', '"policy.list"']], ["now", [`${now}`, "1e3"]],
    ["actor", [actor(), '{"role":"host"}']], ["id", ['"x"', '"y"']], ["locale", ['"ru"', '"pl"']],
    ["in", [input(), '{"clinic_id":1}', "{}"]],
  ]);
  return chance(3) ? request() : repeating(chance, [["now", [`${now}`, "2", '"x"']],
    ["batch", [`[${request()}]`, `[${request()},${request()}]`, "[]"]]]);
}

/** The core refuses what it does not answer as it answers the text without repeated keys.
 * @param {any} seen @param {any} plain @returns {boolean} */
function refusedOrSame(seen, plain) {
  if (seen.error?.category === "invalid") return true;
  if (!Array.isArray(seen.batch)) return JSON.stringify(seen) === JSON.stringify(plain);
  return seen.batch.length === plain.batch?.length && seen.batch.every(
    (/** @type {any} */ one, /** @type {number} */ at) => refusedOrSame(one, plain.batch[at]));
}

test(`a repeated key never means its earlier value, seed ${seed}`, async (t) => {
  const desk = await Desk.load(readFileSync(join(root, "build", "desk_wasi.wasm")));
  t.after(() => desk.close());
  const host = { now, actor: { role: /** @type {const} */ ("host") } };
  desk.call("platform.set", { name: "P", base_url: "https://portal.example", locale: "en",
    policy_preset: "literal" }, host);
  for (const name of ["A", "B"]) {
    desk.call("clinic.add", { name, zone: "UTC", tier: "basic", locale: "en",
      phone: "+48220000001", email: "clinic@portal.example" }, host);
  }
  const asked = (/** @type {string} */ text) => {
    desk.call("core.hold", {}, host);
    const reply = JSON.parse(desk.requestText(text));
    desk.call("core.rollback", {}, host);
    return reply;
  };
  const chance = chanceFrom(seed);
  let answered = 0;
  for (let count = 0; count < requests; count += 1) {
    const text = repeatingRequest(chance);
    const seen = asked(text), plain = asked(JSON.stringify(JSON.parse(text)));
    assert.ok(refusedOrSame(seen, plain), `${text}\n${JSON.stringify(seen)}`);
    if (seen.ok || seen.batch) answered += 1;
  }
  assert.ok(answered > 0, "keys that come after null are taken");
});
