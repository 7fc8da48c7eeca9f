/**
 * Firefox as Debian ships it, driven over WebDriver BiDi, its own protocol: no driver program and
 * no patched browser. Knows only what the tests of the widgets need: pages, scripts, keys, clicks.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { until } from './browser.js';

/** Nothing that a fresh profile would fetch or ask on its own. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutConfig.showWarning': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.prefetch-next': false,
  'services.settings.server': 'data:,#none',
  'signon.rememberSignons': false,
  'toolkit.telemetry.enabled': false,
};

/** @param {{locale?:string, dark?:boolean}} [how] */
export async function start_firefox({ locale = 'ru', dark = false } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'clinicdesk-firefox-'));
  const wanted = { ...PREFERENCES, 'intl.accept_languages': locale,
    'ui.systemUsesDarkTheme': dark ? 1 : 0 };
  await writeFile(join(profile, 'user.js'), Object.entries(wanted).map(([name, value]) =>
    `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
  const child = spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote',
    '--remote-debugging-port=0', '--profile', profile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { said += text; });
  }
  const address = () => said.match(/BiDi listening on (ws:\S+)/)?.[1];
  const url = await until('Firefox', async () => {
    if (child.exitCode !== null) throw new Error(`Firefox did not start:\n${said}`);
    return address();
  });
  const bidi = await connect(`${url}/session`);
  await bidi.send('session.new', { capabilities: {} });
  return {
    /** @param {{width?:number, height?:number}} [size] */
    open_page: (size) => open_page(bidi, size),
    async stop() {
      const exit = once(child, 'exit');
      await bidi.send('browser.close', {}).catch(() => {});
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exit;
      clearTimeout(timer);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** @param {string} url */
async function connect(url) {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  /** @type {Map<number, {resolve:(value:any) => void, reject:(error:Error) => void}>} */
  const asked = new Map();
  /** @type {Set<(event:any) => void>} */
  const listeners = new Set();
  let last = 0;
  socket.on('message', (text) => {
    const message = JSON.parse(String(text));
    const waiting = asked.get(message.id);
    asked.delete(message.id);
    if (message.type === 'event') for (const listener of listeners) listener(message);
    else if (message.type === 'success') waiting?.resolve(message.result);
    else waiting?.reject(new Error(`${message.error}: ${message.message}`));
  });
  return { listeners,
    /** @param {string} method @param {object} params @returns {Promise<any>} */
    send: (method, params) => new Promise((resolve, reject) => {
      asked.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    }) };
}

/** @param {any} bidi @param {{width?:number, height?:number}} [size] */
async function open_page(bidi, { width = 390, height = 844 } = {}) {
  const { context } = await bidi.send('browsingContext.create', { type: 'tab' });
  await bidi.send('browsingContext.setViewport', { context, viewport: { width, height } });
  await bidi.send('session.subscribe', { events: ['log.entryAdded'], contexts: [context] });
  /** @type {string[]} */
  const faults = [];
  bidi.listeners.add(({ method, params }) => {
    if (method !== 'log.entryAdded' || params.level !== 'error') return;
    if (params.source.context === context) faults.push(`${params.type}: ${params.text}`);
  });
  /** @param {string|Function} work @param {...any} args plain values */
  const evaluate = async (work, ...args) => {
    const expression = typeof work === 'string' ? work
      : `(${work})(...${JSON.stringify(args)})`;
    const { type, result, exceptionDetails } = await bidi.send('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value))`,
      target: { context }, awaitPromise: true });
    if (type === 'exception') throw new Error(exceptionDetails.text);
    return result.value === undefined ? undefined : JSON.parse(result.value);
  };
  const actions = (list) => bidi.send('input.performActions', { context, actions: list });
  return { faults, evaluate,
    /** @param {string} url */
    goto: (url) => bidi.send('browsingContext.navigate', { context, url, wait: 'complete' }),
    /** @param {string} work an expression, until it holds */
    wait_for: (work) => until(work, () => evaluate(work)),
    /** Real keys, one after another. @param {string} text */
    type: (text) => actions([{ type: 'key', id: 'keys', actions: [...text].flatMap((value) =>
      [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }]),
    /** A real click on the middle of what the expression finds. @param {string} element */
    async click(element) {
      const { x, y } = await evaluate(`(() => { const found = ${element};
        found.scrollIntoView({ block: 'center', behavior: 'instant' });
        const { x, y, width, height } = found.getBoundingClientRect();
        return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) }; })()`);
      await actions([{ type: 'pointer', id: 'mouse', actions: [{ type: 'pointerMove', x, y },
        { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] }]);
    },
    async screenshot() {
      const { data } = await bidi.send('browsingContext.captureScreenshot',
        { context, origin: 'document' });
      return Buffer.from(data, 'base64');
    } };
}
