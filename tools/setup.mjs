// Makes this checkout ready: toolchain, libraries, modules, pages. Does only what is missing or
// stale, so that it can stand before every start. It never changes a tracked file.
//   node tools/setup.mjs [--build] [--tests]
// Read next: tools/setup/*.mjs, one file per thing that may be missing.
import { cjsonSources } from "./setup/cjson.mjs";
import { buildModules } from "./setup/modules.mjs";
import { nodeModules } from "./setup/node_modules.mjs";
import { buildPages } from "./setup/pages.mjs";
import { systemPackages } from "./setup/packages.mjs";
import { Failure, alone } from "./setup/run.mjs";

const wanted = new Set(process.argv.slice(2));
for (const flag of wanted) {
  if (flag !== "--build" && flag !== "--tests") {
    console.error(`setup: unknown option ${flag}; there are --build and --tests`);
    process.exit(2);
  }
}
const tests = wanted.has("--tests");

try {
  nodeVersion();
  await alone(async () => {
    systemPackages({ tests });
    nodeModules();
    cjsonSources();
    if (wanted.has("--build") || tests) await buildModules({ tests });
    if (wanted.has("--build")) await buildPages();
  });
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`setup: ${error.message}`);
  process.exit(1);
}

function nodeVersion() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(`Node ${process.versions.node} is too old: 20.19 or newer is needed`);
  }
}
