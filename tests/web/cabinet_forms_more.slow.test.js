/**
 * More of patients' questions in the cabinet: who else is answering, the way back, what is found,
 * an answer that comes too late, the limited session of an e-mail's link.
 * Read first: cabinet_forms.test.js.
 * proves: 30 57 59
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered, newest, open_device, open_page, until } from './browser.js';
import { staff_does } from './cabinet.world.js';
import { browser, bubble, button, faultless, field, focused, inbox, row, server, use_world,
  world } from './cabinet_forms.world.js';

use_world();

test('a colleague’s answer comes while one writes: nothing goes before it is seen', async () => {
  const asked = await world.ask('Дарья Ждущая', 'Вы работаете в субботу?');
  const page = await inbox('anna', `#/contact_form/${asked.contact_form_id}`);
  await field(page).fill('Да, по суббот');
  const other = await inbox('ivan', '#/contact_forms');
  const { contact_form: { last_message_id } } = await staff_does(other, world,
    'contact_form.get', { contact_form_id: asked.contact_form_id });
  await staff_does(other, world, 'contact_form.claim',
    { contact_form_id: asked.contact_form_id, take_over: true });
  await page.locator('.claim', { hasText: 'Отвечает Иван Зорин' }).waitFor();
  assert.equal(await field(page).inputValue(), 'Да, по суббот', 'the field stays with its text');
  await staff_does(other, world, 'contact_form.answer',
    { contact_form_id: asked.contact_form_id, text: 'Работаем с девяти.', last_message_id });
  await page.locator('.stale').getByText('Работаем с девяти.').waitFor();
  await page.keyboard.press('Control+Enter');
  assert.equal(await bubble(page, 'Да, по суббот').count(), 0);
  await button(page, 'Убрать мой').click();
  await page.locator('.stale').waitFor({ state: 'detached' });
  assert.equal(await field(page).inputValue(), '');
  await button(page, 'Вернуть').click();
  assert.equal(await field(page).inputValue(), 'Да, по суббот');
  await faultless(page, other);
});

test('who is answering is seen by colleagues, and let go by leaving', async () => {
  const asked = await world.ask('Ева Спокойная', 'Можно ли перенести прием?');
  const page = await inbox('anna', `#/contact_form/${asked.contact_form_id}`);
  const other = await inbox('ivan');
  await field(page).fill('Конечно');
  await row(other, 'Ева Спокойная').getByText('Отвечает Анна Котова').waitFor();
  await field(page).fill('');
  await row(other, 'Ева Спокойная').getByText('Отвечает').waitFor({ state: 'detached' });
  await field(page).fill('Да, на какой день?');
  await row(other, 'Ева Спокойная').getByText('Отвечает Анна Котова').waitFor();
  await page.getByText('Черновик сохранен').waitFor();
  await page.reload();
  await until('the draft from the server', async () =>
    await field(page).inputValue() === 'Да, на какой день?');
  await faultless(page, other);
});

test('the way back keeps the filter and the place in the list', async () => {
  await Promise.all(Array.from({ length: 25 }, (_, n) => world.ask(`Очередь ${n}`,
    `Вопрос номер ${n} об осмотре.`)));
  const page = await inbox('anna', '#/contact_forms', { width: 390, height: 700, phone: false });
  await page.getByRole('button', { name: /^НОВЫЙ|Новый/ }).first().click();
  await until('many rows', async () => await page.locator('.form-row').count() >= 25);
  const middle = row(page, 'Очередь').nth(14);
  await middle.scrollIntoViewIfNeeded();
  const place = () => page.locator('.list-scroll').evaluate((area) => area.scrollTop);
  const was = await place();
  assert.ok(was > 500);
  await middle.getByRole('link').click();
  await page.getByRole('button', { name: 'К списку вопросов' }).click();
  await row(page, 'Очередь').first().waitFor();
  await until('the same place', async () => Math.abs(await place() - was) < 150);
  assert.equal(await page.locator('.filter[aria-pressed="true"]').count(), 1);
  await focused(page, '.row-link');
  await faultless(page);
});

test('words are found in what was written, and lead to the question', async () => {
  const asked = await world.ask('Инна Редкая', 'Лечите ли вы бруксизм у подростков?');
  const page = await inbox('anna');
  await page.keyboard.press('/');
  await page.keyboard.type('бруксизм');
  await row(page, 'Инна Редкая').getByText('Его еще никто не читал').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await bubble(page, 'бруксизм у подростков').waitFor();
  await page.getByRole('searchbox').fill('подростков');
  await page.locator('mark', { hasText: 'подростков' }).waitFor();
  assert.match(page.url(), new RegExp(`contact_form/${asked.contact_form_id}$`));
  await page.getByRole('searchbox').fill('криптография');
  await page.getByText('Ничего не найдено').waitFor();
  await faultless(page);
});

test('an answer given without a line, to a question answered meanwhile, comes back', async () => {
  const asked = await world.ask('Надежда Поздняя', 'Можно без очереди?');
  const page = await inbox('anna', `#/contact_form/${asked.contact_form_id}`);
  const other = await inbox('ivan', '#/contact_forms');
  await bubble(page, 'Можно без очереди?').waitFor();
  await page.locator('.line.ready').waitFor();
  await page.device.setOffline(true);
  await field(page).fill('Можно.');
  await field(page).press('Control+Enter');
  await bubble(page, 'Можно.').getByText('Ждет отправки').waitFor();
  const { contact_form: { last_message_id } } = await staff_does(other, world,
    'contact_form.get', { contact_form_id: asked.contact_form_id });
  await staff_does(other, world, 'contact_form.answer',
    { contact_form_id: asked.contact_form_id, text: 'Нет, по записи.', last_message_id });
  await page.device.setOffline(false);
  await page.locator('.stale').getByText('Нет, по записи.').waitFor();
  assert.equal(await field(page).inputValue(), 'Можно.');
  assert.equal(await page.locator('.refusals').count(), 0);
  await button(page, 'Отправить и мой').click();
  await bubble(page, 'Можно.').locator('.delivery:not(.waits)').waitFor();
  const { messages } = await staff_does(other, world, 'contact_form.get',
    { contact_form_id: asked.contact_form_id });
  assert.deepEqual(messages.slice(1).map((message) => message.text),
    ['Нет, по записи.', 'Можно.']);
  await faultless(page, other);
});

test('the link of an e-mail opens its one question, and nothing else', async () => {
  const before_mails = await newest(server);
  const asked = await world.ask('Клара Ссылка', 'Нужна ли подготовка?');
  const mail = await delivered(server,
    (one) => one.to === world.people.ivan.email, before_mails);
  assert.ok(!JSON.stringify(mail).includes('подготовка'), 'no word of the question');
  const device = await open_device(browser, { width: 1440, height: 900 });
  const page = Object.assign(await open_page(device), { device });
  await page.goto(mail.link_url);
  await page.locator('main wa-button').first().click();
  await page.getByRole('heading', { level: 2, name: 'Клара Ссылка' }).waitFor();
  await bubble(page, 'Нужна ли подготовка?').waitFor();
  assert.equal(await page.locator('.bar-nav a').count(), 0);
  await page.evaluate(() => { location.hash = '#/reviews'; });
  await page.waitForURL(`**/cabinet/#/contact_form/${asked.contact_form_id}`);
  await field(page).fill('Подготовка не нужна.');
  await field(page).press('Control+Enter');
  await bubble(page, 'Подготовка не нужна.').waitFor();
  await page.locator('.story').getByText('Правило').first().waitFor();
  await page.getByRole('button', { name: 'Войти, чтобы увидеть все' }).click();
  await page.waitForURL('**/sign-in');
  await faultless(page);
});
