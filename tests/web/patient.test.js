/**
 * The patient's page in real Chromium against the real server: from the SMS to the solved
 * problem, offline and back, on a second device, in three languages, light and dark.
 * Each test has a review and a chat of its own on one server.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  axe, delivered, newest, open_device, open_page, overflow, sign_in_staff, small_targets,
  start_browser, start_server, until,
} from './browser.js';

const GREETING = 'Здравствуйте! Расскажите, пожалуйста, что произошло.';
let server;
let browser;
let staff;
let clinic;
let phones = 0;

before(async () => {
  [server, browser] = await Promise.all([start_server(), start_browser()]);
  staff = await sign_in_staff(server);
  const { reviews } = await staff.read('review.list', { limit: 1 });
  const { clinics } = await server.platform('clinic.list');
  clinic = clinics.find((one) => one.clinic_id === reviews[0].clinic_id);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A review, the clinic's first message under it, and the SMS that brings the link. */
async function clinic_writes({ rating = 1, purpose = 'solve', text = GREETING, locale = 'ru' }
  = {}) {
  const phone = `+7916200${String(++phones).padStart(4, '0')}`;
  const { review_id } = await server.platform('review.add', {
    clinic_id: clinic.clinic_id, author_name: 'Ольга', author_phone: phone, locale, rating,
    text: 'Приняли на час позже, никто не извинился.', published_at: Date.now() - 86_400_000,
  });
  const since = await newest(server);
  const { review_chat_id } = await staff.call('review_chat.open',
    { review_id, purpose, text, confirmed: true });
  const sms = await delivered(server, (message) => message.to === phone, since);
  return { review_id, review_chat_id, phone, link: sms.text.match(/https?:\S+/)[0] };
}

/** @param {any} chat @param {string} text */
function clinic_answers(chat, text) {
  return staff.call('review_chat.post', { review_chat_id: chat.review_chat_id, text });
}

/** What the clinic sees. @param {any} chat */
async function seen_by_clinic(chat) {
  return staff.read('review_chat.get', { review_chat_id: chat.review_chat_id });
}

/** @param {any} chat @param {string} text */
async function texts_in(chat, text) {
  const { messages } = await seen_by_clinic(chat);
  return messages.filter((message) => message.text === text).length;
}

/** Opens the link and taps. @param {any} chat @param {object} [how] */
async function patient_opens(chat, how) {
  const device = await open_device(browser, how);
  const page = await open_page(device);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  return { device, page };
}

/** The core has come into the page. */
async function replica_ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.replica === 'ready');
}

/** @param {any} page @param {string} text */
async function write(page, text) {
  await page.locator('#composer').fill(text);
  await page.locator('.send').click();
}

/** Everything that waited has been sent. */
function nothing_waits(page) {
  return page.waitForFunction(() => !document.querySelector('.message.waits'));
}

/** @param {any} page @param {string} text */
const bubble = (page, text) => page.locator('.message', { hasText: text });

/** Axe, thumbs and width, in light and dark, on phones and a desk. */
async function assert_well_made(page, state) {
  const size = page.viewportSize();
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: size.height });
    assert.equal(await overflow(page), 0, `${state} at ${width}: wider than the window`);
    if (width < 500) assert.deepEqual(await small_targets(page), [], `${state} at ${width}`);
  }
  await page.setViewportSize(size);
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(page), [], `${state} in ${colorScheme}`);
  }
}

test('opening_the_page_changes_nothing_until_the_tap', async () => {
  const chat = await clinic_writes();
  const scanner = await open_device(browser);
  const scanned = await open_page(scanner);
  await scanned.goto(chat.link);
  await scanned.locator('.door .primary').waitFor();
  assert.equal(new URL(scanned.url()).hash, '', 'the token has left the address');
  assert.ok(!(await scanned.locator('body').innerText()).includes(clinic.name));
  await assert_well_made(scanned, 'the door');
  assert.deepEqual(await scanner.cookies(), []);
  // Had the scanner's visit bound the link, the next device would be asked for a code.
  const { page, device } = await patient_opens(chat);
  assert.equal(await page.locator('.who h1').innerText(), clinic.name);
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

  const since = await newest(server);
  await write(page, 'Я ждала больше часа.');
  await bubble(page, 'Я ждала больше часа.').waitFor();
  await delivered(server, (message) => message.kind === 'email.send', since);
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
  const { review } = await staff.read('review.get', { review_id: chat.review_id });
  assert.equal(review.state, 'annulled');
  assert.equal(await page.locator('.review .label').innerText(), review.label);
  const { history } = await staff.read('item.why', { kind: 'review', item_id: chat.review_id });
  assert.equal(history.filter((step) => step.to === 'annulled').length, 1);
  await assert_well_made(page, 'solved');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('messages_wait_for_the_connection_and_survive_a_reload', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await device.setOffline(true);
  await write(page, 'Пишу без связи.');
  await page.locator('.message.waits', { hasText: 'Ждет связи' }).waitFor();
  await page.locator('.offline').waitFor();
  await assert_well_made(page, 'offline');
  await device.setOffline(false);
  await nothing_waits(page);
  await page.locator('.offline').waitFor({ state: 'detached' });
  assert.equal(await texts_in(chat, 'Пишу без связи.'), 1);

  await page.route('**/api/review_chat.post', (route) => route.abort());
  await write(page, 'Переживет перезагрузку.');
  await page.locator('.message.waits').waitFor();
  await page.reload();
  await page.locator('.message.waits', { hasText: 'Переживет перезагрузку.' }).waitFor();
  await page.unroute('**/api/review_chat.post');
  await nothing_waits(page);
  assert.equal(await texts_in(chat, 'Переживет перезагрузку.'), 1);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_lost_answer_and_two_tabs_do_not_double_a_message', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  let lost = 0;
  await page.route('**/api/review_chat.post', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await write(page, 'Ответ потерялся.');
  await nothing_waits(page);
  assert.ok(lost > 1, 'the message was sent again');
  assert.equal(await texts_in(chat, 'Ответ потерялся.'), 1);
  await page.unroute('**/api/review_chat.post');

  const second = await open_page(device);
  await second.goto(`${server.base_url}/chat`);
  await second.locator('.thread').waitFor();
  await replica_ready(second);
  await device.route('**/api/review_chat.post', (route) => route.abort());
  await write(page, 'Из первой вкладки.');
  await second.locator('.message.waits', { hasText: 'Из первой вкладки.' }).waitFor();
  await write(second, 'Из второй вкладки.');
  await device.unroute('**/api/review_chat.post');
  for (const tab of [page, second]) {
    await nothing_waits(tab);
    await bubble(tab, 'Из первой вкладки.').waitFor();
    await bubble(tab, 'Из второй вкладки.').waitFor();
  }
  assert.equal(await texts_in(chat, 'Из первой вкладки.'), 1);
  assert.equal(await texts_in(chat, 'Из второй вкладки.'), 1);
  assert.deepEqual([...page.faults, ...second.faults], []);
  await device.close();
});

test('the_server_may_go_and_come_back', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await server.halt();
  await page.locator('.offline').waitFor();
  await write(page, 'Пока сервер спит.');
  await page.locator('.message.waits').waitFor();
  await server.resume();
  await nothing_waits(page);
  await page.locator('.offline').waitFor({ state: 'detached' });
  assert.equal(await texts_in(chat, 'Пока сервер спит.'), 1);
  await clinic_answers(chat, 'Мы снова здесь.');
  await bubble(page, 'Мы снова здесь.').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_second_device_needs_the_code_from_an_sms', async () => {
  const chat = await clinic_writes();
  const { device } = await patient_opens(chat);
  const other = await open_device(browser);
  const page = await open_page(other);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  const send = page.getByRole('button', { name: 'Получить код' });
  await send.waitFor();
  await page.getByText(chat.phone.slice(-2)).waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes(clinic.name));
  const since = await newest(server);
  await send.click();
  const field = page.getByLabel('Код из СМС');
  assert.equal(await field.getAttribute('autocomplete'), 'one-time-code');
  const sms = await delivered(server, (message) => message.to === chat.phone, since);
  const code = sms.text.match(/\b\d{6}\b/)[0];
  await field.fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await page.locator('.problem').waitFor();
  await assert_well_made(page, 'a wrong code');
  await field.fill(code);
  await bubble(page, GREETING).waitFor();
  assert.deepEqual(page.faults, []);
  await Promise.all([device.close(), other.close()]);
});

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
  const device = await open_device(browser);
  const page = await open_page(device);
  await page.goto(`${server.base_url}/chat#${'A'.repeat(30)}`);
  await page.locator('.door .primary').click();
  await page.locator('.door-help').waitFor();
  await assert_well_made(page, 'a dead link');
  await page.goto(`${server.base_url}/chat`);
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
  const device = await open_device(browser, { width: 1440, height: 900 });
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

test('a_draft_is_kept_and_nothing_readable_lies_on_the_disk', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await page.locator('#composer').fill('канарейка в черновике');
  await device.route('**/api/review_chat.post', (route) => route.abort());
  await page.locator('.send').click();
  await page.locator('.message.waits').waitFor();
  await page.locator('#composer').fill('канарейка недописана');
  await until('the draft on disk', async () => (await stored(page)).entries >= 2);
  const { text, extractable } = await stored(page);
  assert.ok(!text.includes('канарейка'), text);
  assert.ok(!text.includes(GREETING));
  assert.deepEqual(extractable, [false]);
  await page.reload();
  await page.locator('.thread').waitFor();
  assert.equal(await page.locator('#composer').inputValue(), 'канарейка недописана');
  await device.close();
});

/** Everything that the page keeps, as text where it is text. */
function stored(page) {
  return page.evaluate(async () => {
    const answer = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await answer(indexedDB.open('clinicdesk'));
    const all = (name) => answer(database.transaction(name).objectStore(name).getAll());
    const [entries, keys] = [await all('entries'), await all('keys')];
    database.close();
    const decoder = new TextDecoder();
    return {
      entries: entries.length,
      extractable: keys.map((key) => key.extractable),
      text: entries.map((entry) => decoder.decode(entry.data)).join()
        + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }),
    };
  });
}

test('closing_it_on_a_device_leaves_nothing_there', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  const second = await open_page(device);
  await second.goto(`${server.base_url}/chat`);
  await replica_ready(second);
  await page.locator('#composer').fill('недописанное');
  await page.getByRole('button', { name: 'Закрыть переписку на этом устройстве' }).click();
  await page.locator('wa-dialog').getByText('ничего не останется').waitFor();
  await page.getByRole('button', { name: 'Закрыть', exact: true }).last().click();
  await page.locator('.door-help').waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes(clinic.name));
  await second.locator('.door-help').waitFor();
  const left = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).length, local: localStorage.length,
    session: sessionStorage.length,
  }));
  assert.deepEqual(left, { databases: 0, local: 0, session: 0 });
  assert.deepEqual((await device.cookies()).filter((cookie) => cookie.value), []);
  await page.goto(`${server.base_url}/chat`);
  await page.locator('.door-help').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('without_the_core_in_the_page_the_server_decides', async () => {
  const chat = await clinic_writes();
  const device = await open_device(browser);
  await device.route('**/desk.wasm*', (route) => route.fulfill({ status: 404, body: '' }));
  const page = await open_page(device);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  await write(page, 'Без модуля.');
  await bubble(page, 'Без модуля.').waitFor();
  await nothing_waits(page);
  await clinic_answers(chat, 'Слышим вас.');
  await bubble(page, 'Слышим вас.').waitFor();
  await device.setOffline(true);
  await write(page, 'Без связи и без модуля.');
  await page.locator('.message.waits').waitFor();
  await device.setOffline(false);
  await nothing_waits(page);
  assert.equal(await texts_in(chat, 'Без связи и без модуля.'), 1);
  await write(page, 'а'.repeat(20_000));
  await page.locator('.failed').waitFor();
  await page.getByRole('button', { name: 'Вернуть в поле ввода' }).click();
  assert.equal((await page.locator('#composer').inputValue()).length, 20_000);
  await page.locator('.tile.solved').click();
  await page.getByRole('button', { name: 'Да, проблема решена' }).click();
  await page.locator('.over.good').waitFor();
  assert.deepEqual(page.faults, []);
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

test('the_first_screen_is_light_and_does_not_wait_for_the_core', async () => {
  const chat = await clinic_writes();
  const device = await open_device(browser);
  const page = await open_page(device);
  const before_tap = [];
  page.on('response', (response) => before_tap.push(response));
  await page.goto(chat.link);
  await page.locator('.door .primary').waitFor();
  assert.ok(!before_tap.some((response) => response.url().includes('desk.wasm')));
  const first = await page.evaluate(() => performance.getEntriesByType('resource')
    .filter((one) => one.initiatorType === 'script' || one.initiatorType === 'link')
    .map((one) => [new URL(one.name).pathname, one.encodedBodySize]));
  const bytes = first.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(bytes < 100_000, JSON.stringify(first));
  await device.close();
});
