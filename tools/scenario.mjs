// tools/scenario.mjs: plays the transcripts of tests/scenarios on the three builds.
// A step is a line "HH:MM who does what"; what the desk answered and sent stands indented below
// it. A transcript that no longer tells the truth fails; UPDATE=1 writes the truth into it.
//   node tools/scenario.mjs [FILE …]
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { players } from "./scenario/builds.mjs";
import { World } from "./scenario/world.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "tests/scenarios");

/** The transcript with what really happened under each step. @param {string} text */
export async function play(text, build) {
  const world = new World(build);
  const lines = [];
  for (const line of text.trimEnd().split("\n")) {
    if (/^ {4}/.test(line)) continue;
    lines.push(line);
    for (const seen of world.step(line)) lines.push(`    ${seen}`);
  }
  return { text: `${lines.join("\n")}\n`, requests: world.requests, replies: world.replies };
}

/** The first line in which two texts differ. @param {string} told @param {string} seen */
function difference(told, seen) {
  const [a, b] = [told.split("\n"), seen.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  const i = at < 0 ? a.length : at;
  return `line ${i + 1}\n  told: ${a[i] ?? "(nothing)"}\n  seen: ${b[i] ?? "(nothing)"}`;
}

/** Plays one file on all builds; returns what is wrong, or null. */
async function check(file, builds) {
  const told = readFileSync(file, "utf8");
  const first = await play(told, await builds.wasi());
  const asked = [...first.requests, JSON.stringify(
    { op: "core.hash", now: 1, actor: { role: "host" }, in: {} })];
  const wanted = await (await builds.wasi()).replay(asked);
  for (const name of ["native", "emscripten"]) {
    const replies = await (await builds[name]()).replay(asked);
    const at = replies.findIndex((reply, i) => reply !== wanted[i]);
    if (at >= 0) {
      return `${name} answers request ${at + 1} otherwise\n  ${asked[at]}\n`
        + `  wasi:  ${wanted[at]}\n  ${name}: ${replies[at]}`;
    }
  }
  if (first.text === told) return null;
  if (process.env.UPDATE) {
    writeFileSync(file, first.text);
    return null;
  }
  return difference(told, first.text);
}

async function main() {
  const named = process.argv.slice(2);
  const files = named.length ? named
    : readdirSync(folder).filter((f) => f.endsWith(".txt")).sort().map((f) => join(folder, f));
  let failed = 0;
  for (const file of files) {
    const wrong = await check(file, players(root)).catch((error) => error.stack ?? String(error));
    if (wrong) failed++;
    const name = basename(file, ".txt");
    console.log(wrong ? `not ok - ${name}: ${wrong}` : `ok - ${name}`);
  }
  console.log(`${files.length - failed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
