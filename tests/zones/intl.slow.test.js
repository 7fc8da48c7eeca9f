// Every zone of this system's tzdata against another implementation with data of its own, Node's
// Intl: at 10,000 instants from 2020 to 2037 and on both sides of each change. SEED=n repeats it.
// Where the two hold different versions of the data a zone may differ; then libc, which reads the
// system's data too, must agree with the core at every instant, and the zone is named.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readZones } from "../../tools/zones.mjs";
import { readRule, ruleChanges } from "../../tools/zones/rule.mjs";

const folder = "/usr/share/zoneinfo";
const program = fileURLToPath(new URL("../../build/desk_zones", import.meta.url));
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const per_zone = 10_000;
const edges_max = 200;
const [from, to] = [Date.UTC(2020, 0, 1), Date.UTC(2038, 0, 1)];

/** A number from 0 to 1, the same ones for the same seed. @param {number} state */
function numbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The last second before each change of the zone and the first one after it.
 * @param {ReturnType<typeof readZones>[number]} zone */
function edges({ rule, spans }) {
  const changes = [...ruleChanges(readRule(rule), 2020, 2037).map(({ at }) => at),
    ...spans.map(({ until }) => until)];
  return [...new Set(changes)].map((at) => at * 1000).filter((at) => at > from && at < to)
    .flatMap((at) => [at - 1000, at]);
}

/** @param {ReturnType<typeof readZones>} zones */
function instantsOf(zones) {
  const next = numbers(seed);
  return zones.map((zone) => {
    const edge = edges(zone);
    assert.ok(edge.length <= edges_max, `${zone.name} changes more often than expected`);
    return BigInt64Array.from({ length: per_zone + edges_max }, (_, i) =>
      BigInt(edge[i] ?? from + Math.floor(next() * (to - from))));
  });
}

/** What the core says, a list of seconds for each zone.
 * @param {ReturnType<typeof readZones>} zones @param {BigInt64Array[]} instants */
function core(zones, instants) {
  const input = Buffer.concat(zones.flatMap(({ name }, i) =>
    [Buffer.from(`${name}\n`), Buffer.from(instants[i].buffer)]));
  const done = spawnSync(program, [String(per_zone + edges_max)],
    { input, maxBuffer: 1 << 28 });
  assert.equal(done.status, 0, `the core does not know ${done.stderr ?? done.error}`);
  const bytes = done.stdout;
  const all = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return zones.map((_, i) =>
    all.subarray(i * (per_zone + edges_max), (i + 1) * (per_zone + edges_max)));
}

/** Seconds of "10 AM GMT+02:00", as Intl writes them. @param {string} text */
function intlSeconds(text) {
  const sign = text.charAt(text.length - 6);
  if (sign !== "+" && sign !== "-") return text.endsWith("GMT") ? 0 : NaN;
  const seconds = Number(text.slice(-5, -3)) * 3600 + Number(text.slice(-2)) * 60;
  return sign === "-" ? -seconds : seconds;
}

/** The instants at which Intl says something else than the core.
 * @param {string} name @param {BigInt64Array} instants @param {Int32Array} said */
function differences(name, instants, said) {
  const format = new Intl.DateTimeFormat("en-US",
    { timeZone: name, hour: "numeric", timeZoneName: "longOffset" });
  const found = [];
  for (let i = 0; i < instants.length; i++) {
    const at = Number(instants[i]);
    if (intlSeconds(format.format(at)) !== said[i]) found.push({ at, seconds: said[i] });
  }
  return found;
}

/** Whether libc says of each instant what the core says.
 * @param {string} name @param {{at: number, seconds: number}[]} found */
function libcAgrees(name, found) {
  const input = found.map(({ at }) => `@${at / 1000 | 0}`).join("\n");
  const { stdout } = spawnSync("date", ["-f", "-", "+%:z"],
    { input, encoding: "utf8", env: { ...process.env, TZ: name }, maxBuffer: 1 << 26 });
  const said = stdout.trim().split("\n").map((text) => intlSeconds(`GMT${text}`));
  return said.length === found.length && said.every((seconds, i) => seconds === found[i].seconds);
}

test("every zone is the same as in Intl, at 10,000 instants and at each change", (t) => {
  const system = /version (\S+)/.exec(readFileSync(`${folder}/tzdata.zi`, "utf8"))?.[1];
  const own = process.versions.tz;
  const zones = readZones(folder);
  const instants = instantsOf(zones);
  const said = core(zones, instants);
  t.diagnostic(`seed ${seed}: ${zones.length} zones, tzdata ${system} against Intl's ${own}`);
  assert.ok(zones.length > 400);
  for (const [i, { name }] of zones.entries()) {
    const found = differences(name, instants[i], said[i]);
    if (found.length === 0) continue;
    const first = found.reduce((a, b) => (a.at < b.at ? a : b));
    const where = `${name} differs at ${found.length} instants (seed ${seed}), first at `
      + `${new Date(first.at).toISOString()}, where the core adds ${first.seconds} s`;
    assert.notEqual(system, own, where);
    assert.ok(libcAgrees(name, found), `${where}; libc says something else with the same data`);
    t.diagnostic(`${where}: Intl has tzdata ${own}, libc with ${system} agrees with the core`);
  }
});
