// Style by machine: what a reader should never have to say in a review. Prints every breach as
// path:line and exits with 1 if there is one. Reads the files of git and what is not ignored.
//   node tools/tidy.mjs
// Read next: tidy/rules.mjs, the rules; tests/tools/tidy.test.js plants a breach of each.
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { breaches } from "./tidy/rules.mjs";
import { root } from "./setup/run.mjs";

const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
if (listed.status !== 0) {
  console.error(`tidy: git cannot list the files: ${listed.stderr}`);
  process.exit(2);
}
/** @type {Map<string, Buffer>} */
const tree = new Map();
for (const path of listed.stdout.split("\0")) {
  const full = join(root, path);
  // Listed and already gone again: somebody is working here.
  if (path === "" || !existsSync(full) || !lstatSync(full).isFile()) continue;
  tree.set(path, readFileSync(full));
}
const found = breaches(tree);
for (const { path, line, message } of found) console.log(`${path}:${line}: ${message}`);
console.log(`tidy: ${tree.size} files, ${found.length === 0 ? "nothing" : found.length} to say`);
process.exitCode = found.length === 0 ? 0 : 1;
