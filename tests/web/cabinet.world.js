/**
 * A small platform for the tests of the cabinet, made through the platform's own API: two
 * clinics, their people, reviews whose authors can be answered. Reads the outbox as patients do.
 */
import { randomUUID } from 'node:crypto';
import { delivered, newest, open_device, open_page } from './browser.js';

const hour_ms = 3_600_000;

const texts = {
  waited: 'Ждала сорок минут после назначенного времени, никто не извинился.',
  kind: 'Очень внимательный доктор, все объяснила и показала снимок. Спасибо!',
  bill: 'Не согласен со счетом: добавили процедуру, о которой не предупреждали.',
  fine: 'Хорошая клиника, чисто и спокойно.',
};

/** @param {any} server from start_server({empty: true}) */
export async function make_world(server) {
  const { platform } = server;
  await platform('platform.set', { name: 'Отзовик', base_url: server.base_url, locale: 'ru',
    policy_preset: 'recommended' });
  const clinic = await platform('clinic.add', { name: 'Белый кит', zone: 'Europe/Moscow',
    tier: 'premium', locale: 'ru', phone: '+74950000100', email: 'info@kit.example' });
  const other = await platform('clinic.add', { name: 'Lotos', zone: 'Europe/Warsaw',
    tier: 'basic', locale: 'pl', phone: '+48220000100', email: 'info@lotos.example' });
  const doctor = await platform('practitioner.add', { clinic_id: clinic.clinic_id,
    name: 'Соколова Марина Игоревна' });
  const people = {};
  for (const [key, role, name, clinic_id] of [
    ['newcomer', 'representative', 'Ирина Волкова', clinic.clinic_id],
    ['representative', 'representative', 'Вера Лапина', clinic.clinic_id],
    ['administrator', 'administrator', 'Павел Громов', clinic.clinic_id],
    ['anna', 'assistant', 'Анна Котова', clinic.clinic_id],
    ['ivan', 'assistant', 'Иван Зорин', clinic.clinic_id],
    ['moderator', 'moderator', 'Олег Мельник', undefined],
    ['doctor', 'doctor', 'Anna Nowak', other.clinic_id],
  ]) {
    const email = `${key}@desk.example`;
    await platform('agent.add', { ...(clinic_id && { clinic_id }), role, name, email,
      locale: 'ru' });
    people[key] = { name, email };
  }
  const world = { server, clinic, other, doctor, people, reviews: 0, questions: 0 };
  return Object.assign(world, {
    ask: (name, text, more = {}) => ask(world, name, text, more),
    review: (author_name, rating, text, more = {}) =>
      review(world, author_name, rating, text, more),
    texts,
  });
}

async function review(world, author_name, rating, text, more) {
  world.reviews += 1;
  const author_phone = `+7999${String(1_000_000 + world.reviews).slice(-7)}`;
  const { review_id } = await world.server.platform('review.add', {
    clinic_id: world.clinic.clinic_id, practitioner_id: world.doctor.practitioner_id, author_name,
    author_phone, locale: 'ru', rating, text,
    published_at: Date.now() - (100 - world.reviews) * hour_ms, ...more });
  return { review_id, author_name, author_phone, text };
}

/** A patient's question to the clinic, each from an address of its own. */
async function ask(world, name, text, more) {
  world.questions += 1;
  const email = `patient${world.questions}@mail.example`;
  const { contact_form_id } = await world.server.platform('contact_form.send', {
    clinic_id: world.clinic.clinic_id, practitioner_id: world.doctor.practitioner_id, name, email,
    locale: 'ru', text, ...more });
  return { contact_form_id, name, email, text };
}

/** Signs a device in by the link that its owner gets by mail. */
async function sign_in({ server, people }, device, role) {
  const headers = { origin: server.base_url, 'desk-role': 'staff' };
  const post = (path, data) => device.request.post(server.base_url + path, { data, headers });
  const before = await newest(server);
  await post('/session/request', { email: people[role].email });
  // News of questions come to the same address.
  const mail = await delivered(server, (one) => one.to === people[role].email
    && one.subject === 'Вход в кабинет', before);
  const opened = await post('/session/open', { token: mail.link_url.split('#')[1] });
  if (!opened.ok()) throw new Error(`sign-in: ${await opened.text()}`);
}

/** A window of the cabinet. The person signs in once and is known in later windows too, unless
 * a session of its own is asked for: the core sends only a few links an hour.
 * @param {import('playwright-core').Browser} browser @param {any} world @param {string} role
 * @param {any} [how] hash, own_session, width, height, dark, locale */
export async function cabinet_window(browser, world, role,
  { hash = '#/reviews', own_session = false, ...how } = {}) {
  const { server, people } = world;
  const device = await open_device(browser, { width: 1440, height: 900, ...how });
  if (people[role].cookies && !own_session) await device.addCookies(people[role].cookies);
  else {
    await sign_in(world, device, role);
    if (!own_session) people[role].cookies = await device.cookies();
  }
  const page = await open_page(device);
  await page.goto(`${server.base_url}/cabinet/${hash}`);
  await page.locator('.bar').waitFor();
  return Object.assign(page, { device });
}

/** Who has been here before: their data are known, so that nothing asks for them.
 * @param {import('playwright-core').Browser} browser @param {any} world @param {string[]} roles */
export async function introduce(browser, world, roles) {
  for (const role of roles) {
    const page = await cabinet_window(browser, world, role);
    const { name, email } = world.people[role];
    await staff_does(page, world, 'representative.set', { name, position: 'администратор', email });
    await page.device.close();
  }
}

/** A chat that the clinic has opened under a new review, with the author on his own device.
 * @param {import('playwright-core').Browser} browser @param {any} world @param {any} page */
export async function chat_under(browser, world, page, author_name, rating = 1) {
  const author = await world.review(author_name, rating, texts.waited);
  const { review_chat_id } = await staff_does(page, world, 'review_chat.open',
    { review_id: author.review_id, purpose: 'solve', confirmed: true });
  return { ...author, review_chat_id, patient: await patient_of(browser, world, author) };
}

/** The same person's request past the screen, to set a scene. @param {any} page a cabinet window
 * @param {any} world @param {string} op @param {object} input */
export async function staff_does(page, { server }, op, input) {
  const response = await page.device.request.post(`${server.base_url}/api/${op}`, { data: input,
    headers: { origin: server.base_url, 'desk-role': 'staff', 'idempotency-key': randomUUID() } });
  const out = await response.json();
  if (!response.ok()) throw new Error(`${op}: ${out.code} ${out.detail}`);
  return out;
}

/** The author of a review, on his own device, by the newest link that his phone got.
 * @param {import('playwright-core').Browser} browser @param {any} world @param {any} author */
export async function patient_of(browser, world, { author_phone }) {
  const { server } = world;
  const device = await open_device(browser);
  const headers = { origin: server.base_url, 'desk-role': 'patient' };
  const sms = await delivered(server, (one) => one.to === author_phone);
  let deeds = 0;
  const post = async (path, data) => {
    deeds += 1;
    const response = await device.request.post(server.base_url + path,
      { data, headers: { ...headers, 'idempotency-key': `${author_phone}-${deeds}` } });
    const out = await response.json();
    if (!response.ok()) throw new Error(`${path}: ${out.code} ${out.detail}`);
    return out;
  };
  const opened = await post('/session/open', { token: sms.link_url.split('#')[1] });
  const review_chat_id = opened.item.item_id;
  return {
    review_chat_id,
    post: (text) => post('/api/review_chat.post', { review_chat_id, text }),
    mark_solved: () => post('/api/review_chat.mark_solved', { review_chat_id, confirmed: true }),
    end: () => post('/api/review_chat.end', { review_chat_id }),
  };
}
