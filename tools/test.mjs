// Everything that is proven, by one command. Exits with 1 when anything fails or is skipped.
//   node tools/test.mjs [--fast]
// --fast leaves out files ending in .slow.test.js and the second round on the newer Node.
// Read next: test/parts.mjs, what is run; test/reporter.mjs, what is printed of it.
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
for (const { name, run } of parts({ fast: flags.includes("--fast") })) {
  console.log(`\n== ${name}`);
  const since = performance.now();
  const { passed, failed, stop = false } = run();
  total.passed += passed;
  total.failed += failed;
  const took = `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const mark = failed === 0 ? "ok  " : "FAIL";
  summary.push(`${mark} ${name}: ${passed} passed, ${failed} failed, ${took}`);
  // Without a build the rest would only repeat that there is none.
  if (stop) break;
}
console.log(`\n${summary.join("\n")}`);
console.log(`in ${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
