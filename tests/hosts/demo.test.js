// The first start: a small platform that looks real, made once, and a way in.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
  assert.deepEqual(platform.clinics.map((clinic) => clinic.zone).sort(),
    ['Europe/Moscow', 'Europe/Warsaw']);
  assert.equal(platform.clinics.flatMap((clinic) => clinic.reviews).length, 12);
  for (const clinic of platform.clinics) {
    assert.ok(clinic.rating.mean >= 1 && clinic.rating.mean <= 5);
  }
  const chats = await browser.ask('GET', '/api/review_chat.list');
  assert.equal(chats.body.review_chats.length, 1);
  assert.ok(!/phone/.test(JSON.stringify(platform.clinics.flatMap((clinic) => clinic.reviews))));
});

test('a restart makes nothing again, also after a kill in the middle', async (t) => {
  const folder = folderFor(t);
  const killed = spawnServer(folder);
  const mark = join(folder, 'data', 'demo.unfinished');
  await until(() => existsSync(mark) || killed.output.stdout.length > 0);
  await killed.kill('SIGKILL');
  const first = spawnServer(folder);
  const { body: before } = await (await first.ready()).ask('GET', '/platform.json');
  await first.kill('SIGTERM');
  const second = spawnServer(folder);
  atEnd(t, () => second.kill());
  const { body: after } = await (await second.ready()).ask('GET', '/platform.json');
  assert.deepEqual(after, before);
});

test('--empty makes nothing', async (t) => {
  const server = spawnServer(folderFor(t), { args: ['--empty'] });
  atEnd(t, () => server.kill());
  const { body } = await (await server.ready()).ask('GET', '/platform.json');
  assert.deepEqual(body.clinics, []);
});
