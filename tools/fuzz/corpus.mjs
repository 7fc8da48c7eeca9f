// Inputs that are kept. In the repository: tests/fuzz/corpus/TARGET/, all of it text. `seeds.txt`
// holds many, one a paragraph; any other file is one input, a `.hex` file its bytes in hexadecimal.
// What a run finds on its way lies in build/fuzz/corpus/TARGET and grows from run to run.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { root } from "../setup/run.mjs";
import { programs } from "./build.mjs";

const kept = join(root, "tests", "fuzz", "corpus");

/** @param {string} target @returns {{name: string, bytes: Buffer}[]} */
export function keptInputs(target) {
  const folder = join(kept, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().flatMap((file) => {
    const bytes = readFileSync(join(folder, file));
    if (file.endsWith(".hex")) {
      return [{ name: file, bytes: Buffer.from(bytes.toString("latin1").trim(), "hex") }];
    }
    if (file !== "seeds.txt") return [{ name: file, bytes }];
    return bytes.toString("utf8").trimEnd().split("\n\n").map((text, index) =>
      ({ name: `${file}:${index + 1}`, bytes: Buffer.from(text) }));
  });
}

/** Writes the kept inputs as files of their own, for libFuzzer. @param {string} target
 * @param {"corpus"|"slice"} [gathering] where new ones go: `slice` begins empty
 * @returns {{seeds: string, corpus: string, found: string}} folders */
export function foldersOf(target, gathering = "corpus") {
  const [seeds, corpus, found] = ["seeds", gathering, "found"]
    .map((kind) => join(programs, kind, target));
  rmSync(seeds, { recursive: true, force: true });
  if (gathering === "slice") rmSync(corpus, { recursive: true, force: true });
  for (const folder of [seeds, corpus, found]) mkdirSync(folder, { recursive: true });
  for (const { bytes } of keptInputs(target)) writeFileSync(join(seeds, digestOf(bytes)), bytes);
  return { seeds, corpus, found };
}

/** @param {Uint8Array} bytes */
export const digestOf = (bytes) => createHash("sha1").update(bytes).digest("hex");

/** Puts a finding where it can be looked at and copied into the repository from.
 * @param {string} target @param {Uint8Array} bytes @returns {string} the file */
export function keepFinding(target, bytes) {
  const folder = join(programs, "found", target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `crash-${digestOf(bytes).slice(0, 12)}`);
  writeFileSync(path, bytes);
  return path;
}
