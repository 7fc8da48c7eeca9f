/* The SMPP adapter against an SMSC built on another SMPP codec. Each fault is one step of the
 * SMSC's script; what the handset would show is its event `whole`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { config_schema, smpp } from '../../../hosts/node/adapters/smpp.js';
import { atEnd } from '../host.js';
import { configured, effect, freePort, quiet, startSmsc, until } from './support.js';

const TEXT = 'Клиника «Здоровье» ответила на ваш отзыв от 12 ноября 2026 года. Прочитать и ' +
  'ответить: https://clinic.example/chat#AAAAAAABAbCdEfGhIjKlMnOpQr';
const TO = '+79161234567';

/** SMSC and adapter. `reports` gathers what the adapter hands on; `hold` replaces the storing. */
async function chain(t, steps, settings = {}, { hold, onMessage, port } = {}) {
  const smsc = port ? { port } : await startSmsc(t, steps);
  const reports = [];
  const report = async (event) => { reports.push(event); await hold?.(event); };
  const config = configured(config_schema, { host: '127.0.0.1', port: smsc.port,
    system_id: 'clinic', password: 'secret', from: 'CLINIC', throttle_min_ms: 5,
    throttle_max_ms: 20, reconnect_min_ms: 20, reconnect_max_ms: 60, ...settings });
  const adapter = smpp(config, { log: quiet, report, onMessage });
  atEnd(t, () => adapter.close());
  const reported = (count) => until(`${count} reports`, () => reports.length >= count && reports);
  return { smsc, adapter, reports, reported };
}

test('a long Cyrillic text arrives whole, in parts of 140 octets at most', async (t) => {
  const { smsc, adapter, reported } = await chain(t, ['ok']);
  const outcome = await adapter.send(effect({ to: TO, text: TEXT }));
  assert.equal((await smsc.next('whole')).text, TEXT);
  const parts = smsc.events.filter(({ event }) => event === 'part');
  assert.ok(parts.length > 1 && parts.every(({ octets }) => octets <= 140));
  assert.equal(outcome.status, 'sent');
  assert.deepEqual(outcome.provider_ids, parts.map(({ id }) => id));
  const ids = (await reported(parts.length)).map((event) => event.provider_id);
  assert.deepEqual(ids.toSorted(), outcome.provider_ids.toSorted());
});

test('GSM-7 with escape pairs and emoji in UCS-2 arrive whole', async (t) => {
  const { smsc, adapter } = await chain(t, ['mute']);
  for (const text of [`${'a'.repeat(152)}€[]{}~|^\\ Ąć`.slice(0, 160), `${'x'.repeat(151)}€€€€€€`,
    `${'ж'.repeat(66)}😀😀 конец ${'щ'.repeat(70)}`]) {
    await adapter.send(effect({ to: TO, text }));
    assert.equal((await smsc.next('whole')).text, text);
  }
});

test('a throttled message is sent later, once', async (t) => {
  const { smsc, adapter } = await chain(t, ['0x58', '0x14', '0x58', 'ok']);
  const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
  assert.equal(outcome.status, 'sent');
  assert.equal(smsc.count('submit'), 4);
  assert.equal(smsc.count('part'), 1);
});

test('a message throttled beyond its patience is left to a later attempt', async (t) => {
  const { smsc, adapter } = await chain(t, ['0x58'], { send_timeout_ms: 100 });
  const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
  assert.equal(outcome.status, 'retry');
  assert.equal(smsc.count('part'), 0);
});

test('a number that does not exist fails for good', async (t) => {
  const { adapter } = await chain(t, ['0x0b']);
  assert.deepEqual(await adapter.send(effect({ to: TO, text: 'hello' })),
    { status: 'failed', error: 'smpp.0x0000000b' });
});

test('an error of the SMSC itself is a matter of a later attempt', async (t) => {
  const { adapter } = await chain(t, ['0x08']);
  assert.equal((await adapter.send(effect({ to: TO, text: 'hello' }))).status, 'retry');
});

test('a line cut before the answer is unknown and never repeated by itself', async (t) => {
  const { smsc, adapter } = await chain(t, ['drop', 'ok']);
  assert.equal((await adapter.send(effect({ to: TO, text: 'first' }))).status, 'unknown');
  assert.equal((await adapter.send(effect({ to: TO, text: 'second' }))).status, 'sent');
  assert.equal(smsc.count('bind'), 2);
  const texts = smsc.events.filter(({ event }) => event === 'whole').map(({ text }) => text);
  assert.deepEqual(texts, ['first', 'second']);
});

test('a silence about one part leaves the whole unknown', async (t) => {
  const { smsc, adapter } = await chain(t, ['mute', 'silent', 'mute'],
    { response_timeout_ms: 300, window: 1 });
  const outcome = await adapter.send(effect({ to: TO, text: TEXT }));
  assert.equal(outcome.status, 'unknown');
  assert.equal(outcome.provider_ids, undefined);
  assert.equal(smsc.count('part'), 3);
  // The SMSC still answers enquire_link, so the line was not given up.
  assert.equal(smsc.count('bind'), 1);
});

test('an SMSC that answers no enquire_link is left for a new connection', async (t) => {
  const { smsc } = await chain(t, ['--deaf', 'ok'],
    { enquire_link_ms: 50, response_timeout_ms: 300 });
  await smsc.next('bind');
  await smsc.next('closed');
  await smsc.next('bind');
});

test('an enquire_link of the SMSC is answered', async (t) => {
  const { smsc } = await chain(t, ['ok']);
  await smsc.next('bind');
  smsc.tell('enquire');
  await smsc.next('enquire_resp');
});

test('a message waits for a connection that was refused at first', async (t) => {
  const { smsc, adapter } = await chain(t, ['--refuse-binds', '2', 'ok']);
  assert.equal((await adapter.send(effect({ to: TO, text: 'hello' }))).status, 'sent');
  assert.equal(smsc.count('bind'), 3);
});

test('while nobody listens nothing is lost: retry, and nothing was written', async (t) => {
  const { adapter } = await chain(t, [], { send_timeout_ms: 200 }, { port: await freePort() });
  assert.equal((await adapter.send(effect({ to: TO, text: 'hello' }))).status, 'retry');
});

test('a report that comes before the answer is handed on with the same id', async (t) => {
  const { adapter, reported } = await chain(t, ['early']);
  const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
  const [event] = await reported(1);
  assert.deepEqual(event, { channel: 'sms', provider_id: outcome.provider_id, error: undefined,
    status: 'delivered' });
});

test('a report that comes long after is handed on, also over a new connection', async (t) => {
  const { smsc, adapter, reports, reported } = await chain(t, ['late']);
  const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
  await smsc.next('bind');
  smsc.tell('hang_up');
  await smsc.next('bind');
  assert.equal(reports.length, 0);
  smsc.tell('release');
  assert.equal((await reported(1))[0].provider_id, outcome.provider_id);
});

test('two equal reports are both handed on and both acknowledged', async (t) => {
  const { smsc, adapter, reported } = await chain(t, ['twice']);
  await adapter.send(effect({ to: TO, text: 'hello' }));
  const [first, second] = await reported(2);
  assert.deepEqual(first, second);
  assert.equal((await smsc.next('deliver_resp')).status, 0);
  assert.equal((await smsc.next('deliver_resp')).status, 0);
});

for (const report_ids of ['same', 'decimal', 'hex']) {
  test(`ids meet when reports write them ${report_ids}`, async (t) => {
    const { adapter, reported } = await chain(t, ['--report-ids', report_ids, 'ok'],
      { report_ids });
    const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
    assert.equal((await reported(1))[0].provider_id, outcome.provider_id);
  });
}

const FATES = { UNDELIV: undefined, REJECTD: undefined, DELETED: undefined, EXPIRED: false };
for (const [state, final] of Object.entries(FATES)) {
  test(`${state} is a failure ${final === false ? 'for now' : 'for good'}`, async (t) => {
    const { adapter, reported } = await chain(t, [state]);
    await adapter.send(effect({ to: TO, text: 'hello' }));
    const [event] = await reported(1);
    assert.equal(event.status, 'failed');
    assert.equal(event.final, final);
    assert.equal(event.error, `smpp.${state}_000`);
  });
}

test('a report is acknowledged only after it was stored', async (t) => {
  let store;
  const stored = new Promise((resolve) => { store = resolve; });
  const { smsc, adapter, reported } = await chain(t, ['ok'], {}, { hold: () => stored });
  await adapter.send(effect({ to: TO, text: 'hello' }));
  await reported(1);
  // The answer to a later question overtakes the acknowledgement, which is thus being held back.
  smsc.tell('enquire');
  await smsc.next('enquire_resp');
  assert.equal(smsc.count('deliver_resp'), 0);
  store();
  assert.equal((await smsc.next('deliver_resp')).status, 0);
});

test('a report that could not be stored is refused, so that it comes again', async (t) => {
  const hold = async () => { throw Object.assign(new Error('full'), { code: 'storage.full' }); };
  const { smsc, adapter } = await chain(t, ['ok'], {}, { hold });
  await adapter.send(effect({ to: TO, text: 'hello' }));
  assert.equal((await smsc.next('deliver_resp')).status, 0x64);
});

test('an unreadable PDU costs only itself', async (t) => {
  const { smsc, adapter, reported } = await chain(t, ['junk']);
  const outcome = await adapter.send(effect({ to: TO, text: 'hello' }));
  assert.equal(outcome.status, 'sent');
  assert.equal((await reported(1))[0].provider_id, outcome.provider_id);
  await smsc.next('nack');
  assert.equal(smsc.count('bind'), 1);
});

test('a message from a patient is handed on with its text', async (t) => {
  const inbound = [];
  const { smsc } = await chain(t, ['ok'], {}, { onMessage: async (message) => {
    inbound.push(message);
  } });
  await smsc.next('bind');
  smsc.tell('say 79161234567 CLINIC Спасибо, доктор');
  await smsc.next('deliver_resp');
  assert.equal(inbound[0].text, 'Спасибо, доктор');
  assert.equal(inbound[0].from.id, '79161234567');
});

test('no more than the window is on its way, and every message gets its own answer', async (t) => {
  const { smsc, adapter } = await chain(t, ['hold', 'hold', 'hold', 'mute'], { window: 3 });
  const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`);
  const sending = Promise.all(texts.map((text) => adapter.send(effect({ to: TO, text }))));
  for (let count = 0; count < 3; count += 1) await smsc.next('submit');
  // Whatever the adapter wrote before its answer to this question has been read by then.
  smsc.tell('enquire');
  await smsc.next('enquire_resp');
  assert.equal(smsc.count('submit'), 3);
  smsc.tell('answer');
  const outcomes = await sending;
  const ids = new Map(smsc.events.filter(({ event }) => event === 'part')
    .map(({ text, id }) => [text, id]));
  assert.deepEqual(outcomes.map(({ provider_id }) => provider_id), texts.map((x) => ids.get(x)));
});

test('closing says goodbye and answers what still waits', async (t) => {
  const { smsc, adapter } = await chain(t, ['0x58'],
    { throttle_min_ms: 60_000, throttle_max_ms: 60_000 });
  const waiting = adapter.send(effect({ to: TO, text: 'hello' }));
  await smsc.next('submit');
  await smsc.next('bind');
  await adapter.close();
  await smsc.next('unbound');
  assert.equal((await waiting).status, 'retry');
});
