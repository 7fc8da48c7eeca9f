// What the tests of the server share: a server in this process or in one of its own, on a free
// port of 127.0.0.1 and a folder that goes away, and a client that sends exactly what it is told.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { createHash } from 'node:crypto';
import { loadConfig } from '../../hosts/node/config.js';
import { schemaOf, startHost } from '../../hosts/node/host.js';
import { openLog } from '../../hosts/node/log.js';

export const MAIN = fileURLToPath(new URL('../../hosts/node/main.js', import.meta.url));
export const API_KEY = 'a-key-for-tests';
const MANY = 1_000_000;
const PATIENCE_MS = 60_000;

/** @typedef {{after: (work: () => any) => void}} Scope a test, or whatever else ends */

/** Things end in the opposite order in which they began: a server before its folder goes.
 * @type {WeakMap<object, (() => any)[]>} */
const endings = new WeakMap();

/** @param {Scope} t @param {() => any} work */
export function atEnd(t, work) {
  const known = endings.get(t);
  if (known) {
    known.push(work);
    return;
  }
  const works = [work];
  endings.set(t, works);
  t.after(async () => {
    for (const each of works.reverse()) await each();
  });
}

/** What all tests of a file share ends with the file. @returns {Scope} */
export function fileScope() {
  const works = [];
  after(async () => {
    for (const work of works) await work();
  });
  return { after: (work) => { works.push(work); } };
}

/** @param {Scope} t @returns {string} a folder for one test */
export function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'clinicdesk-'));
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @param {string} folder @param {object} [more] sections laid over the defaults of the tests */
export function configIn(folder, more = {}) {
  return {
    listen: { port: 0 },
    data: join(folder, 'data'),
    api_keys: [{ name: 'tests', sha256: createHash('sha256').update(API_KEY).digest('hex') }],
    limits: {
      visitor_requests_per_minute: MANY, session_requests_per_minute: MANY,
      sign_in_requests_per_minute: MANY, public_requests_per_minute: MANY,
      public_sends_per_minute: MANY,
    },
    sms: { adapter: 'local', delivered_after_ms: 0 },
    mail: { adapter: 'local', delivered_after_ms: 0 },
    ...more,
  };
}

/** A server in this process. `lines` is its log, `clock.ms` its time.
 * @param {Scope} t
 * @param {{folder?: string, config?: object, prepare?: any, binding?: URL, wasm?: string}} [how] */
export async function hostFor(t, { folder = folderFor(t), config = {}, ...rest } = {}) {
  const path = join(folder, 'clinicdesk.json');
  writeFileSync(path, JSON.stringify(configIn(folder, config)));
  const lines = [];
  const log = openLog({ level: 'trace' }, /** @type {any} */ ({
    write: (/** @type {string} */ line) => lines.push(line),
  }));
  const clock = { offset_ms: 0 };
  const host = await startHost({
    config: await loadConfig({ path, env: {}, schemaOf }), log,
    now: () => Date.now() + clock.offset_ms, ...rest,
  });
  atEnd(t, () => host.stop());
  return { host, folder, lines, clock, url: host.base_url, ...clientOf(host.base_url) };
}

/** A server in a process of its own, as an operator starts it.
 * @param {string} folder @param {{config?: object, args?: string[], env?: object}} [how] */
export function spawnServer(folder, { config = {}, args = [], env = {} } = {}) {
  const path = join(folder, 'clinicdesk.json');
  writeFileSync(path, JSON.stringify(configIn(folder, config)));
  const child = spawn(process.execPath, [MAIN, '--config', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, ...env },
  });
  const output = { stdout: [], stderr: [] };
  const exited = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => output.stderr.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.stdout.push(line);
      const url = /^platform\s+(http\S+)\/platform$/.exec(line);
      if (url) resolve(url[1]);
    });
    exited.then(() => reject(new Error(`the server ended: ${output.stderr.join('\n')}`)));
  });
  ready.catch(() => {});
  return {
    child,
    output,
    exited,
    /** @returns {Promise<any>} a client of the server, once it serves */
    ready: async () => {
      const url = await ready;
      return { url, ...clientOf(url) };
    },
    kill: async (/** @type {NodeJS.Signals} */ signal = 'SIGKILL') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** @typedef {{status: number, headers: any, body: any, text: string}} Answer */

/** @param {string} url */
export function clientOf(url) {
  /** @param {string} method @param {string} path
   * @param {{headers?: any, body?: any, raw?: string|Buffer, agent?: any}} [what]
   * @returns {Promise<Answer>} */
  const ask = (method, path, what = {}) => send(url, method, path, what);
  return {
    ask,
    origin: url,
    /** As the platform's own program. */
    asPlatform: (op, input, id) => ask('POST', `/api/${op}`, {
      body: input, headers: { authorization: `Bearer ${API_KEY}`, ...key(id) },
    }),
    browser: () => browserOf(url),
  };
}

const key = (id) => (id === undefined ? {} : { 'idempotency-key': id });

/** A browser: keeps cookies, says where its page comes from. @param {string} url */
export function browserOf(url) {
  const jar = new Map();
  /** @param {string} method @param {string} path @param {any} [what] */
  const ask = async (method, path, { headers = {}, ...what } = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(url, method, path, {
      ...what,
      headers: {
        ...(method === 'POST' ? { origin: url } : {}), ...(cookie ? { cookie } : {}), ...headers,
      },
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  return {
    jar,
    ask,
    cookies: () => [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
    post: (path, body, headers) => ask('POST', path, { body, headers }),
    call: (op, input, id) => ask('POST', `/api/${op}`, { body: input, headers: key(id) }),
    open: (token, more = {}) => ask('POST', '/session/open', { body: { token, ...more } }),
  };
}

/** @param {string} url @param {string} method @param {string} path @param {any} what
 * @returns {Promise<Answer>} */
function send(url, method, path, { headers = {}, body, raw, agent } = {}) {
  const data = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const typed = data === undefined || raw !== undefined
    ? headers : { 'content-type': 'application/json', ...headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers: typed, agent }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = /json/.test(incoming.headers['content-type'] ?? '');
        resolve({
          status: incoming.statusCode ?? 0, headers: incoming.headers, text,
          body: isJson && text !== '' ? JSON.parse(text) : null,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(data);
  });
}

/** Waits for something that another part of the program will do, without guessing how long.
 * @template T @param {() => T|Promise<T>} look @param {number} [patience_ms]
 * @returns {Promise<NonNullable<T>>} */
export async function until(look, patience_ms = PATIENCE_MS) {
  const giveUpAt = performance.now() + patience_ms;
  for (;;) {
    const found = await look();
    if (found) return /** @type {any} */ (found);
    if (performance.now() > giveUpAt) throw new Error(`it never came: ${look}`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}
