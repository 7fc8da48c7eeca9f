/**
 * What the tests of questions in the cabinet share: a small platform, its windows, and what is
 * looked for in them. A test file has one world.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { start_browser, start_server, until } from './browser.js';
import { cabinet_window, make_world } from './cabinet.world.js';

/** @type {any} */ export let server;
/** @type {any} */ export let browser;
/** @type {any} */ export let world;

export function use_world() {
  before(async () => {
    [server, browser] = await Promise.all([start_server({ empty: true }), start_browser()]);
    world = await make_world(server);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}

export const row = (page, name) => page.locator('.form-row', { hasText: name });
export const field = (page) => page.locator('desk-form-answer textarea').first();
export const bubble = (page, text) => page.locator('.message', { hasText: text });
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const focused = (page, selector) => until(`focus on ${selector}`, () => page.evaluate(
  (wanted) => document.activeElement?.matches(wanted), selector));

export const inbox = (who, hash = '#/contact_forms', how = {}) =>
  cabinet_window(browser, world, who, { hash, ...how });

/** They have done nothing that a page must not do; closes them. */
export async function faultless(...pages) {
  for (const page of pages) {
    assert.deepEqual(page.faults, []);
    await page.device.close();
  }
}

/** The form as the core has it, looked at by somebody whose look changes nothing. */
export async function form_of(contact_form_id) {
  const { contact_forms } = await server.platform('contact_form.list',
    { clinic_id: world.clinic.clinic_id, scope: 'all', limit: 200 });
  return contact_forms.find((form) => form.contact_form_id === contact_form_id);
}
