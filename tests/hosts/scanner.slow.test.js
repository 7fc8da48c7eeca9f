// A mail scanner looks at the links of a notice before its reader does: by HEAD, by GET, and in a
// browser that runs the page's scripts for as long as it likes. None of that reads the form or
// spends the link; a person's tap afterwards does. proves: 31 32 34
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { open_device, start_browser } from '../web/browser.js';
import { atEnd, fileScope, hostFor, until } from './host.js';
import { clinicIn, formIn, sentTo, tokenIn } from './story.js';

const AN_HOUR = '01:00:00';
const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => {
  world.server = await hostFor(scope);
  world.clinic = await clinicIn(world.server, 'Scanned');
  world.browser = await start_browser();
  atEnd(scope, () => world.browser.close());
});

/** What the scanner does: loads, lets every script and timer run, moves about, taps nothing.
 * @returns {Promise<string[]>} every request that was no GET */
async function scan(t, url) {
  const device = await open_device(world.browser, { locale: 'en-GB', width: 1280 });
  atEnd(t, () => device.close());
  const page = await device.newPage();
  const wrote = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') wrote.push(`${request.method()} ${request.url()}`);
  });
  await page.clock.install();
  await page.goto(url);
  await page.waitForLoadState('networkidle');
  await page.clock.runFor(AN_HOUR);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, 600);
  await page.keyboard.press('Tab');
  for (const event of ['visibilitychange', 'focus', 'blur', 'pagehide', 'beforeunload']) {
    await page.evaluate((name) => {
      dispatchEvent(new Event(name));
      document.dispatchEvent(new Event(name));
    }, event);
  }
  await page.clock.runFor(AN_HOUR);
  await page.reload();
  await page.waitForLoadState('networkidle');
  return wrote;
}

test('a scanner that runs scripts reads no form and spends no link', async (t) => {
  const { server, clinic, browser } = world;
  const form = await formIn(server, clinic);
  for (const method of ['HEAD', 'GET', 'GET']) {
    const { status } = await server.ask(method, new URL(form.notice.link_url).pathname);
    assert.equal(status, 200, method);
  }
  assert.deepEqual(await scan(t, form.notice.link_url), []);
  assert.deepEqual([(await form.row()).state, (await form.row()).read_at], ['new', null]);

  const device = await open_device(browser, { locale: 'en-GB', width: 1280 });
  atEnd(t, () => device.close());
  const page = await device.newPage();
  await page.goto(form.notice.link_url);
  await page.locator('main wa-button').click();
  await page.waitForURL((url) => url.hash === `#/contact_form/${form.contact_form_id}`);
  await until(async () => (await form.row()).state === 'read');
});

test('nor does one that follows the patient\'s links', async (t) => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const receipt = await sentTo(server, form.email);
  assert.deepEqual(await scan(t, receipt.link_url), []);
  const phone = await server.browser().open(tokenIn(receipt));
  assert.equal(phone.body.item?.item_id, form.contact_form_id, 'the patient is the first device');
});

test('a link that was opened elsewhere says so, and shows the ordinary way', async (t) => {
  const { server, clinic, browser } = world;
  const form = await formIn(server, clinic);
  assert.equal((await server.browser().open(form.token)).status, 200);
  const device = await open_device(browser, { locale: 'en-GB' });
  atEnd(t, () => device.close());
  const page = await device.newPage();
  await page.goto(form.notice.link_url);
  assert.equal(new URL(page.url()).hash, '', 'the token leaves the address at once');
  await page.locator('main wa-button').click();
  await page.getByText('perhaps in another browser').waitFor();
  await page.locator('main wa-button').click();
  await page.locator('wa-input[name=email]').waitFor();
});

test('who is in for one form may sign in for the rest', async (t) => {
  const { server, clinic, browser } = world;
  const form = await formIn(server, clinic);
  const device = await open_device(browser, { locale: 'en-GB' });
  atEnd(t, () => device.close());
  const page = await device.newPage();
  await page.goto(form.notice.link_url);
  await page.locator('main wa-button').click();
  await page.waitForURL((url) => url.hash === `#/contact_form/${form.contact_form_id}`);
  await page.goto(`${server.url}/sign-in`);
  const looked = page.waitForResponse((answer) => answer.url().endsWith('/session'));
  await page.reload();
  await looked;
  await page.locator('wa-input[name=email] input').fill(clinic.representative.email);
  await page.keyboard.press('Enter');
  const link = await sentTo(server, clinic.representative.email, form.notice.id);
  // A tap in a mail opens a window of its own.
  const opened = await device.newPage();
  await opened.goto(link.link_url);
  await opened.locator('main wa-button').click();
  await opened.waitForURL((url) => url.pathname === '/cabinet/');
  const session = await opened.evaluate(async () => (await fetch('/session')).json());
  assert.equal(session.item, null, 'not for one form any more');
});
