// The patient's page in Chromium on a processor four times slower, everything cold: from the tap
// on the link to a page that answers, and on to the moment at which a message can be written.
import { delivered, newest, open_device, open_page, sign_in_staff, start_browser, start_server,
} from "../../tests/web/browser.js";

const slower = 4;
const rounds = 5;

/** @param {(row: import("./table.mjs").Row) => void} add */
export async function benchPage(add) {
  const server = await start_server();
  const browser = await start_browser();
  try {
    const staff = await sign_in_staff(server);
    const { reviews } = await staff.read("review.list", { limit: 200 });
    const open = reviews.filter((/** @type {any} */ each) => each.review_chat_id === null
      && each.rating !== null).slice(0, rounds);
    const times = [];
    for (const { review_id } of open) {
      times.push(await firstVisit(browser, await linkFor(server, staff, review_id)));
    }
    const middle = (/** @type {keyof Visit} */ key) =>
      times.map((each) => each[key]).sort((a, b) => a - b)[Math.floor(times.length / 2)];
    const where = `patient page, cold, ${slower}× slower processor`;
    add({ what: `${where}: painted`, value: middle("painted"), unit: "ms" });
    add({ what: `${where}: interactive`, value: middle("interactive"), unit: "ms",
      at_most: 1500 });
    add({ what: "  then from the button to a field that takes letters", value: middle("writing"),
      unit: "ms" });
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @param {any} server @param {any} staff @param {number} review_id @returns {Promise<string>} */
async function linkFor(server, staff, review_id) {
  const before = await newest(server);
  await staff.call("review_chat.open", { review_id, purpose: "thank",
    text: "Dziękujemy za opinię.", confirmed: true });
  const sms = await delivered(server, (message) =>
    message.kind === "sms.send" && message.link_url?.includes("/chat#"), before);
  return sms.link_url;
}

/** @typedef {{painted: number, interactive: number, writing: number}} Visit */

/** A device that was never here: the door with its button, then the conversation behind it.
 * @param {any} browser @param {string} link @returns {Promise<Visit>} */
async function firstVisit(browser, link) {
  const device = await open_device(browser);
  try {
    const page = await open_page(device);
    const debug = await device.newCDPSession(page);
    await debug.send("Emulation.setCPUThrottlingRate", { rate: slower });
    const began = performance.now();
    await page.goto(link, { waitUntil: "commit" });
    const button = page.locator("main button").first();
    await button.click({ trial: true });
    const interactive = performance.now() - began;
    const painted = await page.evaluate(() =>
      performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0);
    const pressed = performance.now();
    await button.click();
    await page.locator("#composer").pressSequentially("D");
    return { painted, interactive, writing: performance.now() - pressed };
  } finally {
    await device.close();
  }
}
