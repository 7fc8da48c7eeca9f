// Puts the parts together in the order in which they need each other, and takes them down in the
// opposite one. Read next: main.js, the command line around it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DATABASE_FILE, Engine } from './engine.js';
import { Sessions } from './sessions.js';
import { buildServer } from './server.js';
import { loadEpoch, loadSecret } from './config.js';
import { lockFolder } from './lock.js';
import { openControl } from './control.js';
import { openLinks } from './links.js';
import { openLog } from './log.js';
import { openMetrics } from './metrics.js';
import { securityHeaders } from './headers.js';
import { startPump } from './pump.js';
import { openWork } from './work.js';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
export const WASM = join(BUILD, 'desk_wasi.wasm');
const ADAPTERS = {
  mail: ['local', 'smtp'], sms: ['local', 'smpp', 'kannel', 'smsapi'], push: ['push'],
};
const KINDS = { mail: ['email.send'], sms: ['sms.send'], push: ['push.send'] };
const STOP_PATIENCE_MS = 20_000;

/** What an adapter says of its settings. @param {string} channel @param {string} name */
export async function schemaOf(channel, name) {
  if (!ADAPTERS[channel].includes(name)) {
    throw new Error(`there is no adapter "${name}"; there are: ${ADAPTERS[channel].join(', ')}`);
  }
  return (await import(`./adapters/${name}.js`)).config_schema;
}

/** @param {{config: any, onNewFolder?: (host: any) => void, prepare?: (host: any) => Promise<void>,
 *   binding?: URL|string, wasm?: string, log?: any, now?: () => number}} what config: from
 *   loadConfig; onNewFolder: runs before a database is made; prepare: before anything is sent;
 *   binding and wasm: another core, for tests of failures
 * @returns {Promise<any>} the running host; `stop()` ends it */
export async function startHost(what) {
  const { config, onNewFolder, prepare, binding, wasm = WASM, log, now = Date.now } = what;
  const lock = lockFolder(config.data);
  const host = {
    config, now, lock, build: BUILD, log: log ?? openLog(config.log),
    epoch: loadEpoch(config.data),
  };
  try {
    if (!existsSync(join(config.data, DATABASE_FILE))) onNewFolder?.(host);
    await openParts(host, { binding, wasm });
    await openDoors(host, prepare);
  } catch (error) {
    await stopHost(host);
    throw error;
  }
  let stopped;
  host.stop = () => (stopped ??= stopHost(host));
  return host;
}

async function openParts(host, { binding, wasm }) {
  const { config, log, now } = host;
  const secret = loadSecret(config);
  host.metrics = openMetrics({
    engine: () => host.engine ?? null, live: () => host.live?.connections ?? 0,
  });
  host.engine = await Engine.open({
    wasm, binding, folder: config.data, limits: config.limits, log, now,
    onBatch: (batch) => host.metrics.batch(batch),
    onCommit: (commit) => {
      host.metrics.commit(commit);
      host.pump?.poke(commit);
      host.live?.commit(commit.ops);
    },
  });
  host.texts = await refusalTexts(host.engine);
  // Timers, effects, reports and signs of life: each may be told twice.
  host.call = (op, input) => host.engine.call(op, input, { repeatable: true });
  host.report = (event) => report(host, event);
  host.base_url = config.base_url ?? `http://${hostName(config.listen.host)}:${config.listen.port}`;
  host.links = openLinks(secret, () => host.base_url);
}

/** A provider's report, to the core. What the core cannot read it never will: that is an answer
 * too, else the provider would tell it for ever and nothing behind it would be heard. */
async function report({ call, log }, event) {
  try {
    await call('effect.report', event);
  } catch (error) {
    if (error.category !== 'invalid') throw error;
    log.error({ channel: event.channel, code: error.code, field: error.refusal.field },
      'a report that the core cannot read');
  }
}

/** The core's sentences in each of its languages. */
async function refusalTexts(engine) {
  const texts = {};
  for (const locale of ['ru', 'pl', 'en']) {
    texts[locale] = (await engine.call('text.list', { locale, prefix: 'error.' })).texts;
  }
  return texts;
}

/** The port may be chosen by the system, and links need it: so the listener opens first, and
 * what carries links after it. */
async function openDoors(host, prepare) {
  const { config, log, now } = host;
  host.sessions = new Sessions({
    links: host.links, call: host.call, base_url: host.base_url, api_keys: config.api_keys, now,
  });
  host.work = openWork({ bits: config.widgets.work_bits, now });
  host.headers = securityHeaders(host.base_url.startsWith('https:'));
  host.origins = () => originsOf(config, host.base_url);
  await openAdapters(host);
  host.app = await buildServer(host);
  await host.app.listen({ host: config.listen.host, port: config.listen.port });
  if (!config.base_url) {
    const { port } = host.app.server.address();
    host.base_url = `http://${hostName(config.listen.host)}:${port}`;
  }
  await prepare?.(host);
  host.pump = startPump({
    call: host.call, adapters: Object.values(host.adapters), render: host.links.render, log, now,
    onOutcome: ({ kind, status }) => host.metrics.outcome(kind, adapterOf(config, kind), status),
  });
  host.control = await openControl(config.data, host.engine, log);
}

/** One adapter per channel; one `local` for all the channels that name it. */
async function openAdapters(host) {
  const { config, log } = host;
  const services = {
    log, report: host.report, epoch: host.epoch, secret: host.links.effectKey,
    data: config.data, base_url: config.base_url,
    kinds: Object.keys(KINDS).filter((channel) => config[channel].adapter === 'local')
      .flatMap((channel) => KINDS[channel]),
  };
  host.adapters = {};
  let mailbox = null;
  for (const channel of Object.keys(KINDS)) {
    const name = config[channel].adapter;
    const factory = (await import(`./adapters/${name}.js`))[name];
    const adapter = name === 'local' && mailbox ? mailbox : factory(config[channel], services);
    host.adapters[channel] = adapter;
    if (name === 'local') mailbox = adapter;
  }
  if (!mailbox) return;
  host.mailbox = (after) => mailbox.messages(after);
  host.forgetMail = (addresses) => mailbox.forget(addresses);
}

function adapterOf(config, kind) {
  const channel = Object.keys(KINDS).find((each) => KINDS[each].includes(kind));
  return config[channel].adapter;
}

function hostName(host) {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Without a base_url the server stands on somebody's own machine, known there by two names. */
function originsOf(config, baseUrl) {
  if (config.base_url) return [config.base_url];
  return [baseUrl, `http://localhost:${new URL(baseUrl).port}`];
}

/** Stops accepting, answers who is waiting, finishes what is being sent, closes the file. */
async function stopHost(host) {
  host.engine?.drain();
  await host.app?.close();
  await Promise.race([host.pump?.stop(), patience()]);
  for (const adapter of new Set(Object.values(host.adapters ?? {}))) await adapter.close();
  await host.control?.close();
  await host.engine?.close();
  host.lock.release();
}

/** A provider that does not answer keeps its lease; the next start takes the effect again. */
function patience() {
  return new Promise((resolve) => { setTimeout(resolve, STOP_PATIENCE_MS).unref(); });
}
