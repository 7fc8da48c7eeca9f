// Running other programs, and saying in plain lines what was done and how long it took.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Something the reader can act on; anything else that is thrown is a bug and keeps its stack. */
export class Failure extends Error {}

/** @param {string} line */
export const say = (line) => console.log(`setup: ${line}`);

/** @param {number} since milliseconds from performance.now() */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** @param {string} command */
export function onPath(command) {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, command)));
}

/**
 * Runs to the end and fails loudly: its output is shown only when it went wrong.
 * @param {string} command @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: root, encoding: "utf8", maxBuffer: 1 << 28, ...options,
  });
  if (done.error) throw new Failure(`${command} could not be started: ${done.error.message}`);
  if (done.status !== 0) {
    const said = `${done.stdout ?? ""}${done.stderr ?? ""}`.trimEnd().split("\n").slice(-40);
    throw new Failure(`${command} ${args.join(" ")} failed:\n${said.join("\n")}`);
  }
  return String(done.stdout ?? "");
}

/**
 * The same without blocking, so that two compilers can run side by side.
 * @param {string} command @param {string[]} args @returns {Promise<string>}
 */
export function runBeside(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (part) => (said += part));
    child.stderr.on("data", (part) => (said += part));
    child.on("error", (error) =>
      reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on("close", (status) => {
      if (status === 0) return resolve(said);
      const lines = said.trimEnd().split("\n").slice(-60).join("\n");
      reject(new Failure(`${command} ${args.join(" ")} failed:\n${lines}`));
    });
  });
}

/**
 * One setup at a time in a checkout: two compilers in one folder spoil each other's files.
 * @param {() => Promise<void>} work
 */
export async function alone(work) {
  const lock = join(root, "build", "setup.lock");
  mkdirSync(dirname(lock), { recursive: true });
  let told = false;
  while (!claimed(lock)) {
    if (!told) say("waiting for the setup that holds build/setup.lock");
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function claimed(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {any} */ (error).code !== "EEXIST") throw error;
  }
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    // An owner that has just made the file has not written its number yet.
    if (owner > 0) process.kill(owner, 0);
  } catch (error) {
    if (/** @type {any} */ (error).code === "ESRCH") rmSync(lock, { force: true });
  }
  return false;
}
