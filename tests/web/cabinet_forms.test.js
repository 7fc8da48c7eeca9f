/**
 * Patients' questions in the cabinet, in a real Chromium against the real server: the list by
 * keyboard, two assistants at once, a call, a rejection, the limited session of an e-mail's link,
 * a line that goes away. The other pages: cabinet_office.slow.test.js.
 * proves: 30 33 34 42 43 50 51 57 59 60
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { delivered, newest, open_device, open_page, start_browser, start_server, until }
  from './browser.js';
import { cabinet_window, make_world, staff_does } from './cabinet.world.js';

/** @type {any} */ let server;
/** @type {any} */ let browser;
/** @type {any} */ let world;

before(async () => {
  [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
  world = await make_world(server);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (page, name) => page.locator('.form-row', { hasText: name });
const field = (page) => page.locator('desk-form-answer textarea').first();
const bubble = (page, text) => page.locator('.message', { hasText: text });
const button = (page, name) => page.getByRole('button', { name, exact: true });
const focused = (page, selector) => until(`focus on ${selector}`, () => page.evaluate(
  (wanted) => document.activeElement?.matches(wanted), selector));

const inbox = (who, hash = '#/contact_forms', how = {}) =>
  cabinet_window(browser, world, who, { hash, ...how });

async function faultless(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.faults, []);
    await page.device.close();
  }
}

/** The form as the core has it, looked at by somebody whose look changes nothing. */
async function form_of(contact_form_id) {
  const { contact_forms } = await server.platform('contact_form.list',
    { clinic_id: world.clinic.clinic_id, scope: 'all', limit: 200 });
  return contact_forms.find((form) => form.contact_form_id === contact_form_id);
}

describe('questions in the cabinet', () => {
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
});
