/**
 * One clinic with its representative, and a way to open a patient's page on a chat of its own.
 * The tests of the patient's page stand on it.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import {
  axe, delivered, newest, open_device, open_page, overflow, sign_in_staff, small_targets,
  start_browser, start_server,
} from './browser.js';

export const GREETING = 'Здравствуйте! Расскажите, пожалуйста, что произошло.';

/** What `before` fills; a test file has one world. @type {any} */
export const world = { server: null, browser: null, staff: null, clinic: null, phones: 0 };

/** Starts the world before the tests of the file and takes it down after them. */
export function use_world() {
  before(async () => {
    [world.server, world.browser] = await Promise.all([start_server(), start_browser()]);
    world.staff = await sign_in_staff(world.server);
    const { reviews } = await world.staff.read('review.list', { limit: 1 });
    const { clinics } = await world.server.platform('clinic.list');
    world.clinic = clinics.find((one) => one.clinic_id === reviews[0].clinic_id);
  });
  after(async () => {
    await world.browser?.close();
    await world.server?.stop();
  });
}

/** A review, the clinic's first message under it, and the SMS that brings the link. */
export async function clinic_writes({ rating = 1, purpose = 'solve', text = GREETING,
  locale = 'ru' } = {}) {
  const phone = `+7916200${String(++world.phones).padStart(4, '0')}`;
  const { review_id } = await world.server.platform('review.add', {
    clinic_id: world.clinic.clinic_id, author_name: 'Ольга', author_phone: phone, locale, rating,
    text: 'Приняли на час позже, никто не извинился.', published_at: Date.now() - 86_400_000,
  });
  const since = await newest(world.server);
  const { review_chat_id } = await world.staff.call('review_chat.open',
    { review_id, purpose, text, confirmed: true });
  const sms = await delivered(world.server, (message) => message.to === phone, since);
  return { review_id, review_chat_id, phone, link: sms.text.match(/https?:\S+/)[0] };
}

/** @param {any} chat @param {string} text */
export function clinic_answers(chat, text) {
  return world.staff.call('review_chat.post', { review_chat_id: chat.review_chat_id, text });
}

/** What the clinic sees. @param {any} chat */
export async function seen_by_clinic(chat) {
  return world.staff.read('review_chat.get', { review_chat_id: chat.review_chat_id });
}

/** @param {any} chat @param {string} text */
export async function texts_in(chat, text) {
  const { messages } = await seen_by_clinic(chat);
  return messages.filter((message) => message.text === text).length;
}

/** Opens the link and taps. @param {any} chat @param {object} [how] */
export async function patient_opens(chat, how) {
  const device = await open_device(world.browser, how);
  const page = await open_page(device);
  await page.goto(chat.link);
  await page.locator('.door .primary').click();
  await page.locator('.thread').waitFor();
  return { device, page };
}

/** The core has come into the page. */
export async function replica_ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.replica === 'ready');
}

/** @param {any} page @param {string} text */
export async function write(page, text) {
  await page.locator('#composer').fill(text);
  await page.locator('.send').click();
  // The words leave the composer when they are kept, or a notice says why they are not.
  await page.waitForFunction(() => document.getElementById('composer').value === ''
    || document.querySelector('.toast.bad'));
}

/** Everything that waited has been sent. */
export function nothing_waits(page) {
  return page.waitForFunction(() => !document.querySelector('.message.waits'));
}

/** @param {any} page @param {string} text */
export const bubble = (page, text) => page.locator('.message', { hasText: text });

/** Axe, thumbs and width, in light and dark, on phones and a desk. */
export async function assert_well_made(page, state) {
  const size = page.viewportSize();
  for (const width of [320, 390, 1440]) {
    await page.setViewportSize({ width, height: size.height });
    assert.equal(await overflow(page), 0, `${state} at ${width}: wider than the window`);
    if (width < 500) assert.deepEqual(await small_targets(page), [], `${state} at ${width}`);
  }
  await page.setViewportSize(size);
  for (const colorScheme of ['dark', 'light']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(page), [], `${state} in ${colorScheme}`);
  }
}
