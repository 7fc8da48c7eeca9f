/* Web push against a service that checks signatures and opens contents: what arrives, what each
 * answer means, and where a message is never sent. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { config_schema, push } from '../../../hosts/node/adapters/push.js';
import { startPushService } from '../peers/push-service.js';
import { configured, freePort, quiet, scratch } from './support.js';

const NOTICE = {
  subject: 'Новый вопрос', text: 'Откройте, чтобы прочитать. Łąka — 🦷',
  link: { link_id: null, path: '/cabinet/#/contact_form/7' },
};
let effects = 0;

/** A service, a device that subscribed, and the adapter in between. */
async function world(t, settings = {}) {
  const service = await startPushService(t);
  const data = scratch(t);
  const config = configured(config_schema, { allow_private: true, ...settings });
  const adapter = push(config, /** @type {any} */ ({ log: quiet, data }));
  const device = service.device(adapter.public_key);
  const send = (fields = {}) => adapter.send({ effect_id: (effects += 1), kind: 'push.send',
    attempt: 1, deadline_at: Date.now() + 3_600_000, to: JSON.stringify(device.subscription),
    ...NOTICE, ...fields });
  return { service, data, adapter, device, send };
}

test('a message arrives sealed and signed, and is opened by its device alone', async (t) => {
  const { service, device, send } = await world(t);
  assert.deepEqual(await send(), { status: 'sent' });
  const [{ title, body, url, tag, raw, ...headers }] = device.shown;
  assert.deepEqual({ title, body, url, tag }, { title: NOTICE.subject, body: NOTICE.text,
    url: '/cabinet/#/contact_form/7', tag: 'contact_form/7' });
  assert.ok(!raw.includes('contact_form') && !raw.includes(Buffer.from('Новый')), 'sealed');
  assert.equal(headers.urgency, 'high');
  assert.ok(Number(headers.ttl) > 3500 && Number(headers.ttl) <= 3600, headers.ttl);
  const other = service.device(device.serverKey);
  other.keys.generateKeys();
  assert.equal((await send({ to: JSON.stringify(other.subscription) })).status, 'failed');
  assert.match(service.refusals[0], /^content/);
});

test('notices of one form replace each other on the way, those of two do not', async (t) => {
  const { device, send } = await world(t);
  for (const id of [7, 8, 7]) await send({ link: { path: `/cabinet/#/contact_form/${id}` } });
  assert.equal(device.shown.length, 3);
  assert.equal(device.pending.size, 2);
});

test('a deadline that has passed is no reason to fail: only who is there gets it', async (t) => {
  const { device, send } = await world(t);
  assert.equal((await send({ deadline_at: Date.now() - 5 })).status, 'sent');
  assert.equal(device.shown[0].ttl, '0');
});

/** Without what is undefined. */
const said = (outcome) => JSON.parse(JSON.stringify(outcome));
const ANSWERS = [
  [{ status: 200 }, { status: 'sent' }],
  [{ status: 404 }, { status: 'failed', error: 'gone' }],
  [{ status: 410 }, { status: 'failed', error: 'gone' }],
  [{ status: 400 }, { status: 'failed', error: 'push.400' }],
  [{ status: 401 }, { status: 'failed', error: 'push.401' }],
  [{ status: 403 }, { status: 'failed', error: 'push.403' }],
  [{ status: 413 }, { status: 'failed', error: 'push.413' }],
  [{ status: 307, headers: { location: 'http://127.0.0.1:1/' } },
    { status: 'failed', error: 'push.307' }],
  [{ status: 429, headers: { 'retry-after': '120' } },
    { status: 'retry', error: 'push.429', retry_after_ms: 120_000 }],
  [{ status: 429 }, { status: 'retry', error: 'push.429' }],
  [{ status: 500 }, { status: 'retry', error: 'push.500' }],
  [{ status: 503, headers: { 'retry-after': '7' } },
    { status: 'retry', error: 'push.503', retry_after_ms: 7000 }],
];
for (const [answer, wanted] of ANSWERS) {
  test(`an answer ${JSON.stringify(answer)} is ${wanted.status}`, async (t) => {
    const { service, send } = await world(t);
    service.answers.push(answer);
    assert.deepEqual(said(await send()), wanted);
  });
}

test('a device that signed out is gone, one of another installation is not ours', async (t) => {
  const { service, device, adapter, send } = await world(t);
  device.gone = true;
  assert.deepEqual(said(await send()), { status: 'failed', error: 'gone' });
  const others = await world(t);
  const foreign = service.device(others.adapter.public_key);
  assert.notEqual(others.adapter.public_key, adapter.public_key);
  assert.equal((await send({ to: JSON.stringify(foreign.subscription) })).error, 'push.403');
});

test('a line that is cut, a service that is silent or away: later again', async (t) => {
  const { service, send } = await world(t, { send_timeout_ms: 300 });
  service.answers.push(null);
  assert.equal((await send()).status, 'retry');
  service.answers.push(new Promise(() => {}));
  assert.equal((await send()).status, 'retry');
  const { device } = await world(t);
  const endpoint = `http://127.0.0.1:${await freePort()}/push/1`;
  const to = JSON.stringify({ ...device.subscription, endpoint });
  const away = await send({ to });
  assert.deepEqual([away.status, away.error], ['retry', 'push.ECONNREFUSED']);
});

test('what is no subscription fails without a word to anybody', async (t) => {
  const { device, send, service } = await world(t);
  const { endpoint, keys } = device.subscription;
  for (const to of ['', 'x', '{}', 'null', JSON.stringify({ endpoint }),
    JSON.stringify({ endpoint: 'no address', keys }),
    JSON.stringify({ endpoint, keys: { p256dh: 'AAAA', auth: keys.auth } }),
    JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: 'AA' } })]) {
    assert.deepEqual(await send({ to }), { status: 'failed', error: 'push.bad_subscription' }, to);
  }
  assert.equal(service.received.length, 0);
});

test('nothing is sent to addresses inside, however they are spelt', async (t) => {
  const { device, service } = await world(t);
  const { send } = await world(t, { allow_private: false });
  const { port } = new URL(service.origin);
  for (const endpoint of [`http://127.0.0.1:${port}/push/1`, `http://push.example:${port}/`,
    `https://127.0.0.1:${port}/`, `https://2130706433:${port}/`, `https://0x7f.1:${port}/`,
    `https://[::1]:${port}/`, `https://[::ffff:127.0.0.1]:${port}/`, 'https://10.0.0.7/',
    'https://169.254.169.254/latest/meta-data', 'https://[fd00::1]/', 'https://user@push.example/',
    `https://localhost:${port}/`, 'ftp://push.example/', 'file:///etc/passwd']) {
    const outcome = await send({ to: JSON.stringify({ ...device.subscription, endpoint }) });
    assert.equal(outcome.status, 'failed', endpoint);
    assert.match(outcome.error, /^push\.(EPRIVATE|endpoint_refused|bad_subscription)$/);
  }
  assert.equal(service.received.length, 0);
});

test('the key is made once, for its owner only, and stays', async (t) => {
  const { data, adapter } = await world(t);
  const path = join(data, 'push_key');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const config = configured(config_schema, {});
  const services = /** @type {any} */ ({ log: quiet, data });
  assert.equal(push(config, services).public_key, adapter.public_key);
  assert.match(adapter.public_key, /^B[\w-]{86}$/);
  const private_key = Buffer.alloc(32, 7).toString('base64url');
  const given = configured(config_schema, { private_key });
  assert.notEqual(push(given, services).public_key, adapter.public_key);
  writeFileSync(path, 'short\n');
  assert.throws(() => push(config, services), { code: 'config' });
});
