/**
 * The page of a question in every other way it may be met: scanners, phone answers, offers, other
 * devices, no line, old phones, three languages. Read first: form.test.js.
 * proves: 38 52
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, delivered, newest, open_device, open_page, overflow, until } from './browser.js';
import { bubble, clinic_does, forms_named, pass, patient_asks, patient_opens, texts_in, use_world,
  world } from './forms.world.js';
import { assert_well_made, nothing_waits, replica_ready, write } from './patient.world.js';

const TWO_DAYS_MS = 2 * 86_400_000 + 1000;

use_world();

test('a_scanner_that_opens_the_link_changes_nothing', async () => {
  const form = await patient_asks();
  const scanner = await open_device(world.browser);
  const scanned = await open_page(scanner);
  await scanned.goto(form.link);
  await scanned.locator('.door .primary').waitFor();
  assert.equal(new URL(scanned.url()).hash, '', 'the token has left the address');
  assert.ok(!(await scanned.locator('body').innerText()).includes('Болит'));
  await assert_well_made(scanned, 'the door');
  assert.deepEqual(await scanner.cookies(), []);
  // Had the scanner's visit bound the link, the next device would be asked for a code.
  const { device, page } = await patient_opens(form);
  await bubble(page, 'Болит зуб под коронкой').waitFor();
  assert.deepEqual([...scanned.faults, ...page.faults], []);
  await Promise.all([scanner.close(), device.close()]);
});

test('an_answer_by_phone_is_shown_without_the_note', async () => {
  const form = await patient_asks();
  const { device, page } = await patient_opens(form);
  await clinic_does(form, 'answer_by_phone', { note: 'Просила скидку',
    called_at: Date.now() - 600_000 });
  await page.locator('.event.phone').waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes('скидку'));
  await assert_well_made(page, 'by phone');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_second_device_needs_a_code', async () => {
  const form = await patient_asks();
  const { device } = await patient_opens(form);
  const other = await open_device(world.browser);
  const page = await open_page(other);
  await page.goto(form.link);
  await page.locator('.door .primary').click();
  const since = await newest(world.server);
  await page.getByRole('button', { name: 'Получить код' }).click();
  const mail = await delivered(world.server, (message) => message.to === form.email, since);
  const field = page.locator('#code');
  await field.fill('000000');
  await page.locator('.problem').waitFor();
  await assert_well_made(page, 'a wrong code');
  await field.fill(mail.text.match(/\b\d{6}\b/)[0]);
  await bubble(page, 'Болит зуб под коронкой').waitFor();
  assert.deepEqual(page.faults, []);
  await Promise.all([device.close(), other.close()]);
});

test('what_is_written_offline_is_kept_and_sent_once', async () => {
  const form = await patient_asks();
  const { device, page } = await patient_opens(form);
  await replica_ready(page);
  await page.locator('#composer').fill('Черновик, который');
  await device.setOffline(true);
  await page.locator('.offline').waitFor();
  await write(page, 'Черновик, который ждал связи.');
  await page.locator('.message.waits').waitFor();
  await page.locator('#composer').fill('Еще не отправлено');
  await assert_well_made(page, 'offline');
  await device.setOffline(false);
  await nothing_waits(page);
  assert.equal(await texts_in(form, 'Черновик, который ждал связи.'), 1);
  await page.reload();
  await page.locator('.thread').waitFor();
  await until('the draft', async () =>
    (await page.locator('#composer').inputValue()) === 'Еще не отправлено');
  assert.equal(await texts_in(form, 'Черновик, который ждал связи.'), 1);
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_page_that_nobody_touches_says_so', async () => {
  const form = await patient_asks();
  const device = await open_device(world.browser);
  const page = await open_page(device);
  const said = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/')) said.push(request.headers()['desk-attended']);
  });
  await page.clock.install();
  await page.goto(form.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  await replica_ready(page);
  assert.ok(said.length > 0 && said.every((value) => value === undefined));
  await page.clock.fastForward(120_000);
  said.length = 0;
  await clinic_does(form, 'answer', { text: 'Приходите к десяти.' });
  await bubble(page, 'к десяти').waitFor();
  assert.deepEqual([...new Set(said)], ['no']);
  await page.locator('#composer').fill('Спасибо');
  said.length = 0;
  await page.locator('.send').click();
  await nothing_waits(page);
  await until('a request', async () => said.length > 0);
  assert.equal(said[0], undefined);
  await device.close();
});

test('the_page_speaks_three_languages', async () => {
  const form = await patient_asks({ locale: 'pl' });
  const { device, page } = await patient_opens(form, { locale: 'fr-FR' });
  await clinic_does(form, 'reject', { reason: 'cannot_meet_now' });
  const said = {
    pl: ['Zadane pytanie', 'Obecnie nie możemy pomóc', 'Zapytaj w innym gabinecie'],
    en: ['Your question', 'We cannot help at the moment', 'Ask another clinic'],
    ru: ['Ваш вопрос', 'Сейчас не можем помочь', 'Спросить в другой клинике'],
  };
  await page.getByRole('heading', { name: said.pl[0] }).waitFor();
  for (const [locale, [question, reason, offices]] of Object.entries(said)) {
    await page.locator('.language select').selectOption(locale);
    await page.getByRole('heading', { name: question }).waitFor();
    await page.locator('.event.rejection', { hasText: reason }).waitFor();
    await page.getByRole('heading', { name: offices }).waitFor();
    assert.equal(await overflow(page), 0);
  }
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_phone_of_before_light_dark_has_its_colours', async () => {
  const form = await patient_asks();
  for (const dark of [false, true]) {
    const device = await open_device(world.browser, { dark });
    const page = await open_page(device);
    // To this browser the function is as unknown as it is to that phone.
    await page.route('**/*.css', async (route) => {
      const response = await route.fetch();
      return route.fulfill({ response,
        body: (await response.text()).replaceAll('light-dark(', 'light-and-dark(') });
    });
    await page.goto(form.link);
    const open = page.locator('.door .primary');
    const { background, color } = await open.evaluate((button) => ({
      background: getComputedStyle(button).backgroundColor,
      color: getComputedStyle(document.body).color }));
    assert.equal(background, dark ? 'rgb(23, 112, 125)' : 'rgb(11, 101, 114)');
    assert.equal(color, dark ? 'rgb(232, 238, 240)' : 'rgb(22, 36, 42)');
    assert.deepEqual(await axe(page), []);
    assert.deepEqual(page.faults, []);
    await device.close();
  }
});

test('long_texts_are_refused_and_markup_stays_words', async () => {
  const evil = '<img src=x onerror="document.title=1"><b>жирно</b>';
  const form = await patient_asks({ name: evil, text: evil });
  const { device, page } = await patient_opens(form);
  await replica_ready(page);
  await write(page, 'я'.repeat(20_000));
  await page.locator('.toast.bad').waitFor();
  assert.equal((await page.locator('#composer').inputValue()).length, 20_000);
  await write(page, evil);
  await nothing_waits(page);
  assert.deepEqual(await page.locator('.bubble .text').allInnerTexts(), [evil, evil]);
  assert.equal(await page.locator('.thread img, .thread b').count(), 0);
  assert.notEqual(await page.title(), '1');
  assert.deepEqual(page.faults, []);
  await device.close();
});

// The last one: by then the clinic's people are signed out.
test('an_offer_lets_the_patient_ask_another_office', async () => {
  const name = 'Ольга без ответа';
  const [, , { clinic_id, practitioners }] = world.clinics;
  await world.server.platform('clinic.set', { clinic_id, tier: 'basic' });
  const form = await patient_asks({ clinic_id, name,
    practitioner_id: practitioners[0].practitioner_id });
  const { device, page } = await patient_opens(form);
  assert.equal(await page.locator('.offices').count(), 0);
  const since = await newest(world.server);
  await pass(TWO_DAYS_MS);
  const mail = await delivered(world.server, (message) => message.to === form.email, since);
  assert.ok(!mail.text.includes('Болит'));
  await page.locator('.office h3').first().waitFor();
  await page.getByRole('heading', { name: 'Другие клиники рядом' }).waitFor();
  await assert_well_made(page, 'the offer');
  await page.locator('.office', { hasText: 'Белый кит' }).locator('wa-button').click();
  await page.locator('wa-dialog').getByText('Тверская улица, 1').waitFor();
  assert.equal((await forms_named(name)).length, 1);
  await page.getByRole('button', { name: 'Отправить вопрос' }).click();
  await page.locator('.forwarded').getByText('Белый кит').waitFor();
  const [sent] = (await forms_named(name)).filter(({ origin }) => origin === 'secondary');
  assert.equal(sent.clinic_id, world.clinics[0].clinic_id);
  // The first office may still answer.
  await page.locator('#composer').waitFor();
  assert.deepEqual(page.faults, []);
  await device.close();
});
