// What of the core the tests reach, by branch and by condition (MC/DC), counted by clang-19. Runs
// every C test, every transcript and every --also COMMAND against a core that counts, prints a
// table and below it whatever nothing reached. Exits with 1 when a total is below the floor.
//   node tools/coverage.mjs [--also "build/coverage/desk_sim --seed 1 --days 30" …]
// Read next: coverage/run.mjs, what is run; coverage/reached.mjs, how it is counted.
import { parseArgs } from "node:util";
import { defences } from "./coverage/defences.mjs";
import { reached } from "./coverage/reached.mjs";
import { exported, runAll } from "./coverage/run.mjs";
import { missed, table, total } from "./coverage/table.mjs";
import { cjsonSources } from "./setup/cjson.mjs";
import { buildTree } from "./setup/modules.mjs";
import { nodeModules } from "./setup/node_modules.mjs";
import { systemPackages } from "./setup/packages.mjs";
import { Failure, alone, root, runBeside } from "./setup/run.mjs";

const floor = { branches: 95, conditions: 95 };
const { values: { also = [] } } =
  parseArgs({ options: { also: { type: "string", multiple: true } } });

try {
  await alone(async () => {
    systemPackages({ tests: true });
    nodeModules();
    cjsonSources();
    await buildTree("wasi");
    await buildTree("coverage");
    // Programs that only somebody who names them waits for, such as the simulator.
    for (const command of also) {
      const name = /^build\/coverage\/(\w+)/.exec(command)?.[1];
      if (name) await runBeside("ninja", ["-C", "build/cmake/coverage", name]);
    }
  });
  await runAll(also);
  report();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`coverage: ${error.message}`);
  process.exitCode = 1;
}

function report() {
  const files = reached(exported(), root);
  const sum = total(files);
  console.log(table(files));
  console.log(`\nnothing reaches:\n${missed(files).map((line) => `  ${line}`).join("\n")}`);
  console.log(`\n${defences(root).join("\n")}`);
  const below = Object.entries(floor).filter(([what, least]) => {
    const { covered, count } = sum[/** @type {"branches"|"conditions"} */ (what)];
    return covered * 100 < least * count;
  });
  for (const [what, least] of below) console.log(`not ok - less than ${least} % of the ${what}`);
  console.log(below.length === 0 ? "ok - the floors hold" : "below the floor");
  if (below.length > 0) process.exitCode = 1;
}
