// Everything that is proven, by one command. Exits with 1 when anything fails or is skipped.
//   node tools/test.mjs [--fast]
// --fast leaves out files ending in .slow.test.js and the second round on the newer Node.
// Read next: test/parts.mjs, what is run; test/reporter.mjs, what is printed of it.
import { availableParallelism } from "node:os";
import { digest } from "./test/digest.mjs";
import { parts } from "./test/parts.mjs";

const flags = process.argv.slice(2);
if (flags.some((flag) => flag !== "--fast")) {
  console.error("usage: node tools/test.mjs [--fast]");
  process.exit(2);
}
const began = performance.now();
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const summary = [];
/** @type {string[]} */
const troubles = [];
let stopped = false;
for (const turn of parts({ fast: flags.includes("--fast") })) {
  const waiting = [...turn];
  const lane = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      await play(part, turn.length === 1);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  // Without a build the rest would only repeat that there is none.
  if (stopped) break;
}
console.log(`\n${summary.join("\n")}`);
if (troubles.length > 0) console.log(`\nWhat failed, once more:\n${digest(troubles)}\n`);
console.log(`in ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {import("./test/parts.mjs").Part} part
 * @param {boolean} alone it may print while it runs */
async function play({ name, run }, alone) {
  if (alone) console.log(`\n== ${name}`);
  const since = performance.now();
  const { passed, failed, stop = false, said, troubles: found = [] } = await run();
  if (!alone) console.log(`\n== ${name}`);
  if (said) console.log(said.trimEnd());
  total.passed += passed;
  total.failed += failed;
  troubles.push(...found);
  stopped ||= stop;
  const took = `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const mark = failed === 0 ? "ok  " : "FAIL";
  summary.push(`${mark} ${name}: ${passed} passed, ${failed} failed, ${took}`);
}
