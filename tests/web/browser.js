/**
 * What the tests of the pages stand on: the real server with its demo on a scratch folder and a
 * free port, a real Chromium, the outbox as the postman, axe, and a list of everything that a
 * page must never do (errors, refused policies, requests to other hosts).
 * Waits always end with what is waited for; nothing sleeps for luck.
 */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const api_key = 'key-of-the-tests';
const axe_path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const axe_source = readFileSync(axe_path, 'utf8');
const PATIENCE_MS = 60_000;

/** Asks again until the answer is there; says what was missing when it never comes.
 * @template T @param {string} what @param {() => Promise<T>} ask @param {number} [patience_ms]
 * @returns {Promise<T>} */
export async function until(what, ask, patience_ms = PATIENCE_MS) {
  const give_up_at = performance.now() + patience_ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > give_up_at) throw new Error(`never came: ${what}`);
    await pause(25);
  }
}

/** The whole product on a folder of its own. @param {{empty?:boolean}} [options] */
export async function start_server({ empty = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'clinicdesk-web-'));
  const config = join(folder, 'clinicdesk.json');
  const settings = {
    listen: { host: '127.0.0.1', port: 0 },
    data: join(folder, 'data'),
    api_keys: [{ name: 'tests', sha256: createHash('sha256').update(api_key).digest('hex') }],
    log: { level: 'warn' },
    limits: { sign_in_requests_per_minute: 100_000, visitor_requests_per_minute: 1_000_000,
      session_requests_per_minute: 1_000_000 },
  };
  await writeFile(config, JSON.stringify(settings));
  const server = { folder, config, settings, empty, child: null, base_url: '', cabinet_link: '' };
  await boot(server);
  return Object.assign(server, {
    /** @param {string} op @param {object} [input] as the platform, by its API key */
    platform: (op, input = {}) => as_platform(server, op, input),
    /** Stops the process; the data stays. */
    halt: () => halt(server),
    /** Starts again on the same port and data, so that open pages find it. */
    resume: () => boot(server),
    async stop() {
      await halt(server);
      await rm(folder, { recursive: true, force: true });
    },
  });
}

async function boot(server) {
  const child = spawn(process.execPath, [join(root, 'hosts/node/main.js'), '--config',
    server.config, ...(server.empty ? ['--empty'] : [])],
  { cwd: server.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  server.child = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => { said += text; });
  }
  await until('the server’s addresses', async () => {
    if (child.exitCode !== null) throw new Error(`the server did not start:\n${said}`);
    return /^platform +http/m.test(said);
  });
  server.base_url = said.match(/^platform +(http:\/\/[^/\s]+)/m)[1];
  server.cabinet_link ||= said.match(/^cabinet +(\S+)/m)[1];
  server.settings.listen.port = Number(new URL(server.base_url).port);
  await writeFile(server.config, JSON.stringify(server.settings));
}

async function halt({ child }) {
  if (child.exitCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function as_platform({ base_url }, op, input) {
  const response = await fetch(`${base_url}/api/${op}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api_key}`, 'content-type': 'application/json',
      'idempotency-key': randomUUID() },
    body: JSON.stringify(input),
  });
  return answer_of(response, op);
}

async function answer_of(response, what) {
  const out = await response.json();
  if (response.ok) return out;
  throw Object.assign(new Error(`${what}: ${out.code} ${out.detail}`), { problem: out });
}

/** A person of the clinic without a browser: signed in by the link that the start printed, or by
 * a link sent to `email`.
 * @param {any} server @param {{email?:string}} [who] */
export async function sign_in_staff(server, { email } = {}) {
  const cookies = new Map();
  const post = async (path, body, more = {}) => {
    const response = await fetch(server.base_url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.base_url, 'desk-role': 'staff',
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '), ...more },
      body: JSON.stringify(body),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    return answer_of(response, path);
  };
  const link = email ? await asked_link(server, post, email) : server.cabinet_link;
  const opened = await post('/session/open', { token: link.split('#')[1] });
  return {
    ...opened,
    link,
    /** @param {string} op @param {object} [input] */
    call: (op, input = {}) => post(`/api/${op}`, input, { 'idempotency-key': randomUUID() }),
    /** @param {string} op @param {object} [input] */
    read: (op, input = {}) => post(`/api/${op}`, input),
  };
}

async function asked_link(server, post, email) {
  const before = await newest(server);
  await post('/session/request', { email });
  return (await delivered(server, (mail) => mail.to === email, before)).link_url;
}

/** The id of the newest message in the outbox. @param {any} server */
export async function newest(server) {
  const { messages } = await (await fetch(`${server.base_url}/outbox.json`)).json();
  return messages.at(-1)?.id ?? 0;
}

/** The next message that the outbox gets and that fits.
 * @param {any} server @param {(message:any) => boolean} fits @param {number} [after] */
export function delivered(server, fits, after = 0) {
  return until('a message in the outbox', async () => {
    const response = await fetch(`${server.base_url}/outbox.json?after=${after}`);
    return (await response.json()).messages.find(fits);
  });
}

export function start_browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A device of its own: own cookies, own storage.
 * @param {import('playwright-core').Browser} browser
 * @param {{width?:number, height?:number, dark?:boolean, locale?:string, phone?:boolean}} [how] */
export async function open_device(browser, { width = 390, height = 844, dark = false,
  locale = 'ru-RU', phone = width < 700 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale,
    colorScheme: dark ? 'dark' : 'light', hasTouch: phone, isMobile: phone,
    timezoneId: 'Europe/Moscow' });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** A page that remembers what it should not have done, in `page.faults`.
 * @param {import('playwright-core').BrowserContext} device */
export async function open_page(device) {
  const page = Object.assign(await device.newPage(), { faults: [] });
  page.on('pageerror', (error) => page.faults.push(`error: ${error.stack ?? error}`));
  page.on('console', (message) => {
    // A refused or unreachable request is the server's answer, not a fault of the page.
    const answered = /Failed to load resource|WebSocket/.test(message.text());
    if (message.type() !== 'error' || answered) return;
    page.faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') {
      page.faults.push(`another host: ${request.url()}`);
    }
  });
  return page;
}

/** Everything axe finds, in one line each. @param {import('playwright-core').Page} page */
export async function axe(page) {
  await settle(page);
  // The policy of the page forbids inline scripts; the debugger's door is not under it.
  await page.evaluate(`typeof axe === 'undefined' && (() => { ${axe_source} })()`);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`));
}

/** Animations have ended, and none has begun with the next frame, so that colours are what they
 * stay: a dialog that has just been opened is not yet moving. */
export async function settle(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
    const roots_in = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((element) =>
      (element.shadowRoot ? roots_in(element.shadowRoot) : []))];
    const moving = () => roots_in(document).flatMap((root) => root.getAnimations())
      .filter((animation) => animation.playState === 'running'
        && animation.effect?.getComputedTiming().iterations !== Infinity);
    let now;
    do {
      await frame();
      now = moving();
      await Promise.all(now.map((animation) => animation.finished.catch(() => {})));
    } while (now.length > 0);
  });
}

/** How far the page is wider than the window. @param {import('playwright-core').Page} page */
export async function overflow(page) {
  await settle(page);
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What is wider inside than outside: these panes, and the dialogs that are open.
 * @param {import('playwright-core').Page} page @param {string} panes a selector */
export async function sideways(page, panes) {
  await settle(page);
  return page.evaluate((all) => {
    const dialogs = [...document.querySelectorAll('wa-dialog[open]')]
      .flatMap((dialog) => dialog.shadowRoot?.querySelector('dialog') ?? []);
    return [...document.querySelectorAll(all), ...dialogs]
      .filter((pane) => pane.scrollWidth > pane.clientWidth + 1)
      .map((pane) => pane.className || pane.localName);
  }, panes);
}

/** Buttons, links and fields that are too small for a thumb.
 * @param {import('playwright-core').Page} page */
export async function small_targets(page) {
  await settle(page);
  return page.evaluate(() => [...document.querySelectorAll('button, select, textarea, wa-button')]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ box: element.getBoundingClientRect(),
      name: element.className || element.tagName }))
    .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
    .map(({ box, name }) => `${name}: ${Math.round(box.width)}x${Math.round(box.height)}`));
}
