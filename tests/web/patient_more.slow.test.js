/**
 * More of the patient's page: the end, thanks, long conversations, links that open nothing, three
 * languages, the keyboard, what is refused. Read first: patient.test.js; then
 * patient_network.slow.test.js.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open_device, open_page, overflow, until } from './browser.js';
import { assert_well_made, bubble, clinic_answers, clinic_writes, GREETING, nothing_waits,
  patient_opens, replica_ready, seen_by_clinic, texts_in, use_world, world, write,
} from './patient.world.js';

use_world();

test('ending_closes_the_conversation_for_everybody', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await page.locator('.tile.end').click();
  const dialog = page.locator('wa-dialog');
  await dialog.getByText('никто не сможет писать').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal((await seen_by_clinic(chat)).review_chat.state, 'open');
  await page.locator('.tile.end').click();
  await page.getByRole('button', { name: 'Завершить', exact: true }).click();
  await page.locator('.over').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await page.locator('#composer').count(), 0);
  assert.equal(await page.locator('.tile').count(), 0);
  await bubble(page, GREETING).waitFor();
  await until('the end', async () => (await seen_by_clinic(chat)).review_chat.state === 'ended');
  await assert.rejects(clinic_answers(chat, 'Еще вопрос'), /refused\.closed/);
  await assert_well_made(page, 'ended');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('thanks_leave_only_the_button_that_ends', async () => {
  const chat = await clinic_writes({ rating: 5, purpose: 'thank', text: 'Спасибо за отзыв!' });
  const { device, page } = await patient_opens(chat);
  await page.locator('.tile.end').waitFor();
  assert.equal(await page.locator('.tile.solved').count(), 0);
  await assert_well_made(page, 'thanks');
  await device.close();
});

test('earlier_messages_come_when_asked_and_stay_in_place', async () => {
  const chat = await clinic_writes();
  for (let n = 1; n <= 70; n++) await clinic_answers(chat, `Сообщение ${n}.`);
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  assert.equal(await page.locator('.message').count(), 50);
  const first = bubble(page, 'Сообщение 21.');
  await first.scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  const top = (await first.boundingBox()).y;
  await page.locator('.older wa-button').click();
  await bubble(page, GREETING).waitFor({ state: 'attached' });
  assert.equal(await page.locator('.message').count(), 71);
  const moved = Math.abs((await first.boundingBox()).y - top);
  assert.ok(moved < 100, `what was read moved by ${moved}`);
  assert.equal(await page.locator('.older').count(), 0);
  await clinic_answers(chat, 'Семьдесят первое.');
  await page.locator('.to-newest').click();
  await page.waitForFunction(() => scrollY + innerHeight > document.body.scrollHeight - 50);
  assert.equal(await page.locator('.message').count(), 72, 'each message once');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_silent_patient_reads_why_no_sms_comes', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await clinic_answers(chat, 'Второе сообщение.');
  await clinic_answers(chat, 'Третье сообщение.');
  await bubble(page, 'Третье сообщение.').waitFor();
  await page.locator('.notice').waitFor();
  await assert_well_made(page, 'muted');
  await write(page, 'Я здесь.');
  await page.locator('.notice').waitFor({ state: 'detached' });
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_link_that_opens_nothing_says_how_to_get_in', async () => {
  const device = await open_device(world.browser);
  const page = await open_page(device);
  await page.goto(`${world.server.base_url}/chat#${'A'.repeat(30)}`);
  await page.locator('.door .primary').click();
  await page.locator('.door-help').waitFor();
  await assert_well_made(page, 'a dead link');
  await page.goto(`${world.server.base_url}/chat`);
  await page.locator('.door-help').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('three_languages_without_a_reload', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  const said = {
    pl: ['Wystawiona opinia', 'Zakończ rozmowę', 'Oceny nie będzie można przywrócić'],
    en: ['Your review', 'End the conversation', 'cannot be'],
    ru: ['Ваш отзыв', 'Завершить общение', 'Вернуть оценку будет нельзя'],
  };
  for (const [locale, [review, end, confirm]] of Object.entries(said)) {
    await page.locator('.language select').selectOption(locale);
    await page.getByRole('heading', { name: review }).waitFor();
    await page.locator('.tile.end', { hasText: end }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), locale);
    await page.locator('.tile.solved').click();
    await page.locator('wa-dialog').getByText(confirm).waitFor();
    assert.equal(await overflow(page), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('the_keyboard_is_enough', async () => {
  const chat = await clinic_writes();
  const device = await open_device(world.browser, { width: 1440, height: 900 });
  const page = await open_page(device);
  await page.goto(chat.link);
  const open = page.locator('.door .primary');
  await open.waitFor();
  while (!(await open.evaluate((button) => button.matches(':focus')))) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await page.locator('#composer').focus();
  await page.keyboard.type('Первая строка');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('вторая строка');
  await page.keyboard.press('Enter');
  await page.locator('.message.mine', { hasText: 'вторая строка' }).waitFor();
  await until('both lines', () => texts_in(chat, 'Первая строка\nвторая строка'));
  await page.locator('.tile.end').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.classList.contains('end'));
  await device.close();
});

test('what_the_core_refuses_stays_in_the_composer', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  const long = 'а'.repeat(20_000);
  await write(page, long);
  await page.locator('.toast.bad').waitFor();
  assert.equal((await page.locator('#composer').inputValue()).length, long.length);
  assert.equal(await page.locator('.message.mine').count(), 0);
  await assert_well_made(page, 'refused');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('words_stay_words_whatever_they_contain', async () => {
  const evil = '<img src=x onerror="document.title=1"><b>жирно</b> ${7*7} javascript:alert(1)';
  const chat = await clinic_writes({ text: evil });
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await write(page, evil);
  await nothing_waits(page);
  const texts = await page.locator('.message .text').allInnerTexts();
  assert.deepEqual(texts, [evil, evil]);
  assert.equal(await page.locator('.thread img, .thread b, .thread a').count(), 0);
  assert.notEqual(await page.title(), '1');
  assert.deepEqual(page.faults, []);
  await device.close();
});
