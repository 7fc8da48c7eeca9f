// Measurements of this checkout on this machine, as one table. Exits with 1 when a figure that
// something is asked of misses it.
//   node tools/bench.mjs [core|sizes|timers|memory|http|page|forms …]
// Without names all are run. Read next: bench/*.mjs, a file per group.
import { spawnSync } from "node:child_process";
import { arch, cpus } from "node:os";
import { benchCore } from "./bench/core.mjs";
import { benchMemory, benchSizes, benchTimers } from "./bench/figures.mjs";
import { benchForms } from "./bench/forms.mjs";
import { benchHttp } from "./bench/http.mjs";
import { benchPage } from "./bench/page.mjs";
import { heading, met, printed } from "./bench/table.mjs";
import { root } from "./setup/run.mjs";

/** @typedef {(row: import("./bench/table.mjs").Row) => void} Add */
/** @type {Record<string, (add: Add) => Promise<void>>} */
const groups = {
  core: benchCore, sizes: benchSizes, timers: benchTimers, memory: benchMemory,
  http: benchHttp, page: benchPage, forms: benchForms,
};
const named = process.argv.slice(2);
const unknown = named.find((name) => !(name in groups));
if (unknown) {
  console.error(`bench: no group ${unknown}; there are ${Object.keys(groups).join(", ")}`);
  process.exit(2);
}
const setup = spawnSync(process.execPath, ["tools/setup.mjs", "--build"],
  { cwd: root, stdio: "inherit" });
if (setup.status !== 0) process.exit(1);

let missed = 0;
console.log(`${cpus().length} × ${cpus()[0].model}, ${arch()}, Node ${process.versions.node}\n`);
console.log(heading);
for (const name of named.length > 0 ? named : Object.keys(groups)) {
  await groups[name]((row) => {
    if (met(row) === false) missed += 1;
    console.log(printed(row));
  });
}
console.log(`\n${missed === 0 ? "all that is asked is met" : `${missed} missed`}`);
process.exitCode = missed === 0 ? 0 : 1;
