/* What the adapters' tests share: real peers as processes that are waited for by readiness and
 * ended at the end, scratch folders, adapters configured as the host would, and waiting for facts
 * instead of time. */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { atEnd, folderFor } from '../host.js';

const PEERS = fileURLToPath(new URL('../peers/', import.meta.url));
const SETUP = fileURLToPath(new URL('../../../tools/setup.mjs', import.meta.url));
const DEADLINE_MS = 60_000;
/** A state in /proc/net/tcp. */
const LISTEN = '0A';

export const quiet = { info() {}, warn() {}, error() {}, debug() {} };

/** The settings with the schema's defaults, as the host's configuration gives them. */
export function configured(schema, settings) {
  const config = { ...settings };
  const ajv = new Ajv({ useDefaults: true, strict: false });
  if (!ajv.validate(schema, config)) throw new Error(ajv.errorsText());
  return config;
}

let effects = 0;

/** An effect as the pump hands it over, with final texts. */
export function effect(fields) {
  effects += 1;
  const kind = fields.subject === undefined ? 'sms.send' : 'email.send';
  return { effect_id: effects, kind, attempt: 1, deadline_at: Date.now() + 3_600_000, ...fields };
}

/** A folder that other users may enter: peers give up their rights. */
export function scratch(t) {
  const folder = folderFor(t);
  chmodSync(folder, 0o755);
  return folder;
}

/** A port for a peer that is started next: below those that the system gives away by itself, or
 *  a connection of another test could have it by then. */
export function freePort() {
  const port = randomInt(12_000, 32_000);
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(freePort()));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

/** Asks again until the answer is truthy; fails with `what` at the deadline, or at once when the
 *  process that should bring it about is gone. */
export async function until(what, question, child) {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (child?.gone()) throw new Error(`${what}: the peer ended: ${child.errors()}`);
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
}

/** Asks the system and not the port: Kannel takes whoever connects for an smsbox, and could give
 *  it the next delivery report. */
export function untilListening(port, child) {
  const place = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const listens = (line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === LISTEN && local.endsWith(place);
  };
  return until(`somebody listens on ${port}`, () => ['tcp', 'tcp6'].some((name) =>
    readFileSync(`/proc/net/${name}`, 'latin1').split('\n').some(listens)), child);
}

/** Installs what is missing through the project's one setup script; never skips. */
export function needPeers(...commands) {
  const missing = () => commands.filter((command) =>
    spawnSync('sh', ['-c', `command -v ${command}`], { timeout: DEADLINE_MS }).status !== 0);
  if (missing().length > 0) spawnSync(process.execPath, [SETUP, '--tests'], { stdio: 'inherit' });
  if (missing().length > 0) throw new Error(`not installed: ${missing().join(', ')}`);
}

/** A child process that ends with the test, and with this process should that be killed. */
export function start(t, command, args, options = {}) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args],
    { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let errors = '';
  child.stderr.on('data', (chunk) => { errors += chunk; });
  let gone = false;
  let exited = false;
  child.on('exit', () => { exited = true; });
  child.on('close', () => { gone = true; }); // by then it has said why
  child.on('error', (error) => { errors += error.message; exited = gone = true; });
  atEnd(t, () => {
    child.kill('SIGKILL');
    return until(`${command} has ended`, () => exited);
  });
  return Object.assign(child, { errors: () => errors, gone: () => gone });
}

/** The scriptable SMSC; `next(event)` waits for its next event of that name.
 *  @param {string[]} args options and steps, see peers/smsc.pl */
export async function startSmsc(t, args, port) {
  needPeers('perl');
  port ??= await freePort();
  const child = start(t, 'perl', [join(PEERS, 'smsc.pl'), String(port), ...args]);
  const events = [];
  const read = new Map();
  createInterface({ input: child.stdout }).on('line', (line) => events.push(JSON.parse(line)));
  async function next(name) {
    const place = read.get(name) ?? 0;
    const found = await until(`the SMSC says ${name}`,
      () => events.filter(({ event }) => event === name)[place], child);
    read.set(name, place + 1);
    return found;
  }
  const smsc = { port, events, next, tell: (command) => child.stdin.write(`${command}\n`),
    count: (name) => events.filter(({ event }) => event === name).length };
  await next('listening');
  return smsc;
}

/** A loopback HTTP server; `answer(request, body)` gives {status, headers?, body} or null to cut
 *  the line without an answer. With `tls` ({key, cert}) it speaks HTTPS. */
export async function startHttp(t, answer, tls = undefined) {
  const create = (serve) => (tls ? createHttpsServer(tls, serve) : createHttpServer(serve));
  const server = create(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const rawBody = Buffer.concat(chunks);
    const url = new URL(request.url, 'http://127.0.0.1');
    const query = Object.fromEntries(url.searchParams);
    const reply = await answer({ ...pick(request), query, path: url.pathname, rawBody });
    if (!reply) return request.socket.destroy();
    response.writeHead(reply.status, reply.headers);
    return response.end(reply.body ?? '');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  atEnd(t, () => { server.closeAllConnections(); server.close(); });
  return `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
}

/** A certificate for 127.0.0.1 that nobody else trusts: {key, cert} and the file of the latter. */
export function certificateIn(folder) {
  needPeers('openssl');
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const done = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
    'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=push', '-addext',
    'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', file], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return { key: readFileSync(key), cert: readFileSync(file), file };
}

function pick({ method, url, headers }) {
  return { method, url, headers };
}
