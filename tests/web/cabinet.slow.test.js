/**
 * The clinic's side in a real Chromium against the real server: from a review to an annulled
 * rating, with a second window, without a line, without a mouse, and as a moderator.
 * How it looks: cabinet_look.slow.test.js.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { delivered, newest, open_device, open_page, start_browser, start_server, until }
  from './browser.js';
import { cabinet_window, chat_under, introduce, make_world, patient_of, staff_does }
  from './cabinet.world.js';

/** @type {any} */ let server;
/** @type {any} */ let browser;
/** @type {any} */ let world;

before(async () => {
  [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
  world = await make_world(server);
  await introduce(browser, world, ['representative', 'administrator', 'doctor']);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const row = (page, author) => page.locator('.row', { hasText: author });
const composer = (page) => page.locator('desk-composer textarea');
const bubble = (page, text) => page.locator('.message', { hasText: text });

/** Waits for exactly these words. */
const says = (page, words) => page.getByText(words, { exact: false }).first().waitFor();

async function open_by_button(page, author) {
  await row(page, author).getByRole('button', { name: 'Чат с пациентом' }).click();
}

async function fill_in(page) {
  await page.locator('desk-representative [name=position] input').fill('старший администратор');
  await page.locator('desk-representative [name=email] input').fill('irina@kit.example');
  await page.getByRole('button', { name: 'Сохранить' }).click();
}

async function faultless(...pages) {
  for (const page of pages) assert.deepEqual(page.faults, []);
}

describe('the cabinet', () => {
  test('asks a stranger to sign in and brings back to where he wanted to go', async () => {
    const { review_id } = await world.review('Анна К.', 4, world.texts.fine);
    const device = await open_device(browser, { width: 1440, height: 900 });
    const page = await open_page(device);
    await page.goto(`${server.base_url}/cabinet/#/reviews/${review_id}`);
    await page.waitForURL('**/sign-in');
    const before_mail = await newest(server);
    await page.locator('input[name=email], wa-input[name=email] input').first()
      .fill(world.people.newcomer.email);
    await page.getByRole('button', { name: 'Прислать ссылку' }).click();
    const mail = await delivered(server,
      (one) => one.to === world.people.newcomer.email, before_mail);
    await page.goto(mail.link_url);
    await page.getByRole('button', { name: 'Войти' }).click();
    await page.getByRole('heading', { level: 2, name: 'Анна К.' }).waitFor();
    assert.match(page.url(), new RegExp(`#/reviews/${review_id}$`));
    await page.getByRole('button', { name: 'Ирина Волкова' }).click();
    await page.getByRole('menuitem', { name: 'Выйти' }).click();
    await page.waitForURL('**/sign-in');
    await page.goto(`${server.base_url}/cabinet/`);
    await page.waitForURL('**/sign-in');
    await faultless(page);
    await device.close();
  });

  test('a chat: warning, own data, first message, answers, muting, solved, ended', async () => {
    const author = await world.review('Мария Петровна', 1, world.texts.waited);
    await world.review('Виктор Б.', 5, world.texts.kind);
    const page = await cabinet_window(browser, world, 'newcomer');
    const second = await cabinet_window(browser, world, 'administrator');
    await open_by_button(page, 'Мария Петровна');
    await page.getByRole('radio', { name: /Решить проблему/ }).check();
    await says(page, 'пациент сможет аннулировать оценку');
    await page.locator('desk-representative [name=email] input').fill('не адрес');
    await page.locator('desk-representative [name=position] input').fill('администратор');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.locator('desk-representative .wrong[name=email]').waitFor();
    await fill_in(page);
    await until('the prepared text', async () =>
      /Ирина Волкова.*старший администратор.*Белый кит/s.test(await composer(page).inputValue()));
    await page.getByRole('button', { name: 'Отправить и открыть чат' }).click();
    await bubble(page, 'Ирина Волкова').waitFor();

    const patient = await patient_of(browser, world, author);
    await page.locator('.message .delivery', { hasText: /Отправлено|Доставлено/ }).waitFor();
    await row(second, 'Мария Петровна').getByText('Ждем пациента').waitFor();
    await patient.post('Я записывалась на десять, приняли в одиннадцать.');
    await bubble(page, 'приняли в одиннадцать').waitFor();
    await row(second, 'Мария Петровна').getByText('Пациент написал').waitFor();
    await second.getByRole('button', { name: /Пациент написал/ }).click();
    assert.equal(await second.locator('.row').count(), 1);

    for (const text of ['Простите, пожалуйста.', 'Вернем стоимость приема.', 'Мы на связи.']) {
      await composer(page).fill(text);
      await page.getByRole('button', { name: 'Отправить', exact: true }).click();
      await bubble(page, text).waitFor();
    }
    await bubble(page, 'Мы на связи.').getByText('Без уведомления').waitFor();
    await says(page, 'Пациент не ответил на два сообщения');
    await page.locator('.story').getByText('Правило 18').first().waitFor();

    await patient.post('Хорошо, спасибо.');
    await page.locator('.thread-foot .notice.warn').waitFor({ state: 'detached' });
    await patient.mark_solved();
    await page.locator('.review-label', { hasText: 'Конфликт исчерпан' }).waitFor();
    await page.locator('.rating', { hasText: '1 аннулирована' }).waitFor();
    await page.locator('.chain.ok').waitFor();
    assert.equal(await page.locator('.review-text').textContent(), world.texts.waited);
    await patient.end();
    await composer(page).waitFor({ state: 'detached' });
    await page.locator('.thread-foot .notice', { hasText: 'Правило 20' }).waitFor();
    await faultless(page, second);
    await Promise.all([page.device.close(), second.device.close()]);
  });

  test('for a positive review it proposes the public reply and asks to confirm', async () => {
    const author = await world.review('Дмитрий Л.', 5, world.texts.kind);
    const page = await cabinet_window(browser, world, 'representative');
    await open_by_button(page, 'Дмитрий Л.');
    await says(page, 'Может быть, лучше ответить публично?');
    await page.getByRole('radio', { name: /Решить проблему/ }).check();
    await page.getByRole('button', { name: 'Отправить и открыть чат' }).click();
    await says(page, 'Подтвердите, пожалуйста');
    await page.getByText('Предупреждение прочитано').click();
    await page.getByRole('button', { name: 'Отправить и открыть чат' }).click();
    await page.locator('.messages').waitFor();
    await delivered(server, (one) => one.to === author.author_phone);
    await faultless(page);
    await page.device.close();
  });

  test('a public reply is checked before everybody reads it, and undone for real', async () => {
    await world.review('Ольга Н.', 4, world.texts.fine);
    const page = await cabinet_window(browser, world, 'representative');
    await row(page, 'Ольга Н.').getByRole('link').click();
    for (const text of ['Спасибо за добрые слова!', 'Спасибо! Приходите еще.']) {
      await page.getByRole('button', { name: /Ответить на отзыв|Изменить ответ/ }).first().click();
      await page.locator('desk-public-reply textarea').fill(text);
      await page.getByRole('button', { name: 'Проверить и опубликовать' }).click();
      await says(page, 'Опубликовать для всех?');
      await page.getByRole('button', { name: 'Опубликовать', exact: true }).click();
      await page.locator('.reply-text', { hasText: text }).waitFor();
    }
    await page.getByRole('button', { name: 'Вернуть' }).click();
    await page.locator('.reply-text', { hasText: 'Спасибо за добрые слова!' }).waitFor();
    await faultless(page);
    await page.device.close();
  });

  test('without a line the message waits, and goes once when the line is back', async () => {
    const author = await world.review('Сергей П.', 2, world.texts.bill);
    const page = await cabinet_window(browser, world, 'representative');
    await open_by_button(page, 'Сергей П.');
    await page.getByRole('radio', { name: /Решить проблему/ }).check();
    await page.getByRole('button', { name: 'Отправить и открыть чат' }).click();
    const patient = await patient_of(browser, world, author);
    await composer(page).waitFor();
    await page.locator('.line.ready').waitFor();
    await page.device.setOffline(true);
    await composer(page).fill('Перезвоним сегодня.');
    await composer(page).press('Control+Enter');
    await bubble(page, 'Перезвоним сегодня.').getByText('Ждет отправки').waitFor();
    await page.locator('.line', { hasText: '1 ждет отправки' }).waitFor();
    await composer(page).fill('И еще одно: начатый черновик');
    await page.device.setOffline(false);
    await page.locator('.line', { hasText: 'На связи' }).waitFor();
    await bubble(page, 'Перезвоним сегодня.').locator('.delivery:not(.waits)').waitFor();
    assert.equal(await bubble(page, 'Перезвоним сегодня.').count(), 1);
    assert.equal(await composer(page).inputValue(), 'И еще одно: начатый черновик');
    await patient.post('Жду.');
    await bubble(page, 'Жду.').waitFor();
    await page.reload();
    await composer(page).waitFor();
    await until('the draft', async () =>
      await composer(page).inputValue() === 'И еще одно: начатый черновик');
    await faultless(page);
    await page.device.close();
  });

  test('a chat begun without a line opens later, whatever a colleague did meanwhile', async () => {
    const author = await world.review('Лидия М.', 1, world.texts.bill);
    const page = await cabinet_window(browser, world, 'representative');
    const colleague = await cabinet_window(browser, world, 'administrator');
    await open_by_button(page, 'Лидия М.');
    await page.getByRole('radio', { name: /Решить проблему/ }).waitFor({ state: 'attached' });
    await page.locator('.line.ready').waitFor();
    await page.device.setOffline(true);
    await page.getByRole('radio', { name: /Решить проблему/ }).check();
    await composer(page).fill('Лидия, расскажите, пожалуйста, что произошло.');
    await page.getByRole('button', { name: 'Отправить и открыть чат' }).click();
    await bubble(page, 'Лидия, расскажите').getByText('Ждет отправки').waitFor();
    await says(page, 'Чат откроется, как только вернется связь');
    await page.getByRole('button', { name: 'Вера Лапина' }).click();
    await page.getByRole('menuitem', { name: 'Выйти' }).click();
    const asked = page.getByRole('dialog', { name: 'Выйти, не дождавшись отправки?' });
    await asked.waitFor();
    await page.getByRole('button', { name: 'Отмена' }).click();
    await asked.waitFor({ state: 'hidden' });
    await chat_under(browser, world, colleague, 'Марк Д.');
    await page.device.setOffline(false);
    const patient = await patient_of(browser, world, author);
    await composer(page).waitFor();
    await patient.post('Счет не сошелся.');
    await bubble(page, 'Счет не сошелся.').waitFor();
    assert.equal(await bubble(page, 'Лидия, расскажите').count(), 1);
    await faultless(page, colleague);
    await Promise.all([page.device.close(), colleague.device.close()]);
  });

  test('a server that goes and comes back loses nothing and doubles nothing', async () => {
    const page = await cabinet_window(browser, world, 'representative');
    const { review_chat_id } = await chat_under(browser, world, page, 'Тимур А.');
    await row(page, 'Тимур А.').getByRole('link').click();
    await composer(page).waitFor();
    await page.locator('.line.ready').waitFor();
    await server.halt();
    for (const text of ['Первое после остановки.', 'Второе после остановки.']) {
      await composer(page).fill(text);
      await composer(page).press('Control+Enter');
      await bubble(page, text).getByText('Ждет отправки').waitFor();
    }
    await server.resume();
    await page.locator('.line', { hasText: 'На связи' }).waitFor();
    await page.locator('.delivery.waits').first().waitFor({ state: 'detached' });
    await until('both at the server, in order', async () => {
      const { messages } = await staff_does(page, world, 'review_chat.get', { review_chat_id });
      const texts = messages.slice(1).map((message) => message.text);
      assert.ok(texts.length <= 2, 'nothing is doubled');
      return texts.join(' ') === 'Первое после остановки. Второе после остановки.';
    });
    await faultless(page);
    await page.device.close();
  });

  test('what the server refuses later is said, and the text is not lost', async () => {
    const page = await cabinet_window(browser, world, 'representative');
    const { patient } = await chat_under(browser, world, page, 'Глеб Р.');
    await row(page, 'Глеб Р.').getByRole('link').click();
    await composer(page).waitFor();
    await page.locator('.line.ready').waitFor();
    await page.device.setOffline(true);
    await patient.end();
    await composer(page).fill('Мы все проверили.');
    await composer(page).press('Control+Enter');
    await bubble(page, 'Мы все проверили.').getByText('Ждет отправки').waitFor();
    await page.device.setOffline(false);
    const refusal = page.locator('.refusals');
    await refusal.getByText('Общение завершено').waitFor();
    await refusal.getByText('Мы все проверили.').waitFor();
    await bubble(page, 'Мы все проверили.').waitFor({ state: 'detached' });
    await refusal.getByRole('button', { name: 'Понятно' }).click();
    await refusal.waitFor({ state: 'detached' });
    await faultless(page);
    await page.device.close();
  });

  test('words of patients stay words, whatever they contain', async () => {
    const text = '<img src=x onerror="window.broken=1"> %s \u202Eтекст';
    await world.review('<b>Злой</b> автор', 2, text);
    const page = await cabinet_window(browser, world, 'representative');
    await row(page, 'автор').getByRole('link').click();
    await page.locator('.review-text').waitFor();
    assert.equal(await page.locator('.review-text').textContent(), text);
    assert.equal(await page.evaluate(() => globalThis.broken), undefined);
    await faultless(page);
    await page.device.close();
  });

  test('everything is done without a mouse', async () => {
    await world.review('Лариса В.', 4, world.texts.fine);
    const author = await world.review('Кристина Ф.', 3, 'Долго искала вход, указателей нет.');
    const page = await cabinet_window(browser, world, 'representative');
    await row(page, 'Кристина').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Горячие клавиши' }).waitFor();
    // The dialog gives the focus back a moment after it is gone; keys count from then on.
    await page.evaluate(() => {
      const dialog = document.querySelector('wa-dialog.help');
      globalThis.help_closed = new Promise((resolve) => {
        dialog.addEventListener('wa-after-hide', () => setTimeout(resolve), { once: true });
      });
    });
    await page.keyboard.press('Escape');
    await page.evaluate(() => globalThis.help_closed);
    // Whoever presses a key too soon after the dialog presses it again.
    await until('the cursor in the search', async () => {
      await page.keyboard.press('/');
      return page.locator('.search:focus-within').waitFor({ timeout: 2000 }).then(() => true,
        () => false);
    });
    await page.keyboard.type('указателей');
    await until('one row', async () => await page.locator('.row').count() === 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: author.author_name }).waitFor();
    await page.keyboard.press('c');
    await until('the purpose has the focus', () =>
      page.evaluate(() => document.activeElement?.matches('.purpose-input')));
    await page.keyboard.press('Space');
    await page.locator('desk-composer').waitFor();
    await page.keyboard.press('c');
    await until('the composer has the focus', () =>
      page.evaluate(() => document.activeElement?.matches('desk-composer wa-textarea')));
    await page.keyboard.press('Control+Enter');
    await page.locator('.messages .message').waitFor();
    await page.keyboard.press('Escape');
    await until('back in the list', () =>
      page.evaluate(() => document.activeElement?.matches('.row-link')));
    await page.getByRole('searchbox').fill('');
    await page.locator('.row-link').first().focus();
    const from = await page.evaluate(() => document.activeElement?.textContent);
    await page.keyboard.press('j');
    assert.notEqual(await page.evaluate(() => document.activeElement?.textContent), from);
    await page.keyboard.press('k');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), from);
    await faultless(page);
    await page.device.close();
  });

  test('another clinic\'s chat is not there, whatever the address says', async () => {
    const theirs = await world.review('Ewa Z.', 1, 'Czekałam godzinę.',
      { clinic_id: world.other.clinic_id, practitioner_id: undefined });
    const stranger = await cabinet_window(browser, world, 'doctor');
    const does = (op, input) => staff_does(stranger, world, op, input);
    const { review_chat_id } = await does('review_chat.open',
      { review_id: theirs.review_id, purpose: 'solve' });
    const page = await cabinet_window(browser, world, 'representative',
      { hash: `#/review_chat/${review_chat_id}` });
    await says(page, 'Такого чата нет');
    await page.goto(`${server.base_url}/cabinet/#/reviews/${theirs.review_id}`);
    await says(page, 'Такого отзыва нет');
    assert.equal(await row(page, 'Ewa Z.').count(), 0);
    await stranger.goto(`${server.base_url}/cabinet/#/review_chat/${review_chat_id}`);
    await stranger.locator('.messages').waitFor();
    await faultless(page, stranger);
    await stranger.device.close();
    await page.device.close();
  });

  test('a long list goes on, and is searched without accents and capitals', async () => {
    const clinic_id = world.other.clinic_id;
    await Promise.all(Array.from({ length: 205 }, (_, n) => world.review(`Łucja ${n}.`, 1 + n % 5,
      `Opinia numer ${n}: żółty gabinet.`, { clinic_id, practitioner_id: undefined })));
    const page = await cabinet_window(browser, world, 'doctor');
    await page.getByRole('button', { name: 'Показать еще' }).click();
    await until('the rest', async () => await page.locator('.row').count() >= 205);
    await page.getByRole('searchbox').fill('lucja 7. zolty');
    await until('what was searched for', async () => await page.locator('.row').count() === 20);
    assert.ok(await page.locator('.row mark').count() > 0);
    await page.getByRole('searchbox').fill('nic takiego');
    await page.getByText('Ничего не найдено').waitFor();
    await faultless(page);
    await page.device.close();
  });

  test('an administrator changes a policy, undoes it, and ends another session', async () => {
    const page = await cabinet_window(browser, world, 'administrator', { hash: '#/settings' });
    const elsewhere = await cabinet_window(browser, world, 'administrator', { own_session: true });
    await page.reload();
    const muting = page.locator('.policy', { hasText: 'mute.after' });
    await muting.locator('input').fill('3');
    await muting.locator('input').press('Enter');
    await muting.getByText('Изменено для вашей клиники').waitFor();
    await page.getByRole('button', { name: 'Вернуть', exact: true }).click();
    await muting.getByText('Изменено для вашей клиники').waitFor({ state: 'detached' });
    await muting.locator('input').fill('0');
    await muting.locator('input').press('Enter');
    await muting.locator('.problem').waitFor();
    await page.locator('desk-representative [name=position] input').fill('главный администратор');
    await page.locator('desk-representative [name=email] input').fill('pavel@kit.example');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await says(page, 'Ваши данные сохранены');
    const strange = page.locator('.session').filter({ hasNotText: 'Это устройство' });
    while (await strange.count()) {
      const left = await strange.count();
      await strange.first().getByRole('button', { name: 'Завершить' }).click();
      await strange.first().getByRole('button', { name: 'Завершить' }).click();
      await until('one session less', async () => await strange.count() < left);
    }
    await elsewhere.waitForURL('**/sign-in');
    await faultless(page);
    await Promise.all([page.device.close(), elsewhere.device.close()]);
  });

  test('a moderator reads, never writes, and the view is in the history', async () => {
    const clinic = await cabinet_window(browser, world, 'representative');
    await chat_under(browser, world, clinic, 'Роза И.');
    await clinic.device.close();
    const page = await cabinet_window(browser, world, 'moderator');
    await says(page, 'Каждое открытие чата записывается');
    await page.getByRole('link', { name: 'Роза И.' }).click();
    await page.locator('.messages').waitFor();
    assert.equal(await page.locator('textarea').count(), 0);
    await page.locator('.timeline li', { hasText: 'Модератор' }).first().waitFor();
    const refused = await page.evaluate(async () => {
      const response = await fetch('/api/review_chat.post', { method: 'POST',
        headers: { 'content-type': 'application/json', 'desk-role': 'staff',
          'idempotency-key': 'moderator-writes' },
        body: JSON.stringify({ review_chat_id: 1, text: 'Здравствуйте' }) });
      return [response.status, (await response.json()).category];
    });
    assert.deepEqual(refused, [403, 'denied']);
    await faultless(page);
    await page.device.close();
  });
});
