// The fuzzers' own trees: SQLite, cJSON and the core with counters and sanitizers; the quick one,
// in which SQLite has neither; and the WASI module that reads JSON. Nothing of them goes into the
// product, so the set-up does not build them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runBeside } from "../setup/run.mjs";

/** Where the programs are once they are built. */
export const programs = join(root, "build", "fuzz");
/** Where the quick ones are. */
export const quick_programs = join(root, "build", "fuzz_quick");

const native = ["-DCMAKE_C_COMPILER=clang-19"];
const trees = {
  fuzz: [...native, `-DDESK_OUTPUT=${programs}`],
  fuzz_quick: [...native, "-DDESK_FUZZ_QUICK=ON", `-DDESK_OUTPUT=${quick_programs}`],
  fuzz_wasi: ["-DCMAKE_TOOLCHAIN_FILE=cmake/wasi.cmake", `-DDESK_OUTPUT=${programs}`],
};

/** Builds what is stale. @param {keyof typeof trees} name `fuzz` and `fuzz_quick` for the native
 * programs, `fuzz_wasi` for the module */
export async function buildFuzz(name) {
  const folder = join("build", "cmake", name);
  if (!existsSync(join(root, folder, "build.ninja"))) {
    await runBeside("cmake", ["-S", ".", "-B", folder, "-G", "Ninja", "-DDESK_FUZZ=ON",
      `-DDESK_NODE=${process.execPath}`, ...trees[name]]);
  }
  await runBeside("ninja", ["-C", folder, "fuzz"]);
}
