// The fuzzers' own trees: SQLite, cJSON and the core with counters and sanitizers, and the WASI
// module that reads JSON. Nothing of them goes into the product, so the set-up does not build them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runBeside } from "../setup/run.mjs";

/** Where the programs are once they are built. */
export const programs = join(root, "build", "fuzz");

const trees = {
  fuzz: ["-DCMAKE_C_COMPILER=clang-19"],
  fuzz_wasi: ["-DCMAKE_TOOLCHAIN_FILE=cmake/wasi.cmake"],
};

/** Builds what is stale. @param {keyof typeof trees} name `fuzz` for the native programs,
 * `fuzz_wasi` for the module */
export async function buildFuzz(name) {
  const folder = join("build", "cmake", name);
  if (!existsSync(join(root, folder, "build.ninja"))) {
    await runBeside("cmake", ["-S", ".", "-B", folder, "-G", "Ninja", "-DDESK_FUZZ=ON",
      `-DDESK_NODE=${process.execPath}`, `-DDESK_OUTPUT=${programs}`, ...trees[name]]);
  }
  await runBeside("ninja", ["-C", folder, "fuzz"]);
}
