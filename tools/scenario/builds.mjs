// builds.mjs: the three builds behind one shape: a request line in, a reply line out.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Desk } from "../../hosts/js/desk.js";

/** @param {string} root */
export function players(root) {
  const wasm = (file) => async () => {
    const desk = await Desk.load(readFileSync(join(root, "build", file)));
    const ask = (line) => desk.requestText(line);
    return { ask, replay: (lines) => lines.map(ask) };
  };
  return {
    wasi: wasm("desk_wasi.wasm"),
    emscripten: wasm("desk.wasm"),
    native: async () => ({ replay: (lines) => native(root, lines) }),
  };
}

/** The command form answers a line for a line. @param {string} root @param {string[]} lines */
function native(root, lines) {
  const run = spawnSync(join(root, "build/desk_cli"), {
    input: `${lines.join("\n")}\n`, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`desk_cli ended with ${run.status}: ${run.stderr}`);
  return run.stdout.trimEnd().split("\n");
}
