/* The mailbox of the demo: what it shows survives a restart and even a kill in mid-write, and a
 * repeated effect is one message. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { config_schema, local } from '../../../hosts/node/adapters/local.js';
import { atEnd } from '../host.js';
import { configured, effect, quiet, scratch, until } from './support.js';

const LINK = 'https://clinic.example/chat#Abc';
const SMS = { to: '+79161234567', text: `Клиника ответила: ${LINK}`, link_url: LINK };
const MAIL = { to: 'anna@patients.test', name: 'Анна', subject: 'Ответ', text: LINK,
  html: `<a href="${LINK}">Ответить</a>`, link_url: LINK };

function mailbox(t, data, { report, ...settings } = {}) {
  const reports = [];
  const adapter = local(configured(config_schema, { delivered_after_ms: 5, ...settings }), {
    log: quiet, data, epoch: 'e1', secret: 'a secret of the installation',
    report: report ?? (async (event) => { reports.push(event); }),
  });
  atEnd(t, () => adapter.close());
  return { adapter, reports };
}

test('an SMS and a mail are shown as they would be sent', async (t) => {
  const { adapter } = mailbox(t, scratch(t));
  await adapter.send(effect(SMS));
  await adapter.send(effect(MAIL));
  const [sms, mail] = adapter.messages(0);
  const shown = ({ kind, to, subject, text, html, link_url }) =>
    ({ kind, to, subject, text, html, link_url });
  assert.deepEqual(shown(sms), { kind: 'sms.send', ...SMS, subject: undefined, html: undefined });
  assert.deepEqual(shown(mail), { kind: 'email.send', ...shown(MAIL), kind: 'email.send' });
  assert.deepEqual(adapter.messages(sms.id).map(({ id }) => id), [mail.id]);
});

test('a delivery is reported after the sending, with its id and channel', async (t) => {
  const { adapter, reports } = mailbox(t, scratch(t));
  const sms = await adapter.send(effect(SMS));
  assert.deepEqual(reports, []);
  const mail = await adapter.send(effect(MAIL));
  await until('two reports', () => reports.length === 2);
  assert.deepEqual(reports, [
    { channel: 'sms', provider_id: sms.provider_id, status: 'delivered' },
    { channel: 'email', provider_id: mail.provider_id, status: 'delivered' },
  ]);
});

test('a restart keeps the mailbox, its numbers and what was not yet reported', async (t) => {
  const data = scratch(t);
  const first = mailbox(t, data, { delivered_after_ms: 3_600_000 });
  const sms = effect(SMS);
  const outcome = await first.adapter.send(sms);
  await first.adapter.close();
  const second = mailbox(t, data);
  assert.deepEqual(second.adapter.messages(0).map(({ id, text }) => [id, text]), [[1, SMS.text]]);
  await until('the report', () => second.reports.length === 1);
  assert.equal(second.reports[0].provider_id, outcome.provider_id);
  await second.adapter.send(effect(SMS));
  await until('two reports', () => second.reports.length === 2);
  await second.adapter.close();
  const third = mailbox(t, data);
  assert.deepEqual(third.adapter.messages(0).map(({ id }) => id), [1, 2]);
  await third.adapter.send(effect(SMS));
  await until('the third report', () => third.reports.length === 1);
});

test('an effect that comes again, even after a restart, is one message', async (t) => {
  const data = scratch(t);
  const sms = effect(SMS);
  const first = mailbox(t, data);
  const outcome = await first.adapter.send(sms);
  assert.deepEqual(await first.adapter.send({ ...sms, attempt: 2 }), outcome);
  const second = mailbox(t, data);
  assert.deepEqual(await second.adapter.send({ ...sms, attempt: 3 }), outcome);
  assert.equal(second.adapter.messages(0).length, 1);
});

test('half a line, left by a kill, costs only itself', async (t) => {
  const data = scratch(t);
  const first = mailbox(t, data);
  await first.adapter.send(effect(SMS));
  await first.adapter.close();
  appendFileSync(join(data, 'outbox.jsonl'), '{"id":2,"text":"Кли');
  const second = mailbox(t, data);
  await second.adapter.send(effect(MAIL));
  await second.adapter.close();
  const third = mailbox(t, data);
  assert.deepEqual(third.adapter.messages(0).map(({ kind }) => kind), ['sms.send', 'email.send']);
});

test('a report that could not be stored is told again', async (t) => {
  const data = scratch(t);
  let tries = 0;
  const { adapter } = mailbox(t, data, { report: async () => {
    tries += 1;
    if (tries === 1) throw Object.assign(new Error('full'), { code: 'storage.full' });
  } });
  await adapter.send(effect(SMS));
  await until('a second try', () => tries === 2);
  await until('it is noted', () =>
    readFileSync(join(data, 'outbox.jsonl'), 'utf8').includes('{"delivered":1}'));
});
