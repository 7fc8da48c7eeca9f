// The first start: a small platform that looks real, made once, and a way in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atEnd, browserOf, folderFor, spawnServer, until } from './host.js';

/** @param {string[]} lines @param {string} word */
const addressOf = (lines, word) => new RegExp(`^${word}\\s+(http\\S+)`).exec(
  lines.find((line) => line.startsWith(word)) ?? '')?.[1];

test('a first start prints three addresses that work', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder);
  atEnd(t, () => server.kill());
  const client = await server.ready();
  const cabinet = addressOf(server.output.stdout, 'cabinet');
  assert.ok(cabinet && addressOf(server.output.stdout, 'outbox'), server.output.stdout.join('\n'));
  const browser = browserOf(client.url);
  const opened = await browser.open(new URL(cabinet).hash.slice(1));
  assert.equal(opened.body?.actor?.role, 'representative', opened.text);
  const { body } = await browser.ask('GET', '/api/review.list');
  assert.ok(body.reviews.length >= 5);
  const { body: platform } = await client.ask('GET', '/platform.json');
  assert.deepEqual([...new Set(platform.clinics.map((clinic) => clinic.zone))].sort(),
    ['Europe/Moscow', 'Europe/Warsaw']);
  assert.equal(platform.clinics.flatMap((clinic) => clinic.reviews).length, 12);
  for (const clinic of platform.clinics.filter((each) => each.rating.count > 0)) {
    assert.ok(clinic.rating.mean >= 1 && clinic.rating.mean <= 5);
  }
  const chats = await browser.ask('GET', '/api/review_chat.list');
  assert.equal(chats.body.review_chats.length, 1);
  assert.ok(!/phone/.test(JSON.stringify(platform.clinics.flatMap((clinic) => clinic.reviews))));
  await t.test('with questions in every state, the newest in the outbox', () =>
    looksLived(client, browser));
});

async function looksLived(client, browser) {
  const { body: { contact_forms: forms } } = await browser.ask('GET',
    '/api/contact_form.list?scope=all&limit=200');
  const states = new Set(forms.map((form) => form.state));
  assert.deepEqual([...states].sort(),
    ['answered', 'answered_by_phone', 'new', 'read', 'rejected']);
  assert.deepEqual(new Set(forms.map((form) => form.reason).filter(Boolean)),
    new Set(['duplicate', 'spam', 'not_performed', 'cannot_meet_now']));
  assert.ok(forms.some((form) => form.origin === 'secondary'));
  assert.ok(forms.some((form) => form.state === 'new' && form.reminded_at));
  const waits = forms.filter((form) => form.waiting_since_at);
  assert.ok(waits.length >= 5 && waits.every((form) => form.waiting_since_at > Date.now() - 4e8));
  const { body: { clinics } } = await client.ask('GET', '/api/clinic.list');
  const [{ clinic_id: clinicId }] = clinics;
  const { body: indicator } = await client.ask('GET',
    `/public/response_indicator.get?clinic_id=${clinicId}`);
  assert.ok(indicator.enough && indicator.median_ms > 0, JSON.stringify(indicator));
  const { body: preview } = await client.ask('GET',
    `/public/contact_form.preview?clinic_id=${clinicId}&practitioner_id=3`);
  assert.equal(preview.warning?.code, 'absent');
  const notice = await until(async () => (await client.ask('GET', '/outbox.json')).body.messages
    .find((message) => message.link_url?.includes('/sign-in#')));
  const opened = await client.browser().open(new URL(notice.link_url).hash.slice(1));
  assert.equal(opened.body.item?.kind, 'contact_form', opened.text);
}

test('--empty makes nothing', async (t) => {
  const server = spawnServer(folderFor(t), { args: ['--empty'] });
  atEnd(t, () => server.kill());
  const { body } = await (await server.ready()).ask('GET', '/platform.json');
  assert.deepEqual(body.clinics, []);
});
