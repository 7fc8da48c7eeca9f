/**
 * Patients' questions in the cabinet, in a real Chromium against the real server: the list by
 * keyboard, two assistants at once, a call, a rejection, a line that goes away.
 * Read next: cabinet_forms_more.slow.test.js; the other pages: cabinet_office.slow.test.js.
 * proves: 33 34 42 43 50 51 57 60
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered, newest, until } from './browser.js';
import { staff_does } from './cabinet.world.js';
import { bubble, button, faultless, field, focused, form_of, inbox, row, server, use_world,
  world } from './cabinet_forms.world.js';

use_world();

test('the list is worked through without a mouse', async () => {
  const first = await world.ask('Анна Первая', 'Сколько стоит осмотр?');
  await world.ask('Борис Второй', 'Принимаете ли вы детей?');
  const page = await inbox('anna');
  await row(page, 'Борис Второй').waitFor();
  assert.deepEqual(await page.locator('.form-row .row-link').allTextContents(),
    ['Анна Первая', 'Борис Второй'], 'the longest waiting first');
  await row(page, 'Анна Первая').locator('.new-badge').waitFor();
  assert.equal((await form_of(first.contact_form_id)).state, 'new', 'a list marks nothing read');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'Анна Первая' }).waitFor();
  await bubble(page, 'Сколько стоит осмотр?').waitFor();
  await row(page, 'Анна Первая').locator('.new-badge').waitFor({ state: 'detached' });
  await page.keyboard.press('a');
  await focused(page, 'desk-form-answer wa-textarea');
  await page.keyboard.type('Осмотр бесплатный.');
  await page.keyboard.press('Control+Enter');
  await bubble(page, 'Осмотр бесплатный.').getByText('Анна Котова').waitFor();
  await row(page, 'Анна Первая').waitFor({ state: 'detached' });
  await delivered(server, (mail) => mail.to === first.email);
  await page.keyboard.press('Escape');
  await focused(page, '.row-link');
  assert.match(page.url(), /#\/contact_forms$/);
  await page.keyboard.press('p');
  await page.getByRole('dialog', { name: 'Добавить ответ по телефону' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal((await form_of(first.contact_form_id)).answered_by, 'Анна Котова');
  await faultless(page);
});

test('two assistants at once: one first answer, and nobody’s text is lost', async () => {
  const asked = await world.ask('Галина Общая', 'Есть ли запись на завтра?');
  const hash = `#/contact_form/${asked.contact_form_id}`;
  const [anna, ivan] = [await inbox('anna', hash), await inbox('ivan', hash)];
  const before_mails = await newest(server);
  // Their claims are lost on the way, so that nothing but the core stands between the two.
  for (const page of [anna, ivan]) {
    await page.route('**/contact_form.claim', (request) => request.abort());
  }
  await Promise.all([field(anna).fill('Да, на десять утра.'), field(ivan).fill('Завтра полно.')]);
  await Promise.all([anna, ivan].map((page) => field(page).press('Control+Enter')));
  const messages = async () => (await staff_does(anna, world, 'contact_form.get',
    { contact_form_id: asked.contact_form_id })).messages;
  await until('an answer', async () => (await messages()).length > 1);
  const loser = await until('the other one is shown what came first', async () => {
    for (const page of [anna, ivan]) {
      if (await page.locator('.stale').count() && await field(page).inputValue()) return page;
    }
    return null;
  });
  assert.equal((await messages()).length, 2, 'one first answer');
  const mine = loser === anna ? 'Да, на десять утра.' : 'Завтра полно.';
  assert.equal(await field(loser).inputValue(), mine, 'the text is kept');
  await loser.locator('.stale').getByText('Ответ уже дал коллега').waitFor();
  await delivered(server, (mail) => mail.to === asked.email, before_mails);
  await loser.reload();
  await until('the text is there after a reload', async () =>
    await field(loser).inputValue() === mine);
  await field(loser).press('End');
  await field(loser).type(' ');
  await field(loser).press('Control+Enter');
  await bubble(loser, mine).waitFor();
  assert.equal((await messages()).length, 3, 'a follow-up that was meant');
  await faultless(anna, ivan);
});

test('a call is noted for colleagues; a rejection is asked twice and told', async () => {
  const called = await world.ask('Жанна Звонок', 'Перезвоните мне.', { phone: '+79990000001' });
  const rejected = await world.ask('Зоя Отказ', 'Делаете ли вы тату?');
  const page = await inbox('ivan', `#/contact_form/${called.contact_form_id}`);
  await page.getByRole('link', { name: '+79990000001' }).waitFor();
  await button(page, 'Добавить ответ по телефону').click();
  await page.locator('.phone-dialog textarea').fill('Записали на среду.');
  await page.locator('.phone-dialog').getByRole('button', { name: 'Сохранить' }).click();
  await page.locator('.form-event.phone', { hasText: 'Записали на среду.' }).waitFor();
  assert.equal((await form_of(called.contact_form_id)).state, 'answered_by_phone');
  await row(page, 'Зоя Отказ').getByRole('link').click();
  await button(page, 'Отклонить').click();
  await page.getByRole('radio', { name: 'Не выполняем эту процедуру' }).check();
  await page.locator('.reject-dialog textarea').fill('Обратитесь в салон.');
  await button(page, 'Дальше').click();
  await page.locator('.reject-reads').getByText('Обратитесь в салон.').waitFor();
  assert.equal((await form_of(rejected.contact_form_id)).state, 'read', 'nothing before the yes');
  await page.locator('.reject-dialog').getByRole('button', { name: 'Отклонить' }).click();
  await page.locator('.form-event.rejection', { hasText: 'Обратитесь в салон.' })
    .getByText('Не выполняем эту процедуру').waitFor();
  assert.equal((await form_of(rejected.contact_form_id)).state, 'rejected');
  await faultless(page);
});

test('without a line the list is there, and an answer waits and goes once', async () => {
  const asked = await world.ask('Мария Метро', 'Есть ли парковка?');
  const page = await inbox('anna', `#/contact_form/${asked.contact_form_id}`);
  await bubble(page, 'Есть ли парковка?').waitFor();
  await page.locator('.line.ready').waitFor();
  await page.device.setOffline(true);
  await field(page).fill('Да, во дворе.');
  await field(page).press('Control+Enter');
  await bubble(page, 'Да, во дворе.').getByText('Ждет отправки').waitFor();
  await page.getByText('Ваш ответ уйдет, когда вернется связь').or(
    page.getByText('Ответ уйдет, когда вернется связь')).first().waitFor();
  await page.locator('.line', { hasText: '1 ждет отправки' }).waitFor();
  await page.device.setOffline(false);
  await bubble(page, 'Да, во дворе.').locator('.delivery:not(.waits)').waitFor();
  assert.equal(await bubble(page, 'Да, во дворе.').count(), 1);
  await delivered(server, (mail) => mail.to === asked.email);
  const { messages } = await staff_does(page, world, 'contact_form.get',
    { contact_form_id: asked.contact_form_id });
  assert.deepEqual(messages.map((message) => message.text),
    ['Есть ли парковка?', 'Да, во дворе.']);
  await faultless(page);
});
