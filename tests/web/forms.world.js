/**
 * Three clinics with their people, questions that reach them, and the mails that bring the links.
 * The server runs in this process, so that days can pass. The tests of the widgets and of the
 * question's page stand on it.
 */
import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { API_KEY, hostFor } from '../hosts/host.js';
import { delivered, newest, open_device, open_page, sign_in_staff, start_browser,
} from './browser.js';

/** What `before` fills; a test file has one world. @type {any} */
export const world = { server: null, browser: null, staff: null, clinics: [], asked: 0 };

const SERVICE = 'Имплантация';
const places = [
  { name: 'Белый кит', address: 'Тверская улица, 1', lat: 55.7575, lon: 37.6136,
    doctors: ['Анна Петрова', 'Олег Сидоров'] },
  { name: 'Неглинная', address: 'Неглинная улица, 14', lat: 55.7622, lon: 37.6203,
    doctors: ['Ирина Волкова', 'Павел Зимин'] },
  { name: 'Зуб и точка', address: 'Ленинский проспект, 52', lat: 55.6998, lon: 37.5642,
    doctors: ['Марина Орлова'] },
];

/** @param {{browser?:boolean, then?:() => any, last?:() => any}} [options] what else is made
 *   before the tests and taken down after them */
export function use_world({ browser = true, then, last } = {}) {
  /** @type {(() => any)[]} */
  const ends = [];
  before(async () => {
    const [host, started] = await Promise.all([hostFor({ after: (work) => ends.push(work) }),
      browser ? start_browser() : null]);
    world.browser = started;
    world.server = { base_url: host.url, clock: host.clock,
      platform: (op, input) => as_platform(host.url, op, input) };
    const { platform, base_url } = world.server;
    await platform('platform.set', { name: 'Портал', base_url, locale: 'ru',
      policy_preset: 'recommended' });
    for (const place of places) world.clinics.push(await add_clinic(place));
    const { clinic_id } = world.clinics[0];
    const email = 'maria@whale.test';
    await platform('agent.add', { clinic_id, role: 'representative', name: 'Мария Белова',
      position: 'администратор', email, locale: 'ru' });
    world.staff = await sign_in_staff(world.server, { email });
    await then?.();
  });
  after(async () => {
    await last?.();
    await world.browser?.close();
    for (const end of ends.reverse()) await end();
  });
}

/** @param {string} url @param {string} op @param {object} [input] */
async function as_platform(url, op, input = {}) {
  const response = await fetch(`${url}/api/${op}`, { method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json',
      'idempotency-key': randomUUID() },
    body: JSON.stringify(input) });
  const out = await response.json();
  if (response.ok) return out;
  throw Object.assign(new Error(`${op}: ${out.code} ${out.detail}`), { problem: out });
}

/** Time goes by for the server; the next write makes it look at its clock. @param {number} ms */
export async function pass(ms) {
  world.server.clock.offset_ms += ms;
  await world.server.platform('service.add',
    { clinic_id: world.clinics[0].clinic_id, name: `Услуга ${++world.asked}` });
}

/** @param {typeof places[0]} place */
async function add_clinic({ doctors, ...place }) {
  const { platform } = world.server;
  const { clinic_id } = await platform('clinic.add', { ...place, zone: 'Europe/Moscow',
    tier: 'premium', locale: 'ru', phone: '+74951112233', email: 'mail@clinic.test' });
  await platform('service.add', { clinic_id, name: SERVICE });
  const practitioners = [];
  for (const name of doctors) {
    practitioners.push({ name, ...await platform('practitioner.add',
      { clinic_id, name, services: [SERVICE] }) });
  }
  return { clinic_id, practitioners, ...place };
}

/** An address that nobody has written from yet. */
export const new_address = () => `patient${++world.asked}@mail.test`;

/** A question and the link that its mail brings. @param {object} [more] */
export async function patient_asks(more = {}) {
  const email = new_address();
  const { clinic_id, practitioners } = world.clinics[0];
  const since = await newest(world.server);
  const { contact_form_id } = await world.server.platform('contact_form.send', { clinic_id,
    practitioner_id: practitioners[0].practitioner_id, name: 'Ольга', email, locale: 'ru',
    service: SERVICE, text: 'Болит зуб под коронкой. Можно прийти завтра?', ...more });
  const mail = await delivered(world.server, (message) => message.to === email, since);
  return { contact_form_id, email, link: mail.link_url };
}

/** The clinic reads and does something.
 * @param {any} form @param {string} act @param {object} input */
export async function clinic_does(form, act, input) {
  const { contact_form_id } = form;
  const { contact_form } = await seen_by_clinic(form);
  return world.staff.call(`contact_form.${act}`, { contact_form_id,
    last_message_id: contact_form.last_message_id, ...input });
}

/** @param {any} form */
export function seen_by_clinic({ contact_form_id }) {
  return world.staff.call('contact_form.get', { contact_form_id });
}

/** Every form that was sent under this name, to whichever clinic. @param {string} name */
export async function forms_named(name) {
  const lists = await Promise.all(world.clinics.map(({ clinic_id }) =>
    world.server.platform('contact_form.list', { clinic_id, scope: 'all', limit: 200 })));
  return lists.flatMap((list) => list.contact_forms).filter((form) => form.name === name);
}

/** Opens the link and taps. @param {any} form @param {object} [how] */
export async function patient_opens(form, how) {
  const device = await open_device(world.browser, how);
  const page = await open_page(device);
  await page.goto(form.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  return { device, page };
}

/** @param {any} page @param {string} text */
export const bubble = (page, text) => page.locator('.bubble', { hasText: text });

/** How often the clinic sees this message. @param {any} form @param {string} text */
export const texts_in = async (form, text) => (await seen_by_clinic(form)).messages
  .filter((message) => message.text === text).length;
