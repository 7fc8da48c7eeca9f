/**
 * The replica under a bad network: seeds of lost requests, lost answers, lost connections,
 * reloads and two tabs, while the clinic writes too. Whatever happened, in the end both tabs show
 * exactly what the server has: each message once, in one order, nothing waiting.
 * A failure names its seed; `SEEDS=7 node --test tests/web/replica.slow.test.js` runs it again.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  delivered, newest, open_device, open_page, sign_in_staff, start_browser, start_server, until,
} from './browser.js';

const STEPS = 24;
/** The longest pause of the page between two attempts. */
const PAUSE_MS_MAX = 15_000;
const seeds = (process.env.SEEDS ?? '1 2 3').split(/\s+/).map(Number);
let server;
let browser;
let staff;

before(async () => {
  [server, browser] = await Promise.all([start_server(), start_browser()]);
  staff = await sign_in_staff(server);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The same seed gives the same story. @param {number} seed */
function dice(seed) {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** @param {number} seed */
async function open_chat(seed) {
  const phone = `+7916300${String(seed).padStart(4, '0')}`;
  const { reviews } = await staff.read('review.list', { limit: 1 });
  const { review_id } = await server.platform('review.add', {
    clinic_id: reviews[0].clinic_id, author_name: 'Павел', author_phone: phone, locale: 'ru',
    rating: 2, text: 'Долго ждал.', published_at: Date.now() - 86_400_000,
  });
  const since = await newest(server);
  const { review_chat_id } = await staff.call('review_chat.open',
    { review_id, purpose: 'solve', text: 'Здравствуйте!', confirmed: true });
  const sms = await delivered(server, (message) => message.to === phone, since);
  return { review_chat_id, link: sms.link_url };
}

const troubles = {
  'the request is lost': (route) => route.abort(),
  'the answer is lost': async (route) => {
    await route.fetch().catch(() => {});
    await route.abort();
  },
  'the server is busy': (route) => route.fulfill({ status: 503,
    contentType: 'application/problem+json', headers: { 'retry-after': '1' },
    body: JSON.stringify({ category: 'busy', code: 'busy.overloaded', detail: 'later' }) }),
};

/** Half of what is sent meets some trouble, until `calm` is set. */
async function make_trouble(device, roll, calm) {
  const kinds = Object.values(troubles);
  await device.route('**/api/{review_chat.*,sync.pull}', (route) => {
    if (calm.now || roll(2)) return route.continue().catch(() => {});
    return kinds[roll(kinds.length)](route).catch(() => {});
  });
}

/** @param {any} page */
async function shown(page) {
  const texts = await page.locator('.message:not(.waits) .text').allInnerTexts();
  return (await page.locator('.waits, .failed').count()) ? null : texts;
}

async function ready(page) {
  await page.locator('.thread').waitFor();
}

for (const seed of seeds) {
  test(`seed_${seed}_ends_with_what_the_server_has`, async () => {
    const roll = dice(seed);
    const chat = await open_chat(seed);
    const device = await open_device(browser);
    const tabs = [await open_page(device), await open_page(device)];
    await tabs[0].goto(chat.link);
    await tabs[0].locator('.door .primary').click();
    await ready(tabs[0]);
    await tabs[1].goto(`${server.base_url}/chat`);
    await ready(tabs[1]);
    const calm = { now: false };
    await make_trouble(device, roll, calm);

    let written = 0;
    const acts = [
      () => write(tabs[roll(2)]), () => write(tabs[roll(2)]), () => write(tabs[roll(2)]),
      () => staff.call('review_chat.post',
        { review_chat_id: chat.review_chat_id, text: `клиника ${++written}` }),
      () => device.setOffline(true),
      () => device.setOffline(false),
      async () => {
        const tab = tabs[roll(2)];
        await device.setOffline(false);
        await tab.reload();
        await ready(tab);
      },
    ];
    async function write(tab) {
      await tab.locator('#composer').fill(`пациент ${++written}`);
      await tab.locator('.send').click();
      // An empty composer is the page's word that the message will not be lost.
      await tab.waitForFunction(() => document.getElementById('composer').value === '');
    }
    for (let step = 0; step < STEPS; step++) await acts[roll(acts.length)]();
    calm.now = true;
    await device.setOffline(false);

    const server_texts = async () => (await staff.read('review_chat.get',
      { review_chat_id: chat.review_chat_id, limit: 200 })).messages.map(({ text }) => text);
    for (const tab of tabs) {
      await until(`both sides to agree (seed ${seed})`, async () => {
        const [there, here] = [await server_texts(), await shown(tab)];
        return here && JSON.stringify(here) === JSON.stringify(there);
      }, 4 * PAUSE_MS_MAX).catch(async (error) => {
        assert.deepEqual(await tab.locator('.message').allInnerTexts(), await server_texts());
        throw error;
      });
    }
    const texts = await server_texts();
    assert.equal(new Set(texts).size, texts.length, 'no message twice');
    assert.equal(texts.length, written + 1, 'no message lost');
    assert.deepEqual(tabs.flatMap((tab) => tab.faults), []);
    await device.close();
  });
}
