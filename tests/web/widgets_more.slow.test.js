/**
 * The widgets on somebody else's site in real Chromium, in every way they may be met: languages,
 * looks, old phones, no line, wrong input. Read next: widgets_firefox.slow.test.js.
 * proves: 44 45 54
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { axe, open_device, open_page, overflow } from './browser.js';
import { clinic_does, forms_named, patient_asks, world } from './forms.world.js';
import { start_site } from './site.js';
import { fill_in, press_send, site, use_site, visit } from './widgets.world.js';

use_site();

test('the_widgets_are_well_made_in_three_languages_light_and_dark', async () => {
  const { device, page, form } = await visit();
  const titles = { ru: 'Задать вопрос', pl: 'Zadaj pytanie', en: 'Ask a question' };
  for (const [locale, title] of Object.entries(titles)) {
    await page.evaluate((lang) => { document.documentElement.lang = lang; }, locale);
    await form.getByRole('heading', { name: title }).waitFor();
    await form.locator('.whom', { hasText: 'Белый кит' }).waitFor();
    await press_send(form);
    for (const width of [320, 390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await overflow(page), 0, `${locale} at ${width}: wider than the window`);
    }
    for (const colorScheme of /** @type {('dark'|'light')[]} */ (['dark', 'light'])) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await axe(page), [], `${locale} in ${colorScheme}`);
    }
  }
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('nothing_moves_when_the_server_answers', async () => {
  for (const width of [390, 1440]) {
    const { device, page, form } = await visit({ width });
    await page.locator('clinicdesk-reviews h2').waitFor();
    await page.locator('clinicdesk-response-time .median').waitFor();
    assert.deepEqual(await page.evaluate(() => globalThis.shifted), [], `at ${width}`);
    await form.locator('#text').waitFor();
    await device.close();
  }
});

test('what_the_core_refuses_stands_at_its_field', async () => {
  const { device, page, form } = await visit();
  const name = 'Ольга с ошибками';
  const wrong = { email: ['ольга', 'olga@', 'a b@c.d'], phone: ['12', 'позвоните', '+0000'] };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { email } = await fill_in(form, { name });
      await form.locator('#email').fill(email);
      await form.locator(`#${field}`).fill(value);
      await press_send(form);
      await form.locator(`#${field}[aria-invalid=true]`).waitFor();
      assert.notEqual(await form.locator(`#${field}-error`).innerText(), '');
    }
    await form.locator(`#${field}`).fill('');
  }
  await fill_in(form, { name, text: 'я'.repeat(20_000) });
  await form.locator('#text-more.over').waitFor();
  await press_send(form);
  await form.locator('#text[aria-invalid=true]').waitFor();
  assert.deepEqual(await axe(page), []);
  assert.equal((await form.locator('#text').inputValue()).length, 20_000, 'nothing was cut off');
  assert.deepEqual(await forms_named(name), []);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('the_core_speaks_the_language_of_the_page', async () => {
  const { device, page, form } = await visit();
  const said = { pl: 'Proszę sprawdzić adres e-mail', en: 'Check the e-mail address',
    ru: 'Проверьте адрес почты' };
  for (const [locale, words] of Object.entries(said)) {
    await page.evaluate((lang) => { document.documentElement.lang = lang; }, locale);
    await form.locator(`.widget[lang=${locale}]`).waitFor();
    await fill_in(form, { email: 'nobody' });
    await press_send(form);
    await form.locator('#email-error', { hasText: words }).waitFor();
  }
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_proof_that_the_server_has_forgotten_is_made_anew', async () => {
  const { device, page, form } = await visit();
  const name = 'Ольга после обновления сервера';
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  let refused = 0;
  await page.route('**/public/contact_form.send*', (route) => (
    route.request().method() === 'POST' && refused++ === 0
      ? route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' },
        json: { category: 'denied', code: 'denied.work', detail: 'The proof is too old.' } })
      : route.continue()));
  await fill_in(form, { name });
  await press_send(form);
  await form.locator('.thanks').waitFor();
  assert.equal(asked.filter((path) => path === '/public/challenge').length, 2);
  assert.equal((await forms_named(name)).length, 1);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('markup_in_a_name_is_a_name', async () => {
  const { device, page, form } = await visit();
  const name = '<img src=x onerror="document.title=1">';
  await fill_in(form, { name, text: `${name} \${7*7}` });
  await press_send(form);
  await form.locator('.thanks').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  assert.equal(await form.locator('img').count(), 0);
  assert.equal(await page.title(), 'Site');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('offline_the_question_waits_and_goes_once', async () => {
  const { device, form } = await visit();
  const name = 'Ольга за городом';
  await fill_in(form, { name });
  await device.setOffline(true);
  await press_send(form);
  await form.locator('.problem').getByText('Нет связи').waitFor();
  await press_send(form);
  await device.setOffline(false);
  await form.locator('.thanks').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  await form.getByRole('button', { name: 'Задать еще один вопрос' }).click();
  assert.equal(await form.locator('#name').inputValue(), name);
  assert.equal(await form.locator('#text').inputValue(), '');
  await device.close();
});

test('who_is_away_is_told_before_sending', async () => {
  const { platform } = world.server;
  const { practitioner_id } = world.clinics[0].practitioners[1];
  // Whatever the date is where the clinic stands.
  const [from, to] = [-1, 1].map((days) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
  const { absence_id } = await platform('absence.add',
    { clinic_id: world.clinics[0].clinic_id, practitioner_id, from, to });
  const { device, page, form } = await visit();
  assert.equal(await form.locator('.soon.warn').count(), 0);
  await form.locator('#practitioner_id').selectOption(String(practitioner_id));
  const warning = form.locator('.soon.warn');
  await warning.waitFor();
  const told = await warning.innerText();
  assert.match(told, /\d/);
  assert.deepEqual(await axe(page), []);
  await fill_in(form, { name: 'Ольга в отпуске врача' });
  await press_send(form);
  await form.locator('.thanks').getByText(told).waitFor();
  await platform('absence.remove', { absence_id });
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_doctor_of_the_page_needs_no_choice_and_a_site_its_own_look', async () => {
  const [{ clinic_id, practitioners: [{ practitioner_id, name }] }] = world.clinics;
  const other = await start_site(world.server.base_url, { lang: 'pl', module: true, body: `
    <clinicdesk-contact-form class="dressed" clinic="${clinic_id}"
      practitioner="${practitioner_id}" locale="en"></clinicdesk-contact-form>` });
  const { device, page, form } = await visit({ width: 1440 }, other.url);
  await form.getByText(name).waitFor();
  assert.equal(await form.locator('#practitioner_id').count(), 0);
  await form.getByRole('button', { name: 'Send the question' }).waitFor();
  const look = await form.locator('button[type=submit]').evaluate((button) => {
    const { backgroundColor, borderRadius } = getComputedStyle(button);
    return { backgroundColor, borderRadius };
  });
  assert.deepEqual(look, { backgroundColor: 'rgb(122, 31, 92)', borderRadius: '0px' });
  // Who changes the doctor or the language in the middle of a question keeps the words.
  await form.locator('#text').fill('It hurts');
  const { practitioner_id: another, name: other_name } = world.clinics[0].practitioners[1];
  await form.evaluate((host, id) => host.setAttribute('practitioner', id), String(another));
  await form.getByText(other_name).waitFor();
  await form.evaluate((host) => host.setAttribute('locale', 'pl'));
  await form.getByRole('button', { name: 'Wyślij pytanie' }).waitFor();
  assert.equal(await form.locator('#text').inputValue(), 'It hurts');
  assert.deepEqual(page.faults, []);
  await device.close();
  await other.stop();
});

test('an_old_phone_and_a_page_that_is_light_only_see_the_same_form', async () => {
  const [{ clinic_id }] = world.clinics;
  const old = await start_site(world.server.base_url, { strict: false, style: 'body { margin: 0 }',
    body: `<clinicdesk-contact-form clinic="${clinic_id}"></clinicdesk-contact-form>` });
  const device = await open_device(world.browser, { dark: true });
  const page = await open_page(device);
  // As browsers were before constructed style sheets, inert and https everywhere.
  await page.addInitScript(() => {
    delete /** @type {any} */ (ShadowRoot.prototype).adoptedStyleSheets;
    delete /** @type {any} */ (globalThis).CSSStyleSheet;
    Object.defineProperty(crypto, 'subtle', { value: undefined });
    delete /** @type {any} */ (globalThis).requestIdleCallback;
  });
  await page.goto(old.url);
  const form = page.locator('clinicdesk-contact-form');
  const name = 'Ольга со старым телефоном';
  await fill_in(form, { name });
  const colour = await form.locator('.widget').evaluate((body) =>
    getComputedStyle(body).backgroundColor);
  assert.equal(colour, 'rgb(255, 255, 255)');
  assert.deepEqual(await axe(page).then((found) => found.filter((line) =>
    line.includes('clinicdesk'))), []);
  await press_send(form);
  await form.locator('.thanks').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  assert.deepEqual(page.faults, []);
  await device.close();
  await old.stop();
});

test('before_the_server_answers_the_form_can_be_filled_in', async () => {
  const device = await open_device(world.browser);
  const page = await open_page(device);
  await page.route('**/public/**', (route) => route.abort('internetdisconnected'));
  await page.goto(site.url);
  const form = page.locator('clinicdesk-contact-form');
  await form.locator('.emergency a[href="tel:112"]').waitFor();
  const name = 'Ольга без сети';
  await fill_in(form, { name });
  await press_send(form);
  await form.locator('.problem').getByText('Нет связи').waitFor();
  assert.deepEqual(await axe(page), []);
  await page.unroute('**/public/**');
  await form.locator('.thanks').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  await device.close();
});

test('the_reader_counts_the_indicator_again', async () => {
  for (let n = 0; n < 5; n++) {
    const asked = await patient_asks();
    await clinic_does(asked, 'answer', { text: 'Приходите.' });
  }
  const { device, page } = await visit();
  const indicator = page.locator('clinicdesk-response-time');
  const how = indicator.getByRole('button', { name: 'Как это посчитано' });
  await how.click();
  assert.equal(await how.getAttribute('aria-expanded'), 'true');
  await indicator.locator('.verdict.good').waitFor();
  await indicator.locator('summary').click();
  assert.ok(await indicator.locator('tbody tr').count() >= 5);
  assert.deepEqual(await axe(page), []);
  // A server that leaves one question out is found out, even when it hashes what is left.
  await page.route('**/public/response_indicator.proof*', async (route) => {
    const response = await route.fetch();
    const proof = await response.json();
    const canonical = proof.canonical.replace(/.*\n$/, '');
    const hash = createHash('sha256').update(canonical).digest('hex');
    return route.fulfill({ response, json: { ...proof, canonical, hash } });
  });
  await page.reload();
  await how.click();
  await indicator.locator('.verdict.bad').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('reviews_come_page_by_page_as_words', async () => {
  const [{ clinic_id, practitioners }] = world.clinics;
  for (let n = 1; n <= 7; n++) {
    await world.server.platform('review.add', { clinic_id, author_name: `<b>Автор ${n}</b>`,
      practitioner_id: practitioners[n % 2].practitioner_id, author_phone: '+79161110000',
      locale: 'ru', rating: 1 + n % 5, text: `Отзыв номер ${n}.`,
      published_at: Date.now() - (10 - n) * 86_400_000 });
  }
  const { reviews: [newest_one] } = await world.staff.read('review.list', { limit: 1 });
  await world.staff.call('review.reply', { review_id: newest_one.review_id, text: 'Спасибо!' });
  const { device, page } = await visit();
  const reviews = page.locator('clinicdesk-reviews');
  await reviews.locator('.reply').getByText('Спасибо!').waitFor();
  assert.equal(await reviews.locator('li').count(), 5);
  await reviews.getByText('<b>Автор 7</b>').waitFor();
  await reviews.getByRole('img', { name: '3 звезды из 5' }).first().waitFor();
  await reviews.getByRole('button', { name: 'Показать еще' }).click();
  await reviews.getByText('Отзыв номер 1.').waitFor();
  assert.equal(await reviews.locator('li').count(), 7);
  assert.equal(await reviews.getByRole('button').count(), 0);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(page.faults, []);
  await device.close();
});
