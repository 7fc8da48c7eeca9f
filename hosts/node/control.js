// The operator's door: a socket in the data folder, open to whoever may enter that folder.
// One JSON line in, one out. Today it knows one thing: copy the database as it stands.
import { createConnection, createServer } from 'node:net';
import { closeSync, openSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';

const SOCKET_FILE = 'control.sock';
const SOCKET_PATH_BYTES_MAX = 100;

/** A socket's address is short by nature; a deep folder is reached through its descriptor.
 * @param {string} folder */
function addressOf(folder) {
  const path = join(folder, SOCKET_FILE);
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX) return { path, free: () => {} };
  const handle = openSync(folder, 'r');
  return { path: `/proc/self/fd/${handle}/${SOCKET_FILE}`, free: () => closeSync(handle) };
}

/** @param {string} folder held by this process, so an old socket in it is nobody's
 * @param {{copyTo: (path: string) => Promise<void>}} engine @param {any} log
 * @returns {Promise<{close: () => Promise<void>}>} */
export async function openControl(folder, engine, log) {
  rmSync(join(folder, SOCKET_FILE), { force: true });
  const address = addressOf(folder);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).once('line', async (line) => {
      socket.end(`${JSON.stringify(await obey(line, engine, log))}\n`);
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: address.path }, () => resolve(undefined));
  });
  return {
    close: () => new Promise((resolve) => {
      server.close(() => {
        address.free();
        resolve(undefined);
      });
    }),
  };
}

async function obey(line, engine, log) {
  try {
    const { copy_to: to } = JSON.parse(line);
    if (typeof to !== 'string' || !isAbsolute(to)) return { error: 'copy_to: an absolute path' };
    const begun = performance.now();
    await engine.copyTo(to);
    log.info({ ms: Math.round(performance.now() - begun) }, 'the database was copied');
    return { ok: true };
  } catch (error) {
    return { error: String(error?.message ?? error) };
  }
}

/** Asks the server that runs on this folder. Null when none does.
 * @param {string} folder @param {object} wish @returns {Promise<any|null>} */
export function askServer(folder, wish) {
  const address = addressOf(folder);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: address.path });
    const finish = (settle, value) => {
      address.free();
      settle(value);
    };
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(wish)}\n`));
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('error', (error) => {
      const absent = ['ENOENT', 'ECONNREFUSED'].includes(/** @type {any} */ (error).code);
      finish(absent ? resolve : reject, absent ? null : error);
    });
    socket.on('end', () => {
      if (text === '') return finish(reject, new Error('the server ended the talk'));
      return finish(resolve, JSON.parse(text));
    });
  });
}
