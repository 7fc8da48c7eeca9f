// A test file that does not end says what it still waits for, and is ended. Loaded into the process
// of every file (--import); after ten minutes, or TEST_PATIENCE_MS.
// Read next: parts.mjs, which runs the files.
import { beforeEach } from "node:test";

const patience_ms = Number(process.env.TEST_PATIENCE_MS ?? 600_000);

if (process.env.NODE_TEST_CONTEXT) {
  let current = "before its first test";
  beforeEach((test) => { current = `in: ${test.name}`; });
  setTimeout(() => {
    console.error(`still ${current}\n${waitedFor().join("\n")}`);
    process.exit(1);
  }, patience_ms).unref();
}

/** Every handle that keeps the process alive, in words. */
function waitedFor() {
  /** @type {any[]} */
  const handles = /** @type {any} */ (process)._getActiveHandles();
  return [...handles.map(inWords), process.getActiveResourcesInfo().join(" ")];
}

/** @param {any} handle */
function inWords(handle) {
  const { pid, spawnargs, exitCode, signalCode, killed, localPort, remotePort, fd } = handle;
  const facts = { pid, spawnargs, exitCode, signalCode, killed, localPort, remotePort, fd,
    listens: handle.address?.()?.port };
  return `${handle.constructor?.name ?? "handle"} ${JSON.stringify(facts)}`;
}
