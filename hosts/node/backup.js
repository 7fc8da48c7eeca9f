// npm run backup -- FILE: one consistent copy of the database, while the server runs or not.
// npm run restore -- FILE: puts such a copy back; refused while a server holds the folder.
// Both let the core verify the copy before they call it one. Read next: control.js.
import {
  closeSync, constants, copyFileSync, existsSync, fsyncSync, linkSync, openSync, readFileSync,
  renameSync, rmSync, statSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Desk } from '../js/desk.js';
import { askServer } from './control.js';
import { DATABASE_FILE } from './engine.js';
import {
  EPOCH_FILE, PUSH_KEY_FILE, SECRET_FILE, loadConfig, newEpoch, syncFolder, writePrivate,
} from './config.js';
import { WASM, schemaOf } from './host.js';
import { lockFolder } from './lock.js';

const PARTS = ['', '-wal'];

/** @param {{config: any, file: string, now?: number}} what
 * @returns {Promise<{bytes: number, secret: boolean}>} */
export async function backup({ config, file, now = Date.now() }) {
  const target = resolve(file);
  const partial = `${target}.partial`;
  try {
    await copyOut(config.data, partial);
    await verify(partial, now);
    renameSync(partial, target);
  } finally {
    removeParts(partial);
  }
  const kept = keysOf(config).filter((name) => existsSync(join(config.data, name)));
  for (const name of kept) {
    replacePrivate(`${target}.${name}`, readFileSync(join(config.data, name), 'utf8').trim());
  }
  syncFolder(dirname(target));
  return { bytes: statSync(target).size, secret: kept.includes(SECRET_FILE) };
}

/** The files of keys that belong to a database: what its links and its devices are bound to. A key
 * that stands in the settings is theirs to keep. */
function keysOf({ secret, push }) {
  return [...(secret ? [] : [SECRET_FILE]), ...(push?.private_key ? [] : [PUSH_KEY_FILE])];
}

async function copyOut(folder, partial) {
  const answer = await askServer(folder, { copy_to: partial });
  if (answer?.error) throw new Error(answer.error);
  if (answer) return;
  const lock = lockFolder(folder);
  try {
    if (!existsSync(join(folder, DATABASE_FILE))) {
      throw new Error(`there is no database in ${folder}`);
    }
    copyParts(join(folder, DATABASE_FILE), partial);
  } finally {
    lock.release();
  }
}

function copyParts(from, to) {
  for (const part of PARTS) {
    rmSync(to + part, { force: true });
    if (!existsSync(from + part)) continue;
    copyFileSync(from + part, to + part, constants.COPYFILE_FICLONE);
    const copied = openSync(to + part, 'r+');
    fsyncSync(copied);
    closeSync(copied);
  }
}

function removeParts(path) {
  for (const part of PARTS) rmSync(path + part, { force: true });
}

/** Opens the copy as any database is opened, which also folds the log into the file, and has the
 * core check every page and the chain of history. */
async function verify(path, now) {
  await asked(path, (desk) => {
    const found = desk.call('core.verify', {}, { now, actor: { role: 'host' } });
    if (found.chain !== 'ok' || found.pages !== 'ok') {
      throw new Error(`the copy is damaged: ${JSON.stringify(found)}`);
    }
  });
}

/** @param {string} path @param {(desk: Desk) => void} ask */
async function asked(path, ask) {
  const desk = await Desk.load(await readFile(WASM), {
    path: `/${basename(path)}`, root: dirname(path),
  });
  try {
    ask(desk);
  } finally {
    desk.close();
  }
  const log = `${path}-wal`;
  if (existsSync(log) && statSync(log).size > 0) {
    throw new Error('the copy still needs its log; it was not closed whole');
  }
  rmSync(log, { force: true });
}

/** @param {{config: any, file: string, now?: number}} what
 * @returns {Promise<{kept: string|null, secret: boolean}>} kept: where the replaced data went */
export async function restore({ config, file, now = Date.now() }) {
  const source = resolve(file);
  if (!existsSync(source)) throw new Error(`there is no file ${file}`);
  const folder = config.data;
  const lock = lockFolder(folder);
  try {
    const arriving = join(folder, `${DATABASE_FILE}.arriving`);
    copyParts(source, arriving);
    await verify(arriving, now);
    // Nothing that was given out since the backup may open what is made from now on.
    await asked(arriving, (desk) => desk.call('core.restored', {},
      { now, actor: { role: 'host' } }));
    const suffix = `.before-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
    const kept = await keepOld(folder, suffix, now);
    // Its effects bear numbers that providers may already know from later messages.
    replacePrivate(join(folder, EPOCH_FILE), newEpoch());
    renameSync(arriving, join(folder, DATABASE_FILE));
    const keys = keysOf(config).filter((name) =>
      restoreKey(join(folder, name), `${source}.${name}`, suffix));
    syncFolder(folder);
    return { kept, secret: keys.includes(SECRET_FILE) };
  } finally {
    removeParts(join(folder, `${DATABASE_FILE}.arriving`));
    lock.release();
  }
}

/** Nothing is destroyed: what is replaced keeps its bytes under a second name. The first name is
 * never vacant, so that a kill in between cannot make a server start with nothing; and no log of
 * the old database is left beside the new one. */
async function keepOld(folder, suffix, now) {
  const database = join(folder, DATABASE_FILE);
  if (!existsSync(database)) return null;
  await foldLog(database, now);
  for (const part of ['-wal', '-shm', '-journal']) {
    if (existsSync(database + part)) renameSync(database + part, database + suffix + part);
  }
  linkSync(database, database + suffix);
  return database + suffix;
}

/** Opened and closed, a database stands without its log. One that does not open keeps it: its log
 * goes aside with it. */
async function foldLog(database, now) {
  try {
    await verify(database, now);
  } catch {
    // It is about to be replaced; in which state it is changes nothing.
  }
}

function restoreKey(path, from, suffix) {
  if (!existsSync(from)) return false;
  const key = readFileSync(from, 'utf8').trim();
  if (existsSync(path)) {
    if (readFileSync(path, 'utf8').trim() === key) return true;
    renameSync(path, path + suffix);
  }
  writePrivate(path, key);
  return true;
}

function replacePrivate(path, text) {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  writePrivate(next, text);
  renameSync(next, path);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true, options: { config: { type: 'string' } },
  });
  const [verb, file] = positionals;
  if (!['backup', 'restore'].includes(verb) || !file || positionals.length !== 2) {
    throw new Error('usage: npm run backup -- FILE, npm run restore -- FILE');
  }
  const config = await loadConfig({ path: values.config, schemaOf });
  if (verb === 'backup') {
    const { bytes, secret } = await backup({ config, file });
    console.log(`verified and written: ${file}, ${bytes} bytes`
      + `${secret ? `; its keys beside it: ${file}.${SECRET_FILE} and the like` : ''}`);
  } else {
    const { kept, secret } = await restore({ config, file });
    console.log(`verified and restored: ${file}${kept ? `; the replaced data: ${kept}` : ''}`);
    if (!secret && !config.secret) {
      console.log('no secret came with it: links and sessions that it knows may no longer work');
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => {
    console.error(`clinicdesk: ${error.message}`);
    process.exit(1);
  });
}
