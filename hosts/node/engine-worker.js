// The core's thread. Takes one text (a batch) at a time, answers with one text.
// Knows nothing of what the texts mean. Read next: engine.js, the other end of the port.
import { parentPort, workerData } from 'node:worker_threads';
import {
  closeSync, constants, copyFileSync, existsSync, fsyncSync, openSync, rmSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const { wasm, folder, file, binding } = workerData;
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
let compiled = null;
let desk = null;
let last = Promise.resolve();

port.on('message', (message) => {
  last = last.then(() => answer(message)).then((reply) => port.postMessage(reply));
});

async function answer(message) {
  if (message.text !== undefined) return run(message.text);
  if (message.copy_to !== undefined) return copy(message.copy_to);
  desk?.close();
  desk = null;
  return { closed: true };
}

/** A trap leaves the instance's memory in no known state: it is dropped, and the file, which only
 * whole commits reach, is opened again for the next text. */
async function run(text) {
  const begun = performance.now();
  try {
    desk ??= await open();
  } catch (error) {
    return { unopened: String(error?.stack ?? error) };
  }
  try {
    const reply = text === '' ? JSON.stringify(desk.describe()) : desk.requestText(text);
    return { reply, ms: performance.now() - begun };
  } catch (error) {
    drop();
    return { trap: String(error?.stack ?? error) };
  }
}

async function open() {
  const { Desk } = await import(binding);
  compiled ??= await WebAssembly.compile(await readFile(wasm));
  return Desk.load(compiled, { path: file, root: folder });
}

function drop() {
  const dead = desk;
  desk = null;
  try {
    dead.close();
  } catch {
    // What is dropped owes nothing; its descriptors go with the process.
  }
}

/** Database and log as they stand between two commits: together they are one consistent state. */
function copy(to) {
  try {
    for (const suffix of ['', '-wal']) {
      const from = join(folder, file + suffix);
      rmSync(to + suffix, { force: true });
      if (!existsSync(from)) continue;
      copyFileSync(from, to + suffix, constants.COPYFILE_FICLONE);
      const copied = openSync(to + suffix, 'r+');
      fsyncSync(copied);
      closeSync(copied);
    }
    return { copied: true };
  } catch (error) {
    return { copied: false, message: String(error?.message ?? error) };
  }
}
