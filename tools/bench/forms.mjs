// A million contact forms of 300 clinics over four years in one file: the inbox, the archive, the
// search and the response time asked through the core, and starting up on it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync,
  writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Desk } from "../../hosts/js/desk.js";
import { root } from "../setup/run.mjs";
import { built } from "./story.mjs";

/** @typedef {(row: import("./table.mjs").Row) => void} Add */
/** @typedef {{what: string, at_most: number, lines: string[]}} Kind */

const forms = 1_000_000;
const clinics = 300;
const big_clinic = 1;
const calls = 300;
const rounds = 3;
const now = 1_767_225_600_000;
const gigabyte = 1 << 30;

/** @param {Add} add */
export async function benchForms(add) {
  execFileSync("ninja", ["-C", join(root, "build", "cmake", "native"), "desk_bench",
    "desk_bench_forms"]);
  const folder = mkdtempSync(join(tmpdir(), "clinicdesk-bench-"));
  try {
    const path = await filled(add, folder);
    const kinds = asked(await threadsOf(path));
    await startUp(add, folder, path);
    const wasi = await wasiTimes(path, kinds);
    const native = nativeTimes(folder, path, kinds);
    for (const { what, at_most } of kinds) {
      add({ what: `${what}, wasi, p50`, value: percentile(wasi[what], 0.5), unit: "ms" });
      add({ what: `${what}, wasi, p99`, value: percentile(wasi[what], 0.99), unit: "ms", at_most });
      add({ what: `${what}, native, p99`, value: percentile(native[what], 0.99), unit: "ms" });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The file is the same each time, so it is made where BENCH_FORMS says it is kept, if it does.
 * @param {Add} add @param {string} folder */
async function filled(add, folder) {
  const kept = process.env.BENCH_FORMS;
  const path = kept ?? join(folder, "forms.sqlite3");
  if (!existsSync(path)) {
    const making = `${path}.new`;
    rmSync(making, { force: true });
    const began = performance.now();
    execFileSync(join(root, "build", "desk_bench_forms"),
      [making, String(forms), String(clinics)]);
    renameSync(making, path);
    add({ what: `making ${forms.toLocaleString("en")} forms and their index`,
      value: (performance.now() - began) / 1000, unit: "s" });
  }
  add({ what: "  the file", value: statSync(path).size / gigabyte, unit: "GB" });
  return path;
}

/** A clinic each time, the big one among them every tenth. @param {number} index */
const clinicOf = (index) => index % 10 === 0 ? big_clinic : 2 + (index * 7919) % (clinics - 1);

/** @param {string} op @param {number} clinic_id @param {object} input */
const line = (op, clinic_id, input) => JSON.stringify({ op, now,
  actor: { role: "representative", agent_id: clinic_id }, in: input });

/** @param {string} what @param {number} at_most @param {(index: number) => string} each
 * @returns {Kind} */
const kind = (what, at_most, each) =>
  ({ what, at_most, lines: Array.from({ length: calls }, (_, index) => each(index)) });

/** Polish clinics have odd numbers. @param {number} index @param {string} polish
 * @param {string} russian */
const words = (index, polish, russian) => clinicOf(index) % 2 === 1 ? polish : russian;

/** @param {string} what @param {(index: number) => string} text */
const search = (what, text) => kind(`search: ${what}`, 50, (index) =>
  line("search", clinicOf(index), { text: text(index) }));

const syllables = ["ka", "po", "bie", "ro", "ma", "wo", "ne", "sta", "prze", "li", "cze", "ty"];
const cyrillic = ["ко", "по", "бе", "ро", "ма", "во", "не", "ста", "пре", "ли", "че", "ты"];

/** Three syllables: a name here, a word that hardly anybody uses there. @param {number} index */
const rare = (index) => [1, 5, 7].map((step) =>
  words(index, ...pair((index * step + step) % 12))).join("");
/** @param {number} index @returns {[string, string]} */
const pair = (index) => [syllables[index], cyrillic[index]];

/** The newest that the big clinic has done with.
 * @param {string} path @returns {Promise<number[]>} */
async function threadsOf(path) {
  const desk = await Desk.load(readFileSync(built("desk_wasi.wasm")), { path });
  const text = line("contact_form.list", big_clinic, { scope: "done", limit: 200 });
  const { ok: { contact_forms } } = JSON.parse(desk.requestText(text));
  desk.close();
  return contact_forms.map((/** @type {any} */ each) => each.contact_form_id);
}

/** @param {number[]} threads @returns {Kind[]} */
function asked(threads) {
  return [
    kind("inbox", 50, (index) => line("contact_form.list", clinicOf(index), {})),
    kind("archive", 50, (index) => line("contact_form.list", clinicOf(index), { scope: "done" })),
    kind("archive of 20,000, nothing meets the filter", 50, () =>
      line("contact_form.list", big_clinic, { scope: "all", origin: "forwarded" })),
    kind("a question with its thread", 50, (index) => line("contact_form.get", big_clinic,
      { contact_form_id: threads[index % threads.length] })),
    search("a common word", (index) => words(index, "dzień", "здравствуйте")),
    search("a rare word", rare),
    search("two letters", (index) => words(index, "po", "по")),
    search("one letter", (index) => words(index, "p", "п")),
    search("a name of two words", (index) => `${rare(index)} ${rare(index + 1)}`),
    search("two common words", (index) => words(index, "dzień ból", "добрый боль")),
    search("part of a number", (index) => String(100 + index)),
    kind("search: a common word, page 40", 50, (index) => line("search", big_clinic,
      { text: "dzień", before_id: 1_000_000 + 1000 * index })),
    kind("response time of a clinic", 5, (index) =>
      line("response_indicator.get", clinicOf(index), { clinic_id: clinicOf(index) })),
    kind("response time of a doctor", 5, (index) =>
      line("response_indicator.get", clinicOf(index),
        { practitioner_id: 2 * clinicOf(index) - index % 2 })),
  ];
}

/** @typedef {{what: string, text: string, index: number}} Call */

/** All kinds in turn, so that none has the pages of the last call to itself; and that again,
 * because the best of each call's rounds counts: what else the machine does can only slow a round
 * down. The file is sixty times the core's own cache, so a later round finds little of it there.
 * @param {Kind[]} kinds @returns {Call[]} */
const inTurn = (kinds) => Array.from({ length: rounds * calls }, (_, turn) => kinds.map(
  ({ what, lines }) => ({ what, text: lines[turn % calls], index: turn % calls }))).flat();

/** @param {Record<string, number[]>} best @param {Call} call @param {number} took */
function keepBest(best, { what, index }, took) {
  best[what][index] = Math.min(best[what][index] ?? Infinity, took);
}

/** Milliseconds by kind. @param {string} path @param {Kind[]} kinds */
async function wasiTimes(path, kinds) {
  const desk = await Desk.load(readFileSync(built("desk_wasi.wasm")), { path });
  const best = empty(kinds);
  for (const call of inTurn(kinds)) {
    const began = performance.now();
    const reply = desk.requestText(call.text);
    keepBest(best, call, performance.now() - began);
    if (reply.includes('"error":{')) throw new Error(`${call.what}: ${reply.slice(0, 300)}`);
  }
  desk.close();
  return best;
}

/** @param {string} folder @param {string} path @param {Kind[]} kinds */
function nativeTimes(folder, path, kinds) {
  const turns = inTurn(kinds);
  const file = join(folder, "lines");
  writeFileSync(file, turns.map(({ text }) => `${text}\n`).join(""));
  const told = execFileSync(join(root, "build", "desk_bench"), ["each", path, file],
    { encoding: "utf8", maxBuffer: 1 << 26 }).trim().split("\n");
  const best = empty(kinds);
  for (const [at, call] of turns.entries()) keepBest(best, call, Number(told[at]));
  return best;
}

/** @param {Kind[]} kinds @returns {Record<string, number[]>} */
const empty = (kinds) => Object.fromEntries(kinds.map(({ what }) => [what, []]));

/** @param {number[]} times @param {number} part */
function percentile(times, part) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)];
}

/** Opening, and the first answer, which finds what is due. @param {string} path */
async function firstAnswer(path) {
  const wasm = readFileSync(built("desk_wasi.wasm"));
  const began = performance.now();
  const desk = await Desk.load(wasm, { path });
  desk.requestText(JSON.stringify({ op: "clock.tick", now, actor: { role: "host" }, in: {} }));
  const spent = performance.now() - began;
  desk.close();
  return spent;
}

/** In turn, and the best of each counts. @param {Add} add @param {string} folder
 * @param {string} path */
async function startUp(add, folder, path) {
  const none = join(folder, "none");
  mkdirSync(none);
  let [little, much] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round += 1) {
    little = Math.min(little, await firstAnswer(join(none, "desk.sqlite3")));
    much = Math.min(much, await firstAnswer(path));
  }
  add({ what: "start-up on it, wasi, until the first answer", value: much, unit: "ms" });
  add({ what: "  more than on an empty file", value: much - little, unit: "ms", at_most: 1000 });
}
