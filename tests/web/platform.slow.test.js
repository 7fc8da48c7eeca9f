/**
 * What a newcomer sees around the conversation: the outbox, the public reviews and the way in.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  axe, delivered, newest, open_device, open_page, overflow, sign_in_staff, start_browser,
  start_server,
} from './browser.js';

let server;
let browser;
let staff;
let email;

before(async () => {
  [server, browser] = await Promise.all([start_server(), start_browser()]);
  staff = await sign_in_staff(server);
  const { agents } = await server.platform('agent.list');
  email = agents.find((agent) => agent.agent_id === staff.actor.agent_id).email;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** @param {any} page @param {string} state */
async function assert_well_made(page, state) {
  const size = page.viewportSize();
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: size.height });
    assert.equal(await overflow(page), 0, `${state} at ${width}: wider than the window`);
  }
  await page.setViewportSize(size);
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(page), [], `${state} in ${colorScheme}`);
  }
}

/** A fresh review of the signed-in clinic. */
async function new_review(rating = 1) {
  const { reviews } = await staff.read('review.list', { limit: 1 });
  return server.platform('review.add', {
    clinic_id: reviews[0].clinic_id, author_name: 'Ирина', author_phone: '+79163334455',
    locale: 'ru', rating, text: 'Потеряли мою карту.', published_at: Date.now() - 3_600_000,
  });
}

test('the_outbox_is_a_phone_whose_links_work', async () => {
  const device = await open_device(browser, { width: 1440, height: 900 });
  const page = await open_page(device);
  await page.goto(`${server.base_url}/outbox`);
  await page.locator('h1').waitFor();
  const { review_id } = await new_review();
  await staff.call('review_chat.open', { review_id, purpose: 'solve', confirmed: true,
    text: 'Здравствуйте! Что случилось с картой?' });
  const phone = page.locator('.phone', { hasText: '+79163334455' });
  const link = phone.getByRole('link').last();
  await link.waitFor();
  await assert_well_made(page, 'the outbox');
  const opened = device.waitForEvent('page');
  await link.click();
  const chat = await opened;
  await chat.locator('.door .primary').click();
  await chat.getByText('Что случилось с картой?').waitFor();
  await chat.locator('#composer').fill('Нашлась, спасибо.');
  await chat.locator('.send').click();
  await page.locator('.mail').first().waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('everybody_sees_what_solved_has_changed', async () => {
  const { review_id } = await new_review();
  const since = await newest(server);
  await staff.call('review_chat.open', { review_id, purpose: 'solve', confirmed: true,
    text: 'Здравствуйте! Карта нашлась.' });
  const sms = await delivered(server, (message) => message.kind === 'sms.send', since);
  const device = await open_device(browser, { width: 1440, height: 900 });
  const page = await open_page(device);
  await page.goto(`${server.base_url}/platform`);
  const review = page.locator(`#review-${review_id}`);
  await review.getByRole('img', { name: '1' }).waitFor();
  const clinic = page.locator('.clinic', { has: review });
  const mean = await clinic.locator('.mean').innerText();
  await assert_well_made(page, 'the platform');

  const patient = await open_page(device);
  await patient.goto(sms.text.match(/https?:\S+/)[0]);
  await patient.locator('.door .primary').click();
  await patient.locator('.tile.solved').click();
  await patient.getByRole('button', { name: 'Да, проблема решена' }).click();
  await patient.locator('.review .label').waitFor();

  await page.bringToFront();
  await review.locator('.label').waitFor();
  assert.equal(await review.getByRole('img').count(), 0, 'no stars any more');
  await review.getByText('Потеряли мою карту.').waitFor();
  const above = await review.evaluate((item) => item.firstElementChild.className);
  assert.equal(above, 'label', 'the label stands above the review');
  assert.notEqual(await clinic.locator('.mean').innerText(), mean);
  await assert_well_made(page, 'the platform after solved');
  assert.deepEqual([...page.faults, ...patient.faults], []);
  await device.close();
});

test('the_portal_is_made_of_the_widgets_of_a_clinic_or_a_doctor', async () => {
  const device = await open_device(browser);
  const page = await open_page(device);
  await page.goto(`${server.base_url}/platform`);
  const clinic = page.locator('.clinic').first();
  const indicator = clinic.locator('clinicdesk-response-time');
  const whole = await indicator.locator('.median').innerText();
  await indicator.getByRole('button').click();
  await indicator.locator('.verdict.good').waitFor();
  await clinic.locator('.ask summary').click();
  await clinic.locator('.choice').nth(1).click();
  const doctor = await clinic.locator('.choice[aria-pressed=true]').innerText();
  await clinic.locator('clinicdesk-contact-form .whom', { hasText: doctor }).waitFor();
  assert.equal(await clinic.locator('clinicdesk-contact-form #practitioner_id').count(), 0);
  await clinic.locator('.embed summary').click();
  await clinic.locator('pre', { hasText: '<clinicdesk-reviews clinic="' }).waitFor();
  await assert_well_made(page, 'a doctor’s profile');
  assert.ok(whole.length > 0);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_link_by_mail_signs_in_the_browser_that_asked', async () => {
  const device = await open_device(browser, { width: 1440, height: 900 });
  const page = await open_page(device);
  await page.goto(`${server.base_url}/sign-in`);
  await page.getByLabel('Адрес почты').fill('не адрес');
  await page.getByRole('button', { name: 'Прислать ссылку' }).click();
  await page.locator('.problem').waitFor();
  await assert_well_made(page, 'a wrong address');
  const since = await newest(server);
  await page.getByLabel('Адрес почты').fill(email);
  await page.getByRole('button', { name: 'Прислать ссылку' }).click();
  await page.locator('.big-code').waitFor();
  await assert_well_made(page, 'the link is on its way');
  const mail = await delivered(server, (message) => message.to === email, since);
  const link = mail.text.match(/https?:\S+/)[0];
  const tab = await open_page(device);
  await tab.goto(link);
  assert.equal(new URL(tab.url()).hash, '');
  await assert_well_made(tab, 'the way in');
  await tab.getByRole('button', { name: 'Войти' }).click();
  await tab.waitForURL('**/cabinet/**');
  assert.deepEqual([...page.faults, ...tab.faults], []);
  await device.close();
});

test('another_browser_needs_the_code_shown_where_it_was_asked', async () => {
  const [asking, other] = await Promise.all([open_device(browser), open_device(browser)]);
  const page = await open_page(asking);
  await page.goto(`${server.base_url}/sign-in`);
  const since = await newest(server);
  await page.getByLabel('Адрес почты').fill(email);
  await page.getByRole('button', { name: 'Прислать ссылку' }).click();
  const code = (await page.locator('.big-code').innerText()).replace(/\D/g, '');
  const mail = await delivered(server, (message) => message.to === email, since);
  const elsewhere = await open_page(other);
  await elsewhere.goto(mail.text.match(/https?:\S+/)[0]);
  await elsewhere.getByRole('button', { name: 'Войти' }).click();
  const field = elsewhere.locator('#code');
  await field.waitFor();
  await field.fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await elsewhere.getByRole('button', { name: 'Войти' }).click();
  await elsewhere.locator('.problem').waitFor();
  await assert_well_made(elsewhere, 'the code of another browser');
  await field.fill(code);
  await elsewhere.getByRole('button', { name: 'Войти' }).click();
  await elsewhere.waitForURL('**/cabinet/**');
  await Promise.all([asking.close(), other.close()]);
});

test('an_unknown_address_looks_like_a_known_one', async () => {
  const device = await open_device(browser);
  const page = await open_page(device);
  await page.goto(`${server.base_url}/sign-in`);
  await page.getByLabel('Адрес почты').fill('nobody@example.test');
  await page.getByRole('button', { name: 'Прислать ссылку' }).click();
  await page.locator('.big-code').waitFor();
  assert.match((await page.locator('.big-code').innerText()).replace(/\s/g, ''), /^\d{6}$/);
  await device.close();
});

test('a_used_link_offers_a_new_one', async () => {
  const device = await open_device(browser);
  const page = await open_page(device);
  await page.goto(staff.link);
  await page.getByRole('button', { name: 'Войти' }).click();
  await page.getByRole('button', { name: 'Получить новую ссылку' }).waitFor();
  await assert_well_made(page, 'a used link');
  await page.getByRole('button', { name: 'Получить новую ссылку' }).click();
  await page.getByLabel('Адрес почты').waitFor();
  await device.close();
});
