// tools/gen.mjs: what is made from desk_describe(): the types of the binding, core/REFERENCE.md
// and the golden table of what each machine takes and refuses. --check only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Desk } from "../hosts/js/desk.js";
import { reference, matrix } from "./gen/reference.mjs";
import { types } from "./gen/types.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const desk = await Desk.load(readFileSync(join(root, "build/desk_wasi.wasm")));
const described = desk.describe();
desk.close();

const made = {
  "hosts/js/desk.d.ts": types(described),
  "core/REFERENCE.md": reference(described),
  "tests/machines/refused_matrix.txt": matrix(described),
};

/** @param {string} file */
function onDisk(file) {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return "";
  }
}

const stale = Object.entries(made).filter(([file, text]) => onDisk(file) !== text);
if (process.argv.includes("--check")) {
  for (const [file] of stale) console.log(`not ok - ${file} is stale: run npm run gen`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [file, text] of stale) writeFileSync(join(root, file), text);
  console.log(`${stale.length} of ${Object.keys(made).length} files written`);
}
