/**
 * The contact form on somebody else's site in real Chromium against the real server: another
 * origin, a strict policy, a bad line, machines. Read next: widgets_more.slow.test.js.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { axe, delivered, newest, until } from './browser.js';
import { forms_named, world } from './forms.world.js';
import { fill_in, press_send, use_site, visit } from './widgets.world.js';

const GZIP_BYTES_MAX = 60_000;

use_site();

test('a_form_on_another_origin_reaches_the_clinic_and_the_patient', async () => {
  const { device, page, form } = await visit();
  const name = 'Ольга с другого сайта';
  await form.locator('#practitioner_id').selectOption({ label: 'Олег Сидоров' });
  await form.locator('#service').selectOption('Имплантация');
  const since = await newest(world.server);
  const { email } = await fill_in(form, { name, phone: '8 (916) 123-45-67' });
  await press_send(form);
  await form.locator('.thanks').getByText(email).waitFor();
  const [sent, ...others] = await forms_named(name);
  assert.equal(others.length, 0);
  assert.equal(sent.practitioner_name, 'Олег Сидоров');
  assert.equal(sent.service, 'Имплантация');
  assert.equal(sent.state, 'new');
  const mail = await delivered(world.server, (message) => message.to === email, since);
  assert.match(mail.link_url, /\/form#/);
  assert.ok(!mail.text.includes('третий день'), 'no question in a mail');
  const focused = await form.evaluate((host) => host.shadowRoot.activeElement?.textContent);
  assert.equal(focused, 'Вопрос отправлен');
  await page.evaluate(() => { document.documentElement.lang = 'pl'; });
  await form.getByRole('heading', { name: 'Pytanie wysłane' }).waitFor();
  const kept = await page.evaluate(() => JSON.stringify(sessionStorage));
  assert.ok(!kept.includes('третий день'), 'what was sent is not kept');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('empty_fields_are_told_at_once_and_the_first_has_the_focus', async () => {
  const { device, page, form } = await visit();
  await press_send(form);
  const text = form.locator('#text');
  assert.equal(await text.getAttribute('aria-invalid'), 'true');
  const described = await text.getAttribute('aria-describedby');
  const reason = await form.locator(`#${described.split(' ')[0]}`).innerText();
  assert.equal(reason, 'Напишите вопрос.');
  const focused = () => form.evaluate((host) => host.shadowRoot.activeElement?.id);
  assert.equal(await focused(), 'text');
  await page.keyboard.type('Болит зуб');
  assert.equal(await text.getAttribute('aria-invalid'), 'false');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'name');
  await page.keyboard.type('Ольга');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'email');
  await form.locator('[role=status]').filter({ hasText: 'Проверьте 1 поле' })
    .waitFor({ state: 'attached' });
  await device.close();
});

test('a_trap_that_people_never_meet_catches_machines', async () => {
  const { device, page, form } = await visit();
  const name = 'Машина';
  await fill_in(form, { name });
  await form.locator('#text').focus();
  const met = new Set();
  for (let n = 0; n < 12; n++) {
    met.add(await form.evaluate((host) => host.shadowRoot.activeElement?.id));
    await page.keyboard.press('Tab');
  }
  assert.ok(met.has('phone') && !met.has('trap'), 'the keyboard does not reach it');
  const seen = await page.evaluate(() => document.querySelector('clinicdesk-contact-form')
    .shadowRoot.querySelector('#trap').checkVisibility({ opacityProperty: true }));
  const { width } = await form.locator('.trap').boundingBox();
  assert.ok(!seen || width <= 1);
  await form.locator('#trap').evaluate((field) => {
    /** @type {HTMLInputElement} */ (field).value = 'buy now';
  });
  await press_send(form);
  await form.locator('.problem .note').waitFor();
  assert.deepEqual(await forms_named(name), []);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_line_that_fails_makes_one_form_and_loses_no_word', async () => {
  const { device, page, form } = await visit();
  const name = 'Ольга в метро';
  await fill_in(form, { name });
  // The server takes the question, and its answer gets lost: the worst of all lines.
  let lost = 0;
  await page.route('**/public/contact_form.send*', async (route) => {
    if (route.request().method() === 'POST' && lost++ < 1) await route.fetch();
    return route.abort('connectionreset');
  });
  await press_send(form);
  await form.locator('.problem').getByText('Нет связи').waitFor();
  assert.equal((await forms_named(name)).length, 1, 'the server has it already');
  await page.reload();
  const text = form.locator('#text');
  await until('the words', async () => (await text.inputValue()).includes('третий день'));
  await press_send(form);
  await form.locator('.problem').getByText('Нет связи').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.unroute('**/public/contact_form.send*');
  // By itself: a person with a toothache need not press again.
  await form.locator('.thanks').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  await page.reload();
  await form.locator('.whom', { hasText: 'Белый кит' }).waitFor();
  assert.equal(await text.inputValue(), '', 'what was sent is not kept');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('the_script_is_light', async () => {
  const response = await fetch(`${world.server.base_url}/widgets/clinicdesk.js`);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  const script = new Uint8Array(await response.arrayBuffer());
  const bytes = gzipSync(script, { level: 9 }).length;
  assert.ok(bytes <= GZIP_BYTES_MAX, `${bytes} bytes with gzip`);
  // Nothing in it asks for what a strict policy forbids or an old phone cannot read.
  const text = new TextDecoder().decode(script);
  for (const sink of ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'document.write', 'eval(',
    'new Function', 'Worker(', '(?<!', '(?<=']) {
    assert.ok(!text.includes(sink), sink);
  }
});
