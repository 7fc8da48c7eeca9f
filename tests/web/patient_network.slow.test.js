/**
 * The patient's page when things get lost: the connection, an answer, the server, the core, the
 * phone itself. Nothing that was written is lost or doubled; nothing stays where it should not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered, newest, open_device, open_page, until } from './browser.js';
import {
  assert_well_made, bubble, clinic_answers, clinic_writes, GREETING, nothing_waits,
  patient_opens, replica_ready, texts_in, use_world, world, write,
} from './patient.world.js';

use_world();

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
  await second.goto(`${world.server.base_url}/chat`);
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
  await world.server.halt();
  await page.locator('.offline').waitFor();
  await write(page, 'Пока сервер спит.');
  await page.locator('.message.waits').waitFor();
  await world.server.resume();
  await nothing_waits(page);
  await page.locator('.offline').waitFor({ state: 'detached' });
  assert.equal(await texts_in(chat, 'Пока сервер спит.'), 1);
  await clinic_answers(chat, 'Мы снова здесь.');
  await bubble(page, 'Мы снова здесь.').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

for (const lost of ['the words', 'the words and the cookie']) {
  test(`a_tap_opens_the_link_even_when_${lost}_got_lost`.replaceAll(' ', '_'), async () => {
    const chat = await clinic_writes();
    const device = await open_device(world.browser);
    const page = await open_page(device);
    await page.goto(chat.link);
    await page.route('**/session/open', async (route) => {
      const request = route.request();
      const headers = { ...request.headers(), origin: world.server.base_url };
      if (lost === 'the words') await route.fetch({ headers });
      else await fetch(request.url(), { method: 'POST', headers, body: request.postData() });
      await route.abort();
    });
    await page.locator('.door .primary').click();
    await page.locator('.problem').waitFor();
    await page.unroute('**/session/open');
    await page.locator('.door .primary').click();
    await bubble(page, GREETING).waitFor();
    assert.deepEqual(page.faults, []);
    await device.close();
  });
}

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
  await second.goto(`${world.server.base_url}/chat`);
  await replica_ready(second);
  await page.locator('#composer').fill('недописанное');
  await page.getByRole('button', { name: 'Закрыть переписку на этом устройстве' }).click();
  await page.locator('wa-dialog').getByText('ничего не останется').waitFor();
  await page.getByRole('button', { name: 'Закрыть', exact: true }).last().click();
  await page.locator('.door-help').waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes(world.clinic.name));
  await second.locator('.door-help').waitFor();
  const left = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).length, local: localStorage.length,
    session: sessionStorage.length,
  }));
  assert.deepEqual(left, { databases: 0, local: 0, session: 0 });
  assert.deepEqual((await device.cookies()).filter((cookie) => cookie.value), []);
  await page.goto(`${world.server.base_url}/chat`);
  await page.locator('.door-help').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('without_the_core_in_the_page_the_server_decides', async () => {
  const chat = await clinic_writes();
  const device = await open_device(world.browser);
  await device.route('**/desk.wasm*', (route) => route.fulfill({ status: 404, body: '' }));
  const page = await open_page(device);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  await write(page, 'Без модуля.');
  await nothing_waits(page);
  await bubble(page, 'Без модуля.').waitFor();
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

/** From a word on, the core in the page answers that its memory is spent. */
function core_that_fails() {
  const make = WebAssembly.instantiate;
  const error = { category: 'storage', code: 'storage.memory', field: null, message: '',
    rule: null };
  const reply = new TextEncoder().encode(JSON.stringify({ error, rev: 0 }));
  WebAssembly.instantiate = async (...given) => {
    const { exports: core } = await make(...given);
    const failing = (/** @type {any} */ (globalThis));
    const desk_call = (...asked) => {
      if (!failing.memory_spent) return core.desk_call(...asked);
      const at = core.malloc(reply.length);
      new Uint8Array(core.memory.buffer, at).set(reply);
      return at;
    };
    const desk_reply_size = (handle) => (failing.memory_spent ? reply.length
      : core.desk_reply_size(handle));
    return { exports: { ...core, desk_call, desk_reply_size } };
  };
}

test('a_core_that_fails_in_the_page_refuses_nothing_and_loses_nothing', async () => {
  const chat = await clinic_writes();
  const device = await open_device(world.browser);
  await device.addInitScript(core_that_fails);
  const page = await open_page(device);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  await replica_ready(page);
  await page.route('**/api/review_chat.post', (route) => route.abort());
  await write(page, 'Еще с памятью.');
  await page.locator('.message.waits').waitFor();
  await page.evaluate(() => { (/** @type {any} */ (globalThis)).memory_spent = true; });
  await write(page, 'Уже без памяти.');
  await page.locator('html:not([data-replica])').waitFor({ state: 'attached' });
  await page.locator('.message.waits', { hasText: 'Еще с памятью.' }).waitFor();
  await page.unroute('**/api/review_chat.post');
  await nothing_waits(page);
  await clinic_answers(chat, 'Слышим вас.');
  await bubble(page, 'Слышим вас.').waitFor();
  for (const text of ['Еще с памятью.', 'Уже без памяти.']) {
    assert.equal(await bubble(page, text).count(), 1);
    assert.equal(await texts_in(chat, text), 1);
  }
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('the_first_screen_is_light_and_does_not_wait_for_the_core', async () => {
  const chat = await clinic_writes();
  const device = await open_device(world.browser);
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

test('what_waits_is_sent_by_the_newer_link_too', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  await replica_ready(page);
  await page.route('**/api/review_chat.post', (route) => route.abort());
  await write(page, 'Написано по первой ссылке.');
  await page.locator('.message.waits').waitFor();
  const since = await newest(world.server);
  await clinic_answers(chat, 'Вот и вторая ссылка.');
  const sms = await delivered(world.server, (message) => message.to === chat.phone, since);
  await page.goto('about:blank');
  await page.unroute('**/api/review_chat.post');
  await page.goto(sms.link_url);
  await page.locator('.door .primary').click();
  // While the answer is on its way the row may stand there already, beside what still waits.
  await bubble(page, 'Написано по первой ссылке.').first().waitFor();
  await nothing_waits(page);
  assert.equal(await bubble(page, 'Написано по первой ссылке.').count(), 1);
  assert.equal(await texts_in(chat, 'Написано по первой ссылке.'), 1);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_page_that_came_before_the_connection_opens_by_itself', async () => {
  const chat = await clinic_writes();
  const { device, page } = await patient_opens(chat);
  let connected = false;
  await page.route('**/api/**', (route) => (connected ? route.continue() : route.abort()));
  await page.reload();
  await page.getByText('Нет связи с сервером').waitFor();
  await assert_well_made(page, 'no connection yet');
  connected = true;
  await bubble(page, GREETING).waitFor();
  await replica_ready(page);
  assert.deepEqual(page.faults, []);
  await device.close();
});
