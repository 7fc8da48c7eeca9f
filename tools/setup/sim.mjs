// The simulator's programs, beside the product's own builds and from the same objects.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildModules } from "./modules.mjs";
import { root, runBeside } from "./run.mjs";

const programs = {
  native: ["desk_sim", "desk_day", "desk_explore"],
  checked: ["desk_sim_checked", "desk_day_checked", "desk_explore_checked"],
  wasi: ["desk_sim_wasi"],
};

/** Builds what is missing or stale. */
export async function simPrograms() {
  const trees = Object.keys(programs).map((name) => join(root, "build", "cmake", name));
  if (!trees.every((tree) => existsSync(join(tree, "build.ninja")))) {
    await buildModules({ tests: true });
  }
  for (const [name, targets] of Object.entries(programs)) {
    await runBeside("ninja", ["-C", join("build", "cmake", name), ...targets]);
  }
}
