/**
 * The page of a question from a contact form, in real Chromium against the real server: from the
 * mail to the answer, and after a rejection at another office.
 * Read next: form_more.slow.test.js.
 * proves: 46 48 49
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delivered, newest, until } from './browser.js';
import { bubble, clinic_does, forms_named, patient_asks, patient_opens, seen_by_clinic, texts_in,
  use_world, world } from './forms.world.js';
import { assert_well_made, nothing_waits, replica_ready, write } from './patient.world.js';

use_world();

test('a_question_becomes_a_conversation', async () => {
  const form = await patient_asks();
  const { device, page } = await patient_opens(form);
  await page.getByText('Вопрос доставлен клинике').waitFor();
  await page.locator('.emergency a[href="tel:112"]').waitFor();
  await replica_ready(page);
  await assert_well_made(page, 'delivered');
  await seen_by_clinic(form);
  await page.getByText('Клиника прочитала вопрос').waitFor();
  const since = await newest(world.server);
  await clinic_does(form, 'answer', { text: 'Да, приходите завтра к десяти.' });
  const mail = await delivered(world.server, (message) => message.to === form.email, since);
  assert.ok(!mail.text.includes('к десяти'), 'the answer is not in the mail');
  await bubble(page, 'к десяти').waitFor();
  await page.locator('[role=status]', { hasText: 'к десяти' }).waitFor({ state: 'attached' });
  await until('the answer is known as read', async () =>
    (await seen_by_clinic(form)).messages.at(-1).delivery === 'read');
  await write(page, 'Спасибо, приду.');
  await nothing_waits(page);
  await page.getByText('Ваше сообщение доставлено').waitFor();
  assert.equal(await texts_in(form, 'Спасибо, приду.'), 1);
  assert.equal((await seen_by_clinic(form)).contact_form.state, 'read');
  await assert_well_made(page, 'answered');
  assert.deepEqual(page.faults, []);
  await device.close();
});

test('a_rejected_question_goes_on_by_a_tap_and_by_nothing_else', async () => {
  const name = 'Ольга после отказа';
  const form = await patient_asks({ name, phone: '+79160001122' });
  const { device, page } = await patient_opens(form);
  await replica_ready(page);
  await clinic_does(form, 'reject', { reason: 'not_performed', note: 'Хирург вернется в мае.' });
  const rejection = page.locator('.event.rejection');
  await rejection.getByText('Не выполняем эту процедуру').waitFor();
  await rejection.getByText('Хирург вернется в мае').waitFor();
  const offices = page.locator('.office h3');
  await offices.first().waitFor();
  assert.deepEqual(await offices.allInnerTexts(), ['Неглинная', 'Зуб и точка'], 'nearest first');
  await page.locator('.office').first().getByText('Ирина Волкова, Павел Зимин').waitFor();
  await assert_well_made(page, 'the choice');
  const choose = page.locator('.office wa-button').first();
  await choose.click();
  const dialog = page.locator('wa-dialog');
  await dialog.getByText('Неглинная улица, 14').waitFor();
  await assert_well_made(page, 'the question before it goes');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal((await forms_named(name)).length, 1, 'nothing has gone yet');
  await choose.click();
  await dialog.getByLabel('Врач').selectOption({ label: 'Павел Зимин' });
  await dialog.getByLabel('Ваш вопрос').fill('Болит зуб под коронкой, нужен хирург.');
  await page.getByRole('button', { name: 'Отправить вопрос' }).dblclick();
  await page.locator('.forwarded').getByText('Неглинная').waitFor();
  const sent = (await forms_named(name)).filter(({ origin }) => origin === 'forwarded');
  assert.equal(sent.length, 1);
  assert.equal(sent[0].practitioner_name, 'Павел Зимин');
  await until('not twice to the same', async () =>
    (await offices.allInnerTexts()).join() === 'Зуб и точка');
  await assert_well_made(page, 'gone there');
  assert.deepEqual(page.faults, []);
  await device.close();
});
