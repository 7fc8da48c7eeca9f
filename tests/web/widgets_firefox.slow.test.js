/**
 * The widgets on somebody else's site in Firefox, by keyboard.
 * Read first: widgets.test.js and widgets_more.slow.test.js, which prove the rest in Chromium.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { start_firefox } from './firefox.js';
import { forms_named, new_address, use_world, world } from './forms.world.js';
import { start_site } from './site.js';

const TAB = '\uE004';
const FORM = `document.querySelector('clinicdesk-contact-form').shadowRoot`;
const axe_source = readFileSync(createRequire(import.meta.url)
  .resolve('axe-core/axe.min.js'), 'utf8');

/** @type {any} */ let site;
/** @type {any} */ let firefox;

use_world({
  browser: false,
  then: async () => {
    const [{ clinic_id }] = world.clinics;
    site = await start_site(world.server.base_url, { lang: 'pl', body: `
      <clinicdesk-response-time clinic="${clinic_id}"></clinicdesk-response-time>
      <clinicdesk-contact-form clinic="${clinic_id}"></clinicdesk-contact-form>
      <clinicdesk-reviews clinic="${clinic_id}"></clinicdesk-reviews>` });
    firefox = await start_firefox({ locale: 'pl' });
  },
  last: () => Promise.all([firefox?.stop(), site?.stop()]),
});

test('firefox_sends_a_question_by_keyboard_from_another_origin', async () => {
  const page = await firefox.open_page();
  await page.goto(site.url);
  await page.wait_for(`Boolean(${FORM}?.querySelector('.emergency')?.textContent.includes('112'))`);
  const name = 'Olga z Firefoksa';
  await page.click(`${FORM}.getElementById('text')`);
  await page.type(`Boli ząb od trzech dni.${TAB}${name}${TAB}zły adres${TAB}`);
  await page.click(`${FORM}.querySelector('[type=submit]')`);
  await page.wait_for(`${FORM}.activeElement?.id === 'email'`);
  assert.equal(await page.evaluate(`${FORM}.getElementById('email')
    .getAttribute('aria-invalid')`), 'true');
  await page.evaluate(`${FORM}.getElementById('email').select()`);
  await page.type(`${new_address()}\uE007`);
  await page.wait_for(`Boolean(${FORM}.querySelector('.thanks'))`);
  const [sent, ...others] = await forms_named(name);
  assert.equal(others.length, 0);
  assert.equal(sent.locale, 'pl');
  assert.deepEqual(page.faults, []);
});

test('axe_finds_nothing_in_firefox_either', async () => {
  const page = await firefox.open_page();
  await page.goto(site.url);
  await page.wait_for(`Boolean(${FORM}?.querySelector('.emergency')?.textContent.includes('112'))`);
  await page.wait_for(`Boolean(document.querySelector('clinicdesk-reviews').shadowRoot
    .querySelector('h2'))`);
  await page.evaluate(`(() => { ${axe_source} })()`);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a',
    'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => `${id} ${nodes[0].target}`)));
  assert.deepEqual(found, []);
  assert.equal(await page.evaluate(`document.documentElement.scrollWidth
    - document.documentElement.clientWidth`), 0);
  assert.deepEqual(page.faults, []);
});
