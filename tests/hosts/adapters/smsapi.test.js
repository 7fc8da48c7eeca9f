/* The SMSAPI.pl adapter against a double of the provider's protocol, with the provider's faults.
 * The double keeps one message per idx, as the provider does with check_idx. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { config_schema, smsapi } from '../../../hosts/node/adapters/smsapi.js';
import { configured, effect, freePort, quiet, startHttp } from './support.js';

const SERVICES = { log: quiet, epoch: 'e1', secret: 'a secret of the installation' };
const TO = '+48500600700';
const TEXT = 'Dzień dobry! Klinika odpowiedziała: https://clinic.example/chat#Abc';

/** What the provider does with one request: `before` may answer in its place (null cuts the
 *  line), `after` may do so once the message is taken. */
async function provider(t, { before, after } = {}) {
  const taken = new Map();
  const requests = [];
  const url = await startHttp(t, async (request) => {
    const form = Object.fromEntries(new URLSearchParams(request.rawBody.toString()));
    requests.push({ ...request, form });
    const early = await before?.(form, requests.length);
    if (early !== undefined) return early;
    if (request.headers.authorization !== 'Bearer T0ken') return json(101);
    if (form.check_idx === '1' && taken.has(form.idx)) return json(53);
    taken.set(form.idx, form);
    const late = await after?.(form, requests.length);
    if (late !== undefined) return late;
    return { status: 200, body: JSON.stringify({ count: 1, list: [{ id: `X${taken.size}`,
      points: 0.16, number: form.to, date_sent: 1_764_000_000, submitted_number: form.to,
      status: 'QUEUE', error: null, idx: form.idx, parts: 1 }] }) };
  });
  return { taken, requests, url: `${url}/sms.do` };
}

const json = (error) => ({ status: 200,
  body: JSON.stringify({ error, message: 'as the provider words it', invalid_numbers: [] }) });

function adapterFor(url, settings = {}) {
  return smsapi(configured(config_schema, { url, token: 'T0ken', from: 'Clinic',
    report_url: 'https://desk.example/hooks/sms/smsapi', ...settings }), SERVICES);
}

test('a message goes as a form with idx, check_idx and the address for reports', async (t) => {
  const { taken, requests, url } = await provider(t);
  const sms = effect({ to: TO, text: TEXT });
  const outcome = await adapterFor(url).send(sms);
  const [form] = taken.values();
  assert.equal(outcome.status, 'sent');
  assert.equal(outcome.provider_id, form.idx);
  assert.equal(requests[0].method, 'POST');
  assert.deepEqual({ ...form, idx: undefined }, { to: '48500600700', from: 'Clinic',
    message: TEXT, encoding: 'utf-8', format: 'json', idx: undefined, check_idx: '1',
    notify_url: 'https://desk.example/hooks/sms/smsapi' });
  assert.match(form.idx, new RegExp(`^e1\\.${sms.effect_id}\\.[0-9a-f]{20}$`));
});

test('a line cut after the provider took the message costs no second message', async (t) => {
  const { taken, requests, url } = await provider(t,
    { after: (form, count) => (count === 1 ? null : undefined) });
  const sms = effect({ to: TO, text: TEXT });
  const first = await adapterFor(url).send(sms);
  assert.equal(first.status, 'retry');
  const second = await adapterFor(url).send(sms);
  assert.equal(second.status, 'sent');
  assert.equal(second.provider_id, [...taken.keys()][0]);
  assert.equal(taken.size, 1);
  assert.equal(requests.length, 2);
});

test('an answer that does not come in time costs no second message', async (t) => {
  const silence = new Promise(() => {});
  const { taken, url } = await provider(t,
    { after: (form, count) => (count === 1 ? silence : undefined) });
  const adapter = adapterFor(url, { send_timeout_ms: 300 });
  const sms = effect({ to: TO, text: TEXT });
  assert.equal((await adapter.send(sms)).status, 'retry');
  assert.equal((await adapter.send(sms)).status, 'sent');
  assert.equal(taken.size, 1);
});

test('another effect with an equal text is another message', async (t) => {
  const { taken, url } = await provider(t);
  const adapter = adapterFor(url);
  await adapter.send(effect({ to: TO, text: TEXT }));
  await adapter.send(effect({ to: TO, text: TEXT }));
  assert.equal(taken.size, 2);
});

test('an effect of a restored database is another message than its namesake', async (t) => {
  const { taken, url } = await provider(t);
  const sms = effect({ to: TO, text: TEXT });
  await adapterFor(url).send(sms);
  const restored = smsapi(configured(config_schema, { url, token: 'T0ken',
    report_url: 'https://desk.example/' }), { ...SERVICES, epoch: 'e2' });
  assert.equal((await restored.send(sms)).status, 'sent');
  assert.equal(taken.size, 2);
});

test('429 is for now, and Retry-After is passed on', async (t) => {
  const { url } = await provider(t,
    { before: () => ({ status: 429, headers: { 'retry-after': '17' }, body: '' }) });
  assert.deepEqual(await adapterFor(url).send(effect({ to: TO, text: TEXT })),
    { status: 'retry', error: 'smsapi.http_429', retry_after_ms: 17_000 });
});

for (const status of [500, 502, 503]) {
  test(`${status} is for now`, async (t) => {
    const { url } = await provider(t, { before: () => ({ status, body: '<html>sorry' }) });
    const outcome = await adapterFor(url).send(effect({ to: TO, text: TEXT }));
    assert.equal(outcome.status, 'retry');
  });
}

test('nobody there is for now', async () => {
  const url = `http://127.0.0.1:${await freePort()}/sms.do`;
  assert.equal((await adapterFor(url).send(effect({ to: TO, text: TEXT }))).status, 'retry');
});

const CODES = { 11: 'failed', 13: 'failed', 14: 'failed', 57: 'failed', 59: 'failed',
  101: 'retry', 103: 'retry', 105: 'retry', 201: 'retry', 202: 'retry', 999: 'retry',
  4711: 'retry' };
for (const [code, status] of Object.entries(CODES)) {
  test(`error ${code} is ${status}`, async (t) => {
    const { url } = await provider(t, { before: () => json(Number(code)) });
    const outcome = await adapterFor(url).send(effect({ to: TO, text: TEXT }));
    assert.equal(outcome.status, status);
    assert.equal(outcome.error, `smsapi.${code}`);
  });
}

test('a wrong token waits for its repair instead of losing the message', async (t) => {
  const { url } = await provider(t);
  const adapter = adapterFor(url, { token: 'stale' });
  const outcome = await adapter.send(effect({ to: TO, text: TEXT }));
  assert.equal(outcome.status, 'retry');
  assert.ok(outcome.retry_after_ms > 0);
});

const callback = (query) => ({ method: 'GET', url: '/hooks/sms/smsapi', headers: {},
  rawBody: Buffer.alloc(0), query });

test('a callback that overtakes the answer bears the id that the answer will bring', async (t) => {
  const events = [];
  let adapter;
  const { url } = await provider(t, { after: async (form) => {
    const told = await adapter.receive(callback({ MsgId: 'X1', status: '404', idx: form.idx }));
    events.push(...told.events);
    assert.equal(told.reply.body, 'OK');
  } });
  adapter = adapterFor(url);
  const outcome = await adapter.send(effect({ to: TO, text: TEXT }));
  assert.deepEqual(events, [{ channel: 'sms', provider_id: outcome.provider_id,
    error: undefined, status: 'delivered' }]);
});

test('one callback may tell of several messages, by GET or by POST', async (t) => {
  const { taken, url } = await provider(t);
  const adapter = adapterFor(url);
  for (let count = 0; count < 3; count += 1) await adapter.send(effect({ to: TO, text: TEXT }));
  const [a, b, c] = taken.keys();
  const told = { MsgId: 'X1,X2,X3', status: '404,405,402', idx: `${a},${b},${c}` };
  const expected = [
    { channel: 'sms', provider_id: a, error: undefined, status: 'delivered' },
    { channel: 'sms', provider_id: b, error: 'smsapi.report_405', status: 'failed' },
    { channel: 'sms', provider_id: c, error: 'smsapi.report_402', status: 'failed', final: false },
  ];
  assert.deepEqual((await adapter.receive(callback(told))).events, expected);
  const posted = { ...callback({}), rawBody: Buffer.from(String(new URLSearchParams(told))) };
  assert.deepEqual((await adapter.receive(posted)).events, expected);
});

test('a callback with a key that we did not make is heard and ignored', async (t) => {
  const { taken, url } = await provider(t);
  const adapter = adapterFor(url);
  await adapter.send(effect({ to: TO, text: TEXT }));
  const [key] = taken.keys();
  const forged = key.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const [name] = key.split(/\.(?=[^.]*$)/);
  for (const idx of [forged, name, `${key}0`, '', 'e1.1', undefined]) {
    assert.deepEqual((await adapter.receive(callback({ status: '404', idx }))).events, []);
  }
});

test('a callback that tells nothing changes nothing', async (t) => {
  const { taken, url } = await provider(t);
  const adapter = adapterFor(url);
  await adapter.send(effect({ to: TO, text: TEXT }));
  const [idx] = taken.keys();
  for (const status of ['401', '408', '', 'DELIVERED']) {
    assert.deepEqual((await adapter.receive(callback({ status, idx }))).events, []);
  }
});
