// The core for every place it runs in: WASI, pages, native; with --tests under sanitizers too.
// CMake and Ninja know what is stale; here is only which trees there are and how they are made.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { onPath, root, runBeside, say, seconds } from "./run.mjs";

/** @typedef {{name: string, args: string[]}} Tree */

/** @returns {Tree[]} */
function trees() {
  const compiler = onPath("clang-19") ? ["-DCMAKE_C_COMPILER=clang-19"] : [];
  return [
    { name: "wasi", args: ["-DCMAKE_TOOLCHAIN_FILE=cmake/wasi.cmake"] },
    { name: "emscripten", args: ["-DCMAKE_TOOLCHAIN_FILE=cmake/emscripten.cmake"] },
    { name: "native", args: compiler },
    { name: "checked", args: [...compiler, "-DDESK_TESTS=ON"] },
    { name: "coverage", args: [...compiler, "-DDESK_COVERAGE=ON",
      `-DDESK_OUTPUT=${join(root, "build", "coverage")}`] },
  ];
}

/** One tree alone, by its name. @param {string} name */
export async function buildTree(name) {
  for (const tree of trees()) if (tree.name === name) await build(tree);
}

/** @param {{tests: boolean}} options */
export async function buildModules({ tests }) {
  if (!existsSync(join(root, "core", "desk.h"))) return say("no core here yet: nothing to build");
  const wanted = ["wasi", "emscripten", "native", ...(tests ? ["checked"] : [])];
  const waiting = trees().filter((tree) => wanted.includes(tree.name));
  // SQLite is one file, so one tree keeps one processor busy; more trees than processors only
  // take memory from each other.
  const lanes = Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let tree = waiting.shift(); tree; tree = waiting.shift()) await build(tree);
  });
  const ended = await Promise.allSettled(lanes);
  const failed = ended.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
}

/** @param {Tree} tree */
async function build({ name, args }) {
  const began = performance.now();
  const folder = join("build", "cmake", name);
  if (!existsSync(join(root, folder, "build.ninja"))) {
    const node = `-DDESK_NODE=${process.execPath}`;
    await runBeside("cmake", ["-S", ".", "-B", folder, "-G", "Ninja", node, ...args]);
  }
  if (!existsSync(join(root, folder, ".ninja_log"))) say(`${name}: building SQLite and the core`);
  const said = await runBeside("ninja", ["-C", folder]);
  if (!/no work to do/.test(said)) say(`${name} built in ${seconds(began)}`);
}
