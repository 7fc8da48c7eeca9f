/**
 * The cabinet's pages beside the questions, in a real Chromium against the real server: opening
 * hours and absences on a calendar, figures that open their questions, the team, notices, the
 * platform's tasks.
 * proves: 44 45 52 53 54 55 56 58
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { start_browser, start_server, until } from './browser.js';
import { cabinet_window, make_world, staff_does } from './cabinet.world.js';

/** @type {any} */ let server;
/** @type {any} */ let browser;
/** @type {any} */ let world;

before(async () => {
  [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
  world = await make_world(server);
  await server.platform('practitioner.add', { clinic_id: world.clinic.clinic_id,
    name: 'Ким Алексей Петрович' });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const window_of = (who, hash, how = {}) => cabinet_window(browser, world, who, { hash, ...how });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const period = (page, day, from, to) => page.getByRole('button',
  { name: new RegExp(`${day}, ?${from} ?– ?${to}`) });
const hours_of = () => server.platform('clinic.hours', { clinic_id: world.clinic.clinic_id });

async function faultless(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.faults, []);
    await page.device.close();
  }
}

/** The day of the calendar as the browser of the test counts it. */
function date_in(days) {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE',
    { timeZone: 'Europe/Moscow' });
}

/** A day's button; cally names it by its date in words. */
function day_button(page, date) {
  const name = new Intl.DateTimeFormat('ru-RU', { day: 'numeric', month: 'long', timeZone: 'UTC' })
    .format(new Date(`${date}T00:00:00Z`));
  return page.getByRole('button', { name, exact: true });
}

describe('the office of the cabinet', () => {
  test('opening hours: added, typed, moved by keys, copied, drawn, saved, undone', async () => {
    const page = await window_of('administrator', '#/hours');
    await button(page, 'Добавить промежуток: понедельник').click();
    await page.locator('.week-editor input').first().fill('08:30');
    await page.locator('.week-editor input').nth(1).fill('13:00');
    await page.locator('.week-editor input').nth(1).press('Tab');
    await button(page, 'Добавить промежуток: понедельник').click();
    const second = period(page, 'понедельник', '14:00', '17:00');
    await second.focus();
    await second.press('ArrowDown');
    await period(page, 'понедельник', '14:05', '17:05').press('Shift+ArrowUp');
    await period(page, 'понедельник', '14:05', '17:00').waitFor();
    await period(page, 'понедельник', '14:05', '17:00').click();
    await button(page, 'вторник').click();
    await button(page, 'среда').click();
    await button(page, 'Копировать').click();
    const friday = await page.getByRole('group', { name: 'пятница' }).locator('.week-day')
      .boundingBox();
    const at = (share) => [friday.x + friday.width / 2, friday.y + friday.height * share];
    await page.mouse.move(...at(0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.3));
    await page.mouse.move(...at(0.5));
    await page.mouse.up();
    await page.locator('.period').nth(6).waitFor();
    await button(page, 'Сохранить').click();
    await page.getByText('Часы приема сохранены').first().waitFor();
    const { hours } = await hours_of();
    assert.deepEqual(hours.slice(0, 6), [1, 2, 3].flatMap((day) => [
      { day, from: '08:30', to: '13:00' }, { day, from: '14:05', to: '17:00' }]));
    assert.equal(hours.length, 7);
    assert.equal(hours[6].day, 5);
    assert.match(hours[6].from + hours[6].to, /^\d\d:\d[05]\d\d:\d[05]$/, 'steps of five minutes');
    await button(page, 'Вернуть').click();
    await page.getByText('Прежние часы вернулись').first().waitFor();
    assert.deepEqual((await hours_of()).hours, []);
    await faultless(page);
  });

  test('hours that overlap are refused in the core’s words, and kept on the screen', async () => {
    const page = await window_of('administrator', '#/hours');
    for (const [from, to] of [['09:00', '13:00'], ['12:00', '18:00']]) {
      await button(page, 'Добавить промежуток: четверг').click();
      await page.locator('.week-editor input').first().fill(from);
      await page.locator('.week-editor input').nth(1).fill(to);
      await page.locator('.week-editor input').nth(1).press('Tab');
    }
    await button(page, 'Сохранить').click();
    await page.locator('desk-week .problem').waitFor();
    await period(page, 'четверг', '12:00', '18:00').press('Delete');
    await button(page, 'Сохранить').click();
    await page.getByText('Часы приема сохранены').first().waitFor();
    assert.deepEqual((await hours_of()).hours, [{ day: 4, from: '09:00', to: '13:00' }]);
    await faultless(page);
  });

  test('an absence is picked on the calendar, moves reminders, and is taken back', async () => {
    await world.ask('Нина Ждет', 'Когда примет доктор Соколова?');
    const page = await window_of('administrator', '#/hours');
    const [from, to] = [date_in(0), date_in(4)];
    await day_button(page, from).first().click();
    await day_button(page, to).first().click();
    await page.locator('.range-panel select').selectOption({ label: 'Соколова Марина Игоревна' });
    await button(page, 'Сохранить отсутствие').click();
    await page.locator('.absence-list', { hasText: 'Соколова Марина Игоревна' }).waitFor();
    await page.getByText('Сдвинется 1 напоминание.').first().waitFor();
    const { absences } = await hours_of();
    assert.deepEqual(absences.map((one) => [one.practitioner_name, one.from, one.to]),
      [['Соколова Марина Игоревна', from, to]]);
    await page.goto(`${server.base_url}/cabinet/#/contact_forms`);
    await page.locator('.list-pane').getByText('Соколова Марина Игоревна: отсутствие').waitFor();
    await page.goto(`${server.base_url}/cabinet/#/hours`);
    await page.getByRole('button', { name: /^Убрать.*Соколова/ }).click();
    await page.getByText('Никто не собирается отсутствовать.').waitFor();
    assert.deepEqual((await hours_of()).absences, []);
    await button(page, 'Вернуть').last().click();
    await page.locator('.absence-list', { hasText: 'Соколова Марина Игоревна' }).waitFor();
    await faultless(page);
  });

  test('holidays are switched day by day, by keyboard too', async () => {
    const page = await window_of('administrator', '#/hours');
    await button(page, 'Праздники').click();
    const [first, second] = [date_in(1), date_in(2)];
    await day_button(page, first).first().click();
    await until('one holiday', async () => (await hours_of()).holidays.includes(first));
    await day_button(page, first).first().focus();
    await page.keyboard.press('ArrowRight');
    await until('the cursor on the next day', () => day_button(page, second).first()
      .evaluate((day) => day.getRootNode().activeElement === day));
    await page.keyboard.press('Enter');
    await until('two', async () => (await hours_of()).holidays.includes(second));
    await day_button(page, first).first().click();
    await until('one again', async () => !(await hours_of()).holidays.includes(first));
    await faultless(page);
  });

  test('an assistant sees the hours and changes nothing', async () => {
    const page = await window_of('anna', '#/hours');
    await page.locator('.week').waitFor();
    assert.equal(await page.locator('.week-add').count(), 0);
    assert.equal(await page.locator('.absence-list wa-button').count(), 0);
    await faultless(page);
  });

  test('every figure opens the questions that it counts', async () => {
    const scene = await window_of('ivan', '#/contact_forms');
    for (const name of ['Ольга Быстрая', 'Павел Быстрый']) {
      const { contact_form_id } = await world.ask(name, `Вопрос от ${name}`);
      const { contact_form: { last_message_id } } = await staff_does(scene, world,
        'contact_form.get', { contact_form_id });
      await staff_does(scene, world, 'contact_form.answer',
        { contact_form_id, text: 'Да.', last_message_id });
    }
    await scene.device.close();
    const page = await window_of('administrator', '#/response_times');
    await page.locator('.public-text').waitFor();
    const bar = page.getByRole('link', { name: /^до 1 ч.*: 2 вопроса$/ });
    await bar.focus();
    await page.keyboard.press('Enter');
    await page.locator('.form-row').nth(1).waitFor();
    assert.deepEqual((await page.locator('.form-row .row-link').allTextContents()).sort(),
      ['Ольга Быстрая', 'Павел Быстрый']);
    await button(page, 'Сбросить фильтры').click();
    await page.locator('.form-row', { hasText: 'Нина Ждет' }).waitFor();
    await page.goBack();
    await button(page, 'Таблицей').click();
    await page.locator('table.figures').first().getByRole('link', { name: '2' }).click();
    await page.locator('.form-row', { hasText: 'Ольга Быстрая' }).waitFor();
    await page.goto(`${server.base_url}/cabinet/#/response_times`);
    await page.locator('.tile', { hasText: 'Без ответа' }).getByRole('link').click();
    await page.locator('.form-row', { hasText: 'Нина Ждет' }).waitFor();
    assert.equal(await page.locator('.form-row').count(), 1);
    await faultless(page);
  });

  test('the team: what each did, and each deed leads to its question', async () => {
    const page = await window_of('representative', '#/team');
    const line = page.getByRole('button', { name: /Иван Зорин/ });
    await line.click();
    assert.equal(await line.getAttribute('aria-expanded'), 'true');
    const deed = page.locator('.acts li', { hasText: 'Ответ: Ольга Быстрая' });
    await deed.waitFor();
    await deed.getByRole('link').click();
    await page.getByRole('heading', { level: 2, name: 'Ольга Быстрая' }).waitFor();
    await faultless(page);
  });

  test('letters are switched off and on by each for himself', async () => {
    const page = await window_of('anna', '#/notices');
    const letters = page.locator('desk-notices wa-switch label');
    await letters.click();
    await page.getByText('Письма выключены').first().waitFor();
    assert.equal((await staff_does(page, world, 'notice.get', {})).contact_form_email, false);
    await page.reload();
    await until('it is off after a reload', async () =>
      !(await page.locator('desk-notices wa-switch input').isChecked()));
    await letters.click();
    await page.getByText('Письма включены').first().waitFor();
    await faultless(page);
  });

  test('the platform’s people have a page of tasks', async () => {
    const page = await window_of('moderator', '#/tasks');
    await page.getByText('Дел нет').waitFor();
    await faultless(page);
  });

  test('hours that are read anew close nothing that is being edited', async () => {
    const { clinic_id } = world.clinic;
    const open = (to) => server.platform('clinic.set_hours',
      { clinic_id, hours: [{ day: 4, from: '09:00', to }] });
    await open('13:00');
    const page = await window_of('administrator', '#/hours');
    await period(page, 'четверг', '09:00', '13:00').click();
    await page.locator('.week-editor').waitFor();
    const { practitioner_id } = await server.platform('practitioner.add',
      { clinic_id, name: 'Ланская Ольга' });
    await server.platform('absence.add', { clinic_id, practitioner_id, from: date_in(-1),
      to: date_in(1) });
    await page.locator('.badges', { hasText: 'Ланская Ольга' }).waitFor();
    assert.equal(await page.locator('.week-editor').count(), 1);
    assert.ok(await page.evaluate(() => document.activeElement.matches('.period.chosen button')),
      'the keyboard is still at the period');
    await open('14:00');
    await period(page, 'четверг', '09:00', '14:00').waitFor();
    assert.equal(await page.locator('.week-editor input').nth(1).inputValue(), '14:00');
    await faultless(page);
  });
});
