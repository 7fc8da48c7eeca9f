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
  for (const path of ['/cabinet/', '/chat', '/sign-in', '/platform', '/outbox']) {
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

test('nothing else is served', async () => {
  const { server } = world;
  for (const path of ['/assets/', '/assets', '/assets/../index.html', '/assets/.%00',
    '/assets/%2e%2e/chat/index.html', '/assets/..%2f..%2f..%2fpackage.json', '/chat/',
    '/chat/x.css', '/chat/index.html', '/cabinet/index.html', '/desk_wasi.wasm', '/web.stamp',
    '/.git/config', '/data/secret', '/secret', '/package.json', '/hosts/node/main.js',
    '//etc/passwd', '/assets//etc/passwd', '/%ff']) {
    const { status, text } = await server.ask('GET', path);
    assert.equal(status, 404, `${path}: ${text.slice(0, 80)}`);
  }
});
