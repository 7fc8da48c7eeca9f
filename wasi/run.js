#!/usr/bin/env node
// The command form under Node: a request (or batch) per line on stdin, a reply per line on
// stdout. It drives the reactor with the same imports as the server, because one long run of
// the command under node:wasi crashes Node.
//   node wasi/run.js --data FOLDER   (database FOLDER/desk.sqlite3)   |   node wasi/run.js --memory
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Desk } from "../hosts/js/desk.js";
import { lockFolder } from "../hosts/node/lock.js";

const usage = "usage: node wasi/run.js --data FOLDER | --memory [--wasm FILE]";
const built = new URL("../build/desk_wasi.wasm", import.meta.url);

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}

function settings() {
  try {
    const { values } = parseArgs({ options: {
      data: { type: "string" }, memory: { type: "boolean" }, wasm: { type: "string" },
    } });
    if ((values.data === undefined) === !values.memory) fail(usage);
    return values;
  } catch (error) {
    return fail(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
}

/** The core takes no lock under WASI, so a second process would spoil the file unnoticed.
 * @param {string} folder */
function held(folder) {
  try {
    return lockFolder(folder);
  } catch (error) {
    return fail(/** @type {Error} */ (error).message);
  }
}

/** All of it, even when the reader is slow: a pipe may take a part at a time.
 * @param {string} line */
function print(line) {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (/** @type {any} */ (error).code !== "EAGAIN") throw error;
    }
  }
}

const { data, wasm = built } = settings();
const lock = data === undefined ? null : held(data);
const desk = await Desk.load(readFileSync(wasm),
  data === undefined ? {} : { path: join(data, "desk.sqlite3") });

// Bytes, not text: what is not UTF-8 must reach the core as it came and be refused there.
/** @type {Buffer[]} */
let begun = [];
for await (const part of process.stdin) {
  let from = 0;
  for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, from)) {
    print(desk.requestText(Buffer.concat([...begun, part.subarray(from, end)])));
    begun = [];
    from = end + 1;
  }
  if (from < part.length) begun.push(part.subarray(from));
}
if (begun.length > 0) print(desk.requestText(Buffer.concat(begun)));
desk.close();
lock?.release();
