/**
 * How the cabinet looks on every screen: axe in light and dark, on a desk and on a phone, nothing
 * wider than the window, three languages. What it does: cabinet.slow.test.js.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, overflow, sideways, start_browser, start_server, until } from './browser.js';
import { cabinet_window, chat_under, introduce, make_world, staff_does } from './cabinet.world.js';

/** @type {any} */ let server;
/** @type {any} */ let browser;
/** @type {any} */ let world;

before(async () => {
  [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
  world = await make_world(server);
  await introduce(browser, world, ['administrator']);
  await world.review('Яков Т.', 5, world.texts.kind);
  const page = await cabinet_window(browser, world, 'administrator');
  const { review_chat_id, patient } = await chat_under(browser, world, page, 'Зоя Л.');
  for (const text of ['Добрый день!', 'Удобно ли поговорить?', 'Мы на связи.']) {
    await staff_does(page, world, 'review_chat.post', { review_chat_id, text });
  }
  await patient.mark_solved();
  await page.device.close();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (page, author) => page.locator('.row', { hasText: author });

async function faultless(page) {
  assert.deepEqual(page.faults, []);
}

/** Every screen with what must be on it before it is judged. */
const screens = {
  list: { hash: '#/reviews', ready: '.row' },
  chat: { author: 'Зоя Л.', ready: '.messages' },
  start: { author: 'Яков Т.', ready: '.purposes', press: '.purpose' },
  settings: { hash: '#/settings', ready: '.policy' },
};

const panes = 'main, .list-scroll, .thread-scroll, .story';

async function show(page, { hash, author, ready, press }) {
  if (hash) await page.goto(`${server.base_url}/cabinet/${hash}`);
  else {
    await page.goto(`${server.base_url}/cabinet/#/reviews`);
    await row(page, author).getByRole('link').click();
  }
  await page.locator(ready).first().waitFor();
  if (press) {
    await page.locator(press).first().click();
    await page.locator('.warning').waitFor();
  }
  await until('no skeletons', async () => await page.locator('wa-skeleton').count() === 0);
}

for (const dark of [false, true]) {
  for (const width of [1440, 390]) {
    const how = `${dark ? 'dark' : 'light'} at ${width}`;
    test(`every screen is accessible and fits: ${how}`, async () => {
      const page = await cabinet_window(browser, world, 'administrator',
        { dark, width, height: 844, phone: false });
      for (const [name, screen] of Object.entries(screens)) {
        await show(page, screen);
        assert.deepEqual(await axe(page), [], `${name}, ${how}`);
        assert.ok(await overflow(page) <= 0, `${name} does not scroll sideways, ${how}`);
        assert.deepEqual(await sideways(page, panes), [], `${name}, ${how}`);
      }
      await faultless(page);
      await page.device.close();
    });
  }
}

test('the moderator\'s screens are accessible', async () => {
  const page = await cabinet_window(browser, world, 'moderator');
  await page.locator('.row').first().waitFor();
  assert.deepEqual(await axe(page), []);
  await page.locator('.row-link').first().click();
  await page.locator('.messages').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.device.close();
});

for (const [code, language, reviews, settings, why] of [
  ['en', 'English', 'Reviews', 'Settings', 'Why?'],
  ['pl', 'Polski', 'Opinie', 'Ustawienia', 'Dlaczego?'],
  ['ru', 'Русский', 'Отзывы', 'Настройки', 'Почему так?'],
]) {
  test(`speaks ${language} on every screen`, async () => {
    const page = await cabinet_window(browser, world, 'administrator');
    await page.locator('.menu-language wa-button').click();
    await page.getByRole('menuitemcheckbox', { name: language }).click();
    await page.getByRole('link', { name: reviews }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), code);
    await page.getByRole('link', { name: settings }).waitFor();
    for (const screen of Object.values(screens)) {
      await show(page, screen);
      const words = await page.locator('body').innerText();
      assert.deepEqual(words.match(/cabinet\.\w+|\{\w+\}/g) ?? [], [], 'untranslated');
      if (screen.author) await page.getByRole('heading', { name: why }).waitFor();
    }
    await faultless(page);
    await page.device.close();
  });
}
