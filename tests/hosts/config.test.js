// The settings: every error names its key, and nothing is taken in silence.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig, loadSecret } from '../../hosts/node/config.js';
import { schemaOf } from '../../hosts/node/host.js';
import { folderFor, spawnServer } from './host.js';

function fileFor(t, content) {
  const path = join(folderFor(t), 'clinicdesk.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const WRONG = [
  [{ lissten: {} }, 'lissten'],
  [{ listen: { prot: 1 } }, 'listen.prot'],
  [{ listen: { port: '8080' } }, 'listen.port'],
  [{ listen: { port: 70000 } }, 'listen.port'],
  [{ listen: 8080 }, 'listen'],
  [{ base_url: 'https://desk.example/' }, 'base_url'],
  [{ base_url: 'desk.example' }, 'base_url'],
  [{ listen: { host: '0.0.0.0' } }, 'base_url'],
  [{ data: '' }, 'data'],
  [{ secret: 'short' }, 'secret'],
  [{ api_keys: [{ name: 'a' }] }, 'api_keys.0.sha256'],
  [{ api_keys: [{ name: 'a', sha256: 'x' }] }, 'api_keys.0.sha256'],
  [{ mail: { adapter: 'pigeon' } }, 'mail.adapter'],
  [{ sms: { adapter: 'smtp' } }, 'sms.adapter'],
  [{ sms: { adapter: 'local', hosst: 'a' } }, 'sms.hosst'],
  [{ mail: { adapter: 'smtp', host: 1, from: 'a@b.example' } }, 'mail.host'],
  [{ widgets: { origins: ['clinic.example'] } }, 'widgets.origins.0'],
  [{ widgets: { work_bits: 31 } }, 'widgets.work_bits'],
  [{ limits: { batch_requests: 0 } }, 'limits.batch_requests'],
  [{ log: { level: 'loud' } }, 'log.level'],
];

for (const [content, key] of WRONG) {
  test(`an error in ${key} names it: ${JSON.stringify(content)}`, async (t) => {
    const path = fileFor(t, content);
    await assert.rejects(loadConfig({ path, env: {}, schemaOf }), (/** @type {any} */ error) => {
      assert.equal(error.key, key);
      assert.ok(error.message.includes(key));
      return true;
    });
  });
}

test('what is not JSON, not an object or not there is named by its path', async (t) => {
  for (const content of ['{', '[]', 'null', '7']) {
    const path = fileFor(t, content);
    await assert.rejects(loadConfig({ path, env: {}, schemaOf }), { key: path });
  }
  await assert.rejects(loadConfig({ path: join(folderFor(t), 'none.json'), env: {}, schemaOf }),
    { key: '--config' });
});

test('without a file the defaults hold', async () => {
  const config = await loadConfig({ env: { CLINICDESK_DATA: 'data' }, schemaOf });
  assert.equal(config.listen.host, '127.0.0.1');
  assert.equal(config.listen.port, 8080);
  assert.equal(config.mail.adapter, 'local');
  assert.equal(config.sms.adapter, 'local');
});

test('the environment lies over the file, with the types of the keys', async (t) => {
  const path = fileFor(t, { listen: { port: 1 }, log: { level: 'info' } });
  const config = await loadConfig({
    path,
    env: {
      CLINICDESK_LISTEN_PORT: '18080', CLINICDESK_LISTEN_TRUST_PROXY: 'true',
      CLINICDESK_LOG_LEVEL: 'warn', CLINICDESK_LIMITS_QUEUE_REQUESTS: '5', PATH: '/bin',
    },
    schemaOf,
  });
  assert.equal(config.listen.port, 18080);
  assert.equal(config.listen.trust_proxy, true);
  assert.equal(config.log.level, 'warn');
  assert.equal(config.limits.queue_requests, 5);
});

for (const [name, value] of [['CLINICDESK_LISTEN_PROT', '1'], ['CLINICDESK_LISTEN_PORT', 'many'],
  ['CLINICDESK_LISTEN_TRUST_PROXY', 'yes'], ['CLINICDESK_API_KEYS', '{']]) {
  test(`a wrong ${name} is named`, async (t) => {
    const path = fileFor(t, {});
    await assert.rejects(loadConfig({ path, env: { [name]: value }, schemaOf }), { key: name });
  });
}

test('the secret is made once, for its owner only', (t) => {
  const data = join(folderFor(t), 'data');
  const first = loadSecret({ data });
  assert.equal(first.length, 32);
  assert.equal(statSync(join(data, 'secret')).mode & 0o777, 0o600);
  assert.deepEqual(loadSecret({ data }), first);
  assert.notDeepEqual(loadSecret({ data: `${data}2` }), first);
});

test('a spoilt secret file stops the start instead of making other keys', (t) => {
  const data = folderFor(t);
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'secret'), 'short\n');
  assert.throws(() => loadSecret({ data }), { code: 'config' });
  assert.equal(readFileSync(join(data, 'secret'), 'utf8'), 'short\n');
});

test('a start with a wrong key ends with one line that names it', async (t) => {
  const server = spawnServer(folderFor(t), { config: { listen: { port: 'x' } } });
  const { code } = await server.exited;
  assert.equal(code, 1);
  assert.deepEqual(server.output.stdout, []);
  assert.equal(server.output.stderr.length, 1);
  assert.match(server.output.stderr[0], /listen\.port/);
});
