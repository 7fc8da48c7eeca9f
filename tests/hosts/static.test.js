// The built pages: each at its address and nowhere else, cached as long as its name allows.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileScope, hostFor } from './host.js';

const WEB = fileURLToPath(new URL('../../build/web', import.meta.url));
const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => { world.server = await hostFor(scope); });

test('each page is at its address', async () => {
  const { server } = world;
  for (const path of ['/cabinet/', '/chat', '/form', '/sign-in', '/platform', '/outbox']) {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await server.ask(method, path);
      assert.equal(status, 200, path);
      assert.match(headers['content-type'], /^text\/html/);
      assert.equal(headers['cache-control'], 'no-cache');
      assert.ok(headers['content-security-policy']);
    }
  }
  assert.equal((await server.ask('GET', '/')).headers.location, '/cabinet/');
  const etag = (await server.ask('GET', '/chat')).headers.etag;
  const again = await server.ask('GET', '/chat', { headers: { 'if-none-match': etag } });
  assert.equal(again.status, 304);
});

test('files named by their content are kept for ever, packed where the browser can', async () => {
  const { server } = world;
  const scripts = readdirSync(`${WEB}/assets`).filter((name) => name.endsWith('.js'));
  assert.ok(scripts.length > 0);
  for (const name of scripts) {
    const plain = await server.ask('GET', `/assets/${name}`);
    assert.equal(plain.status, 200, name);
    assert.match(plain.headers['cache-control'], /immutable/);
    assert.match(plain.headers['content-type'], /javascript/);
    const packed = await server.ask('GET', `/assets/${name}`,
      { headers: { 'accept-encoding': 'br' } });
    assert.equal(packed.headers['content-encoding'], 'br');
  }
});

test('the core for the browser comes as WebAssembly, packed', async () => {
  const { server } = world;
  for (const [accepted, encoding] of [['', undefined], ['gzip', 'gzip'], ['gzip, br', 'br']]) {
    const { headers, status } = await server.ask('GET', '/desk.wasm?v=abc',
      { headers: { 'accept-encoding': accepted } });
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/wasm');
    assert.equal(headers['content-encoding'], encoding);
    assert.match(headers['cache-control'], /immutable/);
    assert.equal(headers.vary, 'accept-encoding');
  }
  const { headers } = await server.ask('GET', '/desk.wasm');
  assert.equal(headers['cache-control'], 'no-cache');
});

test('a page of any other site may load the widgets, as a script or as a module', async () => {
  const { server } = world;
  const headers = { origin: 'https://clinic.example', 'sec-fetch-site': 'cross-site',
    'accept-encoding': 'br', cookie: 'desk_staff=x' };
  const answer = await server.ask('GET', '/widgets/clinicdesk.js', { headers });
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /javascript/);
  assert.equal(answer.headers['cross-origin-resource-policy'], 'cross-origin');
  assert.equal(answer.headers['access-control-allow-origin'], '*');
  assert.equal(answer.headers['content-encoding'], 'br');
  assert.equal(answer.headers['cache-control'], 'no-cache', 'its name never changes');
  const versioned = await server.ask('GET', '/widgets/clinicdesk.js?v=1', { headers });
  assert.equal(versioned.headers['cache-control'], 'no-cache', 'whatever the page adds to it');
  const { etag } = answer.headers;
  const again = await server.ask('GET', '/widgets/clinicdesk.js',
    { headers: { ...headers, 'if-none-match': etag } });
  assert.equal(again.status, 304);
  assert.equal(again.headers['cross-origin-resource-policy'], 'cross-origin');
  for (const path of ['/widgets/', '/widgets', '/widgets/none.js', '/widgets/.',
    '/widgets/..%2fchat%2findex.html', '/widgets/%2e%2e/chat/index.html']) {
    assert.equal((await server.ask('GET', path, { headers })).status, 404, path);
  }
  const own = await server.ask('GET', '/desk.wasm');
  assert.equal(own.headers['cross-origin-resource-policy'], 'same-origin', 'nothing but those');
});

test('what makes the cabinet an app is asked for each time', async () => {
  const { server } = world;
  for (const [file, type] of [['service_worker.js', /javascript/],
    ['manifest.webmanifest', /manifest\+json/], ['icon-192.png', /png/], ['icon.svg', /svg/]]) {
    const { status, headers } = await server.ask('GET', `/cabinet/${file}`);
    assert.equal(status, 200, file);
    assert.match(headers['content-type'], type);
    assert.equal(headers['cache-control'], 'no-cache', file);
  }
});

test('nothing else is served', async () => {
  const { server } = world;
  for (const path of ['/assets/', '/assets', '/assets/../index.html', '/assets/.%00',
    '/assets/%2e%2e/chat/index.html', '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/..%2fchat%2findex.html', '/chat/',
    '/chat/x.css', '/chat/index.html', '/form/', '/form/index.html', '/cabinet/cabinet.js',
    '/cabinet/..%2fform%2findex.html', '/cabinet/index.html', '/desk_wasi.wasm', '/web.stamp',
    '/.git/config', '/data/secret', '/secret', '/package.json', '/hosts/node/main.js',
    '//etc/passwd', '/assets//etc/passwd', '/%ff']) {
    const { status, text } = await server.ask('GET', path);
    assert.equal(status, 404, `${path}: ${text.slice(0, 80)}`);
  }
});
