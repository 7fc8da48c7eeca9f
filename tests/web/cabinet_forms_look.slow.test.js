/**
 * How the cabinet's pages about questions look: axe in light and dark, on a desk and on a phone,
 * nothing wider than the window, three languages. What they do: cabinet_forms.test.js,
 * cabinet_office.slow.test.js.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axe, delivered, open_device, open_page, overflow, sideways, small_targets,
  start_browser, start_server, until } from './browser.js';
import { cabinet_window, make_world, staff_does } from './cabinet.world.js';

/** @type {any} */ let server;
/** @type {any} */ let browser;
/** @type {any} */ let world;
/** @type {any} */ let scene;

const day_ms = 86_400_000;
const date_in = (days) => new Date(Date.now() + days * day_ms).toISOString().slice(0, 10);

before(async () => {
  [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
  world = await make_world(server);
  scene = await make_scene();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A desk in the middle of its day: answers, a call, a rejection, an absence, a claim. */
async function make_scene() {
  const page = await cabinet_window(browser, world, 'anna');
  const does = (op, input) => staff_does(page, world, op, input);
  const seen = async (contact_form_id) => ({ contact_form_id,
    last_message_id: (await does('contact_form.get', { contact_form_id })).contact_form
      .last_message_id });
  const ask = (name) => world.ask(name, `Вопрос, который задает ${name}?`,
    { phone: '+79990000007', service: 'Имплантация' });
  const [answered, called, rejected, waiting, claimed] = [await ask('Анна Ясная'),
    await ask('Борис Тихий'), await ask('Вера Строгая'), await ask('Глеб Долгий'),
    await ask('Дина Занятая')];
  await does('contact_form.answer', { ...await seen(answered.contact_form_id), text: 'Да.' });
  await does('contact_form.answer_by_phone', { ...await seen(called.contact_form_id),
    note: 'Записали.', called_at: Date.now() - 60_000 });
  await does('contact_form.reject', { ...await seen(rejected.contact_form_id),
    reason: 'not_performed', note: 'Увы.' });
  const clinic_id = world.clinic.clinic_id;
  await server.platform('clinic.set_hours', { clinic_id, holidays: [date_in(9)],
    hours: [1, 2, 3, 4, 5].map((day) => ({ day, from: '08:30', to: '20:00' })) });
  await server.platform('absence.add', { clinic_id, from: date_in(-1), to: date_in(3),
    practitioner_id: world.doctor.practitioner_id });
  return { answered, called, rejected, waiting, claimed, claim: () => does('contact_form.claim',
    { contact_form_id: claimed.contact_form_id }) };
}

const form = (which) => `#/contact_form/${scene[which].contact_form_id}`;

/** Every screen with what must be on it before it is judged. */
const screens = {
  inbox: { hash: () => '#/contact_forms', ready: '.form-row', press: ['.more-filters'] },
  search: { hash: () => '#/contact_forms', ready: '.form-row', type: 'Вопрос', then: 'mark' },
  waiting: { hash: () => form('waiting'), ready: 'desk-form-answer wa-textarea' },
  claimed: { hash: () => form('claimed'), ready: '.claim', before: () => scene.claim() },
  answered: { hash: () => form('answered'), ready: '.message.clinic' },
  called: { hash: () => form('called'), ready: '.form-event.phone' },
  rejected: { hash: () => form('rejected'), ready: '.form-event.rejection' },
  phone: { hash: () => form('waiting'), ready: 'desk-form-answer wa-textarea',
    press: ['.deed-answer_by_phone'], then: '.phone-dialog[open] wa-textarea' },
  reject: { hash: () => form('waiting'), ready: 'desk-form-answer wa-textarea',
    press: ['.deed-reject', '.reason'], then: '.reject-dialog[open] .reasons' },
  hours: { hash: () => '#/hours', ready: '.period', press: ['.period-button'],
    then: '.week-editor' },
  response_times: { hash: () => '#/response_times', ready: '.chart' },
  team: { hash: () => '#/team', ready: '.person-button', press: ['.person-button'],
    then: '.person-line.open .acts, .person-line.open p.quiet' },
  notices: { hash: () => '#/notices', ready: '.bounce-card', bounced: true },
  bounced: { hash: () => '#/contact_forms', ready: '.list-banner.bad', bounced: true },
};

/** A letter that came back, as the core tells of it; the local postman delivers every letter. */
function bounce(page) {
  return page.route('**/api/notice.get', (route) => route.fulfill({ json: {
    contact_form_email: true, push: [{ subscription_id: 1, label: 'Chrome, Android',
      added_at: Date.now() }], bounces: [{ address: 'kit@mail.example', agent_name: null,
      error: '550 5.1.1 unknown user', at: Date.now() }] } }));
}

/** Keys and gaps that no language has filled. */
async function untranslated(page) {
  const words = await page.locator('body').innerText();
  return words.match(/cabinet\.\w+|\{\w+\}|\b(state|button|unless|role)\.\w+/g) ?? [];
}

async function show(page, { hash, ready, press = [], type, then, before: prepare, bounced }) {
  if (bounced) await bounce(page);
  await prepare?.();
  await page.goto(`${server.base_url}/cabinet/#/reviews`);
  await page.reload();
  await page.goto(`${server.base_url}/cabinet/${hash()}`);
  await page.locator(ready).first().waitFor();
  if (type) await page.getByRole('searchbox').fill(type);
  for (const one of press) await page.locator(one).first().click();
  if (then) await page.locator(then).first().waitFor();
  await until('no skeletons', async () =>
    await page.locator('wa-skeleton').filter({ visible: true }).count() === 0);
}

const panes = 'main, .list-scroll, .thread-scroll, .story, .form-foot, .card';

/** Every look with one language, so that each language meets every screen, and the longest words
 * (ours are Russian) both widths. */
const looks = [
  { dark: false, width: 1440, code: 'en', language: 'English', questions: 'Questions' },
  { dark: false, width: 390, code: 'ru', language: 'Русский', questions: 'Вопросы' },
  { dark: true, width: 1440, code: 'ru', language: 'Русский', questions: 'Вопросы' },
  { dark: true, width: 390, code: 'pl', language: 'Polski', questions: 'Pytania' },
];

for (const { dark, width, code, language, questions } of looks) {
  const how = `${dark ? 'dark' : 'light'} at ${width} in ${language}`;
  test(`every screen of questions is accessible, fits and speaks: ${how}`, async () => {
    const page = await cabinet_window(browser, world, 'administrator', { dark });
    await page.locator('.menu-language wa-button').click();
    await page.getByRole('menuitemcheckbox', { name: language }).click();
    await page.getByRole('link', { name: questions }).waitFor();
    await page.setViewportSize({ width, height: 844 });
    for (const [name, screen] of Object.entries(screens)) {
      await show(page, screen);
      assert.equal(await page.locator('html').getAttribute('lang'), code, name);
      assert.deepEqual(await untranslated(page), [], `${name}, ${how}`);
      assert.deepEqual(await axe(page), [], `${name}, ${how}`);
      assert.ok(await overflow(page) <= 0, `${name} does not scroll sideways, ${how}`);
      assert.deepEqual(await sideways(page, panes), [], `${name}, ${how}`);
      if (width < 700 && !dark) {
        assert.deepEqual((await small_targets(page)).filter((one) =>
          !/^(period-button|wa-switch)/.test(one)), [], `${name}: thumbs`);
      }
    }
    assert.deepEqual(page.faults, []);
    await page.device.close();
  });
}

test('the page of one question alone, and the platform’s tasks, are accessible', async () => {
  const asked = await world.ask('Егор Письмо', 'Открыто ли в субботу?');
  const mail = await delivered(server, (one) => one.to === world.people.ivan.email
    && Boolean(one.link_url) && one.id > 0 && one.link_url.includes('/sign-in'));
  const device = await open_device(browser);
  const page = await open_page(device);
  await page.goto(mail.link_url);
  await page.locator('main wa-button').first().click();
  await page.locator('desk-form .messages').waitFor();
  assert.deepEqual(await axe(page), []);
  assert.ok(await overflow(page) <= 0);
  await device.close();
  const moderator = await cabinet_window(browser, world, 'moderator', { hash: '#/tasks' });
  await moderator.locator('.empty').waitFor();
  assert.deepEqual(await axe(moderator), []);
  await moderator.device.close();
  assert.ok(asked.contact_form_id);
});
