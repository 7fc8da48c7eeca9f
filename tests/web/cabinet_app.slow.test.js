/**
 * The cabinet as an app on a home screen (rule 61): it opens without a line and says so, shows
 * what is pushed, and a tap on a notice leads to the question. Chromium here has no push service,
 * so a push is handed to the worker through the debugger, as the browser would hand it.
 * proves: 61
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from './browser.js';
import { browser, server, use_world, world } from './cabinet_forms.world.js';
import { cabinet_window } from './cabinet.world.js';

use_world();

/** A window whose worker is there and has taken it over. */
async function app_window(who, hash) {
  const page = await cabinet_window(browser, world, who, { hash });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller) return;
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    });
  });
  return page;
}

/** Hands the worker a push as the browser would. */
async function push(page, data) {
  const debug = await page.device.newCDPSession(page);
  await debug.send('ServiceWorker.enable');
  const found = new Promise((resolve) => {
    debug.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const mine = registrations.find((one) => one.scopeURL === `${server.base_url}/cabinet/`);
      if (mine) resolve(mine.registrationId);
    });
  });
  await debug.send('ServiceWorker.disable');
  await debug.send('ServiceWorker.enable');
  await debug.send('ServiceWorker.deliverPushMessage', { origin: server.base_url,
    registrationId: await found, data });
  await debug.detach();
}

const shown = (page) => page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ title, body, tag, data }) =>
    ({ title, body, tag, data }));
});

describe('the cabinet as an app', () => {
  test('can be installed: a manifest, icons of every size, one scope', async () => {
    const page = await app_window('anna', '#/contact_forms');
    const manifest = await (await page.request.get(
      `${server.base_url}/cabinet/manifest.webmanifest`)).json();
    assert.equal(manifest.scope, '/cabinet/');
    for (const icon of manifest.icons) {
      const response = await page.request.get(`${server.base_url}/cabinet/${icon.src}`);
      assert.equal(response.headers()['content-type'].split(';')[0], icon.type);
      assert.ok((await response.body()).length > 200);
    }
    const debug = await page.device.newCDPSession(page);
    const { installabilityErrors } = await debug.send('Page.getInstallabilityErrors');
    // A window of a test keeps nothing, which is the one thing that is in the way here.
    assert.deepEqual(installabilityErrors.map((one) => one.errorId), ['in-incognito']);
    assert.deepEqual(page.faults, []);
    await page.device.close();
  });

  test('a reload without a line opens the shell, says so, and goes on by itself', async () => {
    await world.ask('Олег Связной', 'Работаете ли вы сегодня?');
    const page = await app_window('anna', '#/contact_forms');
    await page.locator('.form-row', { hasText: 'Олег Связной' }).waitFor();
    await page.device.setOffline(true);
    await page.reload();
    await page.getByText('Нет связи').first().waitFor();
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const lists = await Promise.all(names.map(async (name) =>
        (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)));
      return lists.flat();
    });
    assert.ok(kept.length > 5);
    assert.deepEqual(kept.filter((path) => !/^\/(cabinet\/$|assets\/)/.test(path)), [],
      'no answer of the server is kept');
    await page.device.setOffline(false);
    await page.locator('.form-row', { hasText: 'Олег Связной' }).waitFor();
    await page.device.close();
  });

  test('a push is shown without a word of the question; a tap opens it', async () => {
    const asked = await world.ask('Полина Тайная', 'У меня болит спина.');
    const page = await app_window('anna', '#/reviews');
    await page.device.grantPermissions(['notifications'], { origin: server.base_url });
    const url = `/cabinet/#/contact_form/${asked.contact_form_id}`;
    const words = JSON.stringify({ title: 'Новый вопрос пациента', body: 'Белый кит', url,
      tag: `contact_form.${asked.contact_form_id}` });
    // DevTools sometimes swallows one; the same tag makes of two pushes one notice, as it should.
    const [notice] = await until('a notice', async () => {
      await push(page, words);
      const notices = await shown(page);
      return notices.length ? notices : null;
    });
    assert.deepEqual(notice, { title: 'Новый вопрос пациента', body: 'Белый кит',
      tag: `contact_form.${asked.contact_form_id}`, data: { url } });
    const [worker] = page.device.serviceWorkers();
    await worker.evaluate(async () => {
      const [one] = await globalThis.registration.getNotifications();
      globalThis.dispatchEvent(new globalThis.NotificationEvent('notificationclick',
        { notification: one }));
    });
    await page.getByRole('heading', { level: 2, name: 'Полина Тайная' }).waitFor();
    assert.deepEqual(page.faults, []);
    await page.device.close();
  });

  test('a push that says nothing is shown as well, because the browser asks for it', async () => {
    const page = await app_window('anna', '#/reviews');
    await page.device.grantPermissions(['notifications'], { origin: server.base_url });
    await push(page, 'no JSON at all');
    await until('a notice', async () =>
      (await shown(page)).some((one) => one.title === 'Clinicdesk'));
    await page.device.close();
  });

  test('permission is asked for by a tap only, and a refusal is explained', async () => {
    const page = await app_window('anna', '#/notices');
    await page.getByRole('heading', { name: 'На заблокированном экране' }).waitFor();
    assert.notEqual(await page.evaluate(() => Notification.permission), 'granted');
    await until('what this browser can do is said', async () =>
      await page.locator('section', { hasText: 'На заблокированном экране' })
        .locator('wa-button, .notice').count() > 0);
    assert.deepEqual(page.faults, []);
    await page.device.close();
  });
});
