/* The Kannel adapter with a real Kannel, whose only SMSC is ours: HTTP, Kannel, SMPP, and the
 * delivery report all the way back. Everything listens on the loopback interface. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { config_schema, kannel } from '../../../hosts/node/adapters/kannel.js';
import {
  configured, effect, freePort, needPeers, quiet, scratch, start, startHttp, startSmsc, until,
  untilListening,
} from './support.js';

const SERVICES = { log: quiet, epoch: 'e1', secret: 'a secret of the installation' };
const TO = '+79161234567';
const TEXT = 'Клиника «Здоровье» ответила на ваш отзыв от 12 ноября 2026 года. Прочитать и ' +
  'ответить: https://clinic.example/chat#AAAAAAABAbCdEfGhIjKlMnOpQr';

function kannelConfig({ folder, ports, smsc_port }) {
  return `
group = core
admin-port = ${ports.admin}
admin-interface = "127.0.0.1"
admin-password = admin
status-password = status
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = ${ports.box}
smsbox-interface = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "${folder}/bearerbox.log"
store-type = file
store-location = "${folder}/store"
dlr-storage = internal
sms-resend-freq = 1

group = smsc
smsc = smpp
smsc-id = ours
host = 127.0.0.1
port = ${smsc_port}
transceiver-mode = true
smsc-username = clinic
smsc-password = secret
system-type = ""
address-range = ""
enquire-link-interval = 5
reconnect-delay = 1
source-addr-autodetect = true
msg-id-type = 0x00

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${ports.sendsms}
sendsms-interface = "127.0.0.1"
log-file = "${folder}/smsbox.log"

group = sendsms-user
username = clinic
password = secret
max-messages = 10
concatenation = true
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
max-messages = 0
catch-all = true
text = ""
`;
}

/** SMSC, Kannel and adapter. The SMSC starts only when a test wants it, so that Kannel may also
 *  be alone. */
async function chain(t, steps) {
  needPeers('bearerbox', 'smsbox', 'perl');
  const folder = scratch(t);
  const ports = { admin: await freePort(), box: await freePort(), sendsms: await freePort() };
  const smsc_port = await freePort();
  const path = join(folder, 'kannel.conf');
  writeFileSync(path, kannelConfig({ folder, ports, smsc_port }));
  const reports = [];
  let adapter;
  const report_url = await startHttp(t, async (request) => {
    const { events, reply } = await adapter.receive(request);
    reports.push(...events);
    return reply;
  });
  const startChainSmsc = () => startSmsc(t, steps, smsc_port);
  const smsc = steps && await startChainSmsc();
  const bearerbox = start(t, 'bearerbox', ['-v', '4', path], { cwd: folder });
  await untilListening(ports.box, bearerbox);
  const smsbox = start(t, 'smsbox', ['-v', '4', path], { cwd: folder });
  await untilListening(ports.sendsms, smsbox);
  if (smsc) await smsc.next('bind');
  const url = `http://127.0.0.1:${ports.sendsms}/cgi-bin/sendsms`;
  const configure = (settings) => configured(config_schema, { url, username: 'clinic',
    password: 'secret', from: 'CLINIC', report_url: `${report_url}/hooks/sms/kannel`,
    ...settings });
  adapter = kannel(configure({}), SERVICES);
  const reported = (status) => until(`a report ${status}`,
    () => reports.find((event) => event.status === status));
  return { smsc, adapter, reports, reported, configure, smsc_port };
}

test('a long Cyrillic text goes through Kannel whole and its delivery comes back', async (t) => {
  const { smsc, adapter, reported } = await chain(t, ['ok']);
  const sms = effect({ to: TO, text: TEXT });
  const outcome = await adapter.send(sms);
  assert.equal(outcome.status, 'sent');
  const whole = await smsc.next('whole');
  assert.equal(whole.text, TEXT);
  assert.equal(whole.to, '79161234567');
  const delivered = await reported('delivered');
  assert.equal(delivered.provider_id, outcome.provider_id);
  assert.equal(delivered.channel, 'sms');
});

test('a text within GSM-7 is not sent as UCS-2, and its signs survive', async (t) => {
  const { smsc, adapter } = await chain(t, ['ok']);
  const text = 'Clinic answered: 100% [ok] {x} ~50 & more @ https://clinic.example/chat#A_b-C';
  await adapter.send(effect({ to: TO, text }));
  const part = await smsc.next('part');
  assert.equal(part.text, text);
  assert.equal(part.data_coding, 0);
});

test('Kannel repeats what the SMSC throttled, and the report comes back once more', async (t) => {
  const { smsc, adapter, reported } = await chain(t, ['0x58', 'ok']);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  assert.equal((await smsc.next('whole')).text, 'Thank you');
  assert.equal((await reported('delivered')).provider_id, outcome.provider_id);
});

test('doubled reports come through', async (t) => {
  const { adapter, reports } = await chain(t, ['twice']);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  await until('a delivery', () => reports.some(({ status }) => status === 'delivered'));
  assert.ok(reports.every(({ provider_id }) => provider_id === outcome.provider_id));
});

test('what the SMSC could not deliver comes back as failed for good', async (t) => {
  const { adapter, reported } = await chain(t, ['UNDELIV']);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  const failed = await reported('failed');
  assert.equal(failed.provider_id, outcome.provider_id);
  assert.equal(failed.error, 'kannel.UNDELIV');
  assert.equal(failed.final, true);
});

test('what expired comes back as failed for now', async (t) => {
  const { adapter, reported } = await chain(t, ['EXPIRED']);
  await adapter.send(effect({ to: TO, text: 'Thank you' }));
  assert.equal((await reported('failed')).final, false);
});

test('a number that the SMSC refuses comes back as failed', async (t) => {
  const { adapter, reported } = await chain(t, ['0x0b']);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  assert.equal((await reported('failed')).provider_id, outcome.provider_id);
});

test('Kannel keeps a message while its SMSC is away', async (t) => {
  const { adapter, smsc_port, reported } = await chain(t, null);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  assert.equal(outcome.status, 'sent');
  const smsc = await startSmsc(t, ['ok'], smsc_port);
  assert.equal((await smsc.next('whole')).text, 'Thank you');
  assert.equal((await reported('delivered')).provider_id, outcome.provider_id);
});

test('a wrong password is for now, and nothing was sent', async (t) => {
  const { smsc, configure } = await chain(t, ['ok']);
  const adapter = kannel(configure({ password: 'stale' }), SERVICES);
  const outcome = await adapter.send(effect({ to: TO, text: 'Thank you' }));
  assert.deepEqual(outcome, { status: 'retry', error: 'kannel.http_403',
    retry_after_ms: undefined });
  assert.equal(smsc.count('submit'), 0);
});

test('a text that Kannel refuses fails for good', async (t) => {
  const { adapter } = await chain(t, ['ok']);
  const outcome = await adapter.send(effect({ to: 'nobody', text: 'Thank you' }));
  assert.equal(outcome.status, 'failed');
});

const alone = (url) => kannel(configured(config_schema, { url, username: 'c', password: 's',
  from: 'C', report_url: 'http://127.0.0.1/', send_timeout_ms: 500 }), SERVICES);

test('a Kannel that is not there is for now', async () => {
  const url = `http://127.0.0.1:${await freePort()}/cgi-bin/sendsms`;
  assert.equal((await alone(url).send(effect({ to: TO, text: 'x' }))).status, 'retry');
});

test('a Kannel that took the request and fell silent, or fell, leaves it unknown', async (t) => {
  const silent = await startHttp(t, () => new Promise(() => {}));
  const cut = await startHttp(t, () => null);
  for (const url of [silent, cut]) {
    const outcome = await alone(url).send(effect({ to: TO, text: 'x' }));
    assert.equal(outcome.status, 'unknown');
    // With the id, so that a report may still tell.
    assert.match(outcome.provider_id, /^e1\./);
  }
});

test('an overloaded Kannel is for now', async (t) => {
  const url = await startHttp(t, () => ({ status: 503, body: 'Temporal failure' }));
  assert.equal((await alone(url).send(effect({ to: TO, text: 'x' }))).status, 'retry');
});

test('a report with a key that we did not make is refused', async () => {
  const adapter = alone('http://127.0.0.1:1/');
  const query = { effect: 'e1.5.0123456789abcdef0123', status: '1' };
  const told = await adapter.receive({ query });
  assert.deepEqual(told, { events: [], reply: { status: 403, body: '' } });
});
