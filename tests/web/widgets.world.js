/**
 * A site of another origin with the three widgets, a way to visit it, and a question filled in.
 * The tests of the widgets in Chromium stand on it.
 */
import { open_device, open_page } from './browser.js';
import { new_address, use_world, world } from './forms.world.js';
import { start_site } from './site.js';

/** What the tests of a file share. @type {any} */
export const site = { url: '', stop: null };

/** Starts the world and the site before the tests of the file, and ends them after. */
export function use_site() {
  use_world({
    then: async () => {
      const [{ clinic_id }] = world.clinics;
      Object.assign(site, await start_site(world.server.base_url, { body: `
        <clinicdesk-response-time clinic="${clinic_id}"></clinicdesk-response-time>
        <clinicdesk-contact-form clinic="${clinic_id}"></clinicdesk-contact-form>
        <clinicdesk-reviews clinic="${clinic_id}"></clinicdesk-reviews>` }));
    },
    last: () => site.stop?.(),
  });
}

/** @param {object} [how] @param {string} [url] */
export async function visit(how, url = site.url) {
  const device = await open_device(world.browser, how);
  const page = await open_page(device);
  await watch_shifts(page);
  await page.goto(url);
  await page.locator('clinicdesk-contact-form .whom').filter({ hasText: 'Белый кит' }).waitFor();
  return { device, page, form: page.locator('clinicdesk-contact-form') };
}

/** @param {import('playwright-core').Page} page */
const watch_shifts = (page) => page.addInitScript(() => {
  globalThis.shifted = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of /** @type {any[]} */ (list.getEntries())) {
      globalThis.shifted.push(`${value} ${sources.map(({ node }) => node?.id || node?.className
        || node?.localName)}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
});

/** @param {any} form @param {Record<string, string>} [more] */
export async function fill_in(form, more = {}) {
  const said = { text: 'Болит зуб, ноет третий день.', name: 'Ольга', email: new_address(),
    ...more };
  for (const [name, value] of Object.entries(said)) await form.locator(`#${name}`).fill(value);
  return said;
}

export const press_send = (form) => form.locator('button[type=submit]').click();
