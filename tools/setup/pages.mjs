// The pages, bundled by web/build.mjs when anything they are made of is newer than they are.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runBeside, say, seconds } from "./run.mjs";

const script = join(root, "web", "build.mjs");
const stamp = join(root, "build", "web.stamp");

export async function buildPages() {
  if (!existsSync(script)) return;
  const newest = Math.max(newestIn(join(root, "web")), newestIn(join(root, "hosts", "js")),
    statSync(join(root, "package-lock.json")).mtimeMs);
  const output = join(root, "build", "web");
  if (existsSync(stamp) && existsSync(output) && statSync(stamp).mtimeMs > newest) return;
  const began = performance.now();
  await runBeside(process.execPath, [script]);
  mkdirSync(join(root, "build"), { recursive: true });
  writeFileSync(stamp, "");
  say(`pages built in ${seconds(began)}`);
}

/** @param {string} folder @returns {number} */
function newestIn(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(folder, entry.name);
    const time = entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs;
    return Math.max(newest, time, statSync(folder).mtimeMs);
  }, 0);
}
