/**
 * The patient's page in real Chromium against the real server: from the SMS to the solved
 * problem, and on a second device. Each test has a review and a chat of its own.
 * Read next: patient_more.slow.test.js.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered, newest, open_device, open_page, until } from './browser.js';
import { assert_well_made, bubble, clinic_answers, clinic_writes, GREETING, patient_opens,
  replica_ready, seen_by_clinic, use_world, world, write } from './patient.world.js';

use_world();

test('opening_the_page_changes_nothing_until_the_tap', async () => {
  const chat = await clinic_writes();
  const scanner = await open_device(world.browser);
  const scanned = await open_page(scanner);
  await scanned.goto(chat.link);
  await scanned.locator('.door .primary').waitFor();
  assert.equal(new URL(scanned.url()).hash, '', 'the token has left the address');
  assert.ok(!(await scanned.locator('body').innerText()).includes(world.clinic.name));
  await assert_well_made(scanned, 'the door');
  assert.deepEqual(await scanner.cookies(), []);
  // Had the scanner's visit bound the link, the next device would be asked for a code.
  const { page, device } = await patient_opens(chat);
  assert.equal(await page.locator('.who h1').innerText(), world.clinic.name);
  assert.deepEqual([...scanned.faults, ...page.faults], []);
  await Promise.all([scanner.close(), device.close()]);
});

test('a_review_becomes_a_conversation_and_a_solved_problem', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await page.getByText('Приняли на час позже').waitFor();
  await bubble(page, GREETING).waitFor();
  await page.getByText('Переписку видите').waitFor();
  await replica_ready(page);
  await assert_well_made(page, 'the conversation');

  const since = await newest(world.server);
  await write(page, 'Я ждала больше часа.');
  await bubble(page, 'Я ждала больше часа.').waitFor();
  await delivered(world.server, (message) => message.kind === 'email.send', since);
  await clinic_answers(chat, 'Приносим извинения, вернем деньги.');
  await bubble(page, 'вернем деньги').waitFor();
  await page.locator('[role=status]', { hasText: 'вернем деньги' }).waitFor({ state: 'attached' });

  await page.locator('.tile.solved').click();
  const dialog = page.locator('wa-dialog');
  await dialog.getByText('Вернуть оценку будет нельзя').waitFor();
  await assert_well_made(page, 'the question before solved');
  const yes = page.getByRole('button', { name: 'Да, проблема решена' });
  await yes.dblclick();
  await page.locator('.review .label').waitFor();
  await page.locator('.review .annulled-note').waitFor();
  await page.locator('.over.good').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await until('the annulment', async () => (await seen_by_clinic(chat)).review_chat.solved);
  const { review } = await world.staff.read('review.get', { review_id: chat.review_id });
  assert.equal(review.state, 'annulled');
  assert.equal(await page.locator('.review .label').innerText(), review.label);
  const { history } = await world.staff.read('item.why',
    { kind: 'review', item_id: chat.review_id });
  assert.equal(history.filter((step) => step.to === 'annulled').length, 1);
  await assert_well_made(page, 'solved');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_second_device_needs_the_code_from_an_sms', async () => {
  const chat = await clinic_writes();
  const { device } = await patient_opens(chat);
  const other = await open_device(world.browser);
  const page = await open_page(other);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  const send = page.getByRole('button', { name: 'Получить код' });
  await send.waitFor();
  await page.getByText(chat.phone.slice(-2)).waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes(world.clinic.name));
  const since = await newest(world.server);
  await send.click();
  const field = page.getByLabel('Код из СМС');
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  const sms = await delivered(world.server, (message) => message.to === chat.phone, since);
  const code = sms.text.match(/\b\d{6}\b/)[0];
  await field.fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await page.locator('.problem').waitFor();
  await assert_well_made(page, 'a wrong code');
  await field.fill(code);
  await bubble(page, GREETING).waitFor();
  assert.deepEqual(page.faults, []);
  await Promise.all([device.close(), other.close()]);
});
