// The server as an operator starts it, from outside: HTTP in, an answer after the commit.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import autocannon from "autocannon";
import { delivered, newest, sign_in_staff, start_server } from "../../tests/web/browser.js";
import { root } from "../setup/run.mjs";

/** @typedef {(row: import("./table.mjs").Row) => void} Add */

const connections = 64;
const closed_loop_s = 8;
const open_loop = { per_second: 1000, seconds: 10, warm_up_s: 2 };
const words = "Dzień dobry, dziękujemy za wiadomość. Czy możemy do Państwa dziś zadzwonić?";

/** @param {Add} add */
export async function benchHttp(add) {
  const server = await start_server();
  try {
    const posts = await postsOf(server);
    const throughput = await closedLoop(server, posts);
    add({ what: `HTTP durable posts, ${connections} connections`, value: throughput.average,
      unit: "/s", at_least: 4000 });
    add({ what: "  p99 there", value: throughput.p99, unit: "ms" });
    const { p50, p99 } = await openLoop(server, posts);
    add({ what: `HTTP durable posts, open loop ${open_loop.per_second}/s, p50`, value: p50,
      unit: "ms" });
    add({ what: `HTTP durable posts, open loop ${open_loop.per_second}/s, p99`, value: p99,
      unit: "ms", at_most: 20 });
    await server.halt();
    const began = performance.now();
    await server.resume();
    add({ what: "start-up on that data, until it serves", value: performance.now() - began,
      unit: "ms", at_most: 5000 });
  } finally {
    await server.stop();
  }
  add({ what: "npm start on a folder that is built, until it serves",
    value: await secondStart(), unit: "ms", at_most: 5000 });
}

/** Headers and body of one post each of the clinic and of the patient, in a chat of their own.
 * @param {any} server */
async function postsOf(server) {
  const staff = await sign_in_staff(server);
  const { reviews } = await staff.read("review.list", { limit: 200 });
  const review = reviews.find((/** @type {any} */ each) => each.review_chat_id === null
    && each.rating !== null);
  const before = await newest(server);
  const { review_chat_id } = await staff.call("review_chat.open", { review_id: review.review_id,
    purpose: "thank", text: words, confirmed: true });
  const sms = await delivered(server, (message) =>
    message.kind === "sms.send" && message.link_url?.includes("/chat#"), before);
  const opened = await fetch(`${server.base_url}/session/open`, { method: "POST",
    headers: { "content-type": "application/json", origin: server.base_url,
      "desk-role": "patient" },
    body: JSON.stringify({ token: sms.link_url.split("#")[1] }) });
  if (!opened.ok) throw new Error(`the patient's link: ${await opened.text()}`);
  const cookie = opened.headers.getSetCookie().map((each) => each.split(";")[0]).join("; ");
  return { body: JSON.stringify({ review_chat_id, text: words }),
    headers: { "content-type": "application/json", origin: server.base_url, cookie,
      "desk-role": "patient" } };
}

let count = 0;
const nextId = () => `bench-${count += 1}`;

/** @param {any} server @param {{body: string, headers: Record<string, string>}} post */
async function closedLoop({ base_url }, { body, headers }) {
  const run = (/** @type {number} */ duration) => autocannon({ url: base_url, connections, duration,
    requests: [{ method: "POST", path: "/api/review_chat.post", body,
      setupRequest: (one) => ({ ...one, headers: { ...headers, "idempotency-key": nextId() } }) }],
  });
  await run(2);
  const { requests, latency, non2xx, errors } = await run(closed_loop_s);
  if (non2xx + errors > 0) throw new Error(`${non2xx} refused, ${errors} broken connections`);
  return { average: requests.average, p99: latency.p99 };
}

/** Requests leave when they are due, whether or not the last one is back; latency counts from
 * when they were due. @param {any} server
 * @param {{body: string, headers: Record<string, string>}} post */
async function openLoop({ base_url }, { body, headers }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const total = open_loop.per_second * (open_loop.seconds + open_loop.warm_up_s);
  /** @type {number[]} */
  const latencies = [];
  const one = (/** @type {number} */ due) => new Promise((resolve, reject) => {
    const call = request(`${base_url}/api/review_chat.post`, { method: "POST", agent,
      headers: { ...headers, "content-length": Buffer.byteLength(body),
        "idempotency-key": nextId() } }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        latencies.push(performance.now() - due);
        resolve(undefined);
      });
    });
    call.on("error", reject);
    call.end(body);
  });
  const began = performance.now();
  const calls = [];
  while (calls.length < total) {
    const due = (performance.now() - began) * open_loop.per_second / 1000;
    while (calls.length < Math.min(due, total)) {
      calls.push(one(began + calls.length * 1000 / open_loop.per_second));
    }
    await pause(1);
  }
  await Promise.all(calls);
  agent.destroy();
  const counted = latencies.slice(open_loop.per_second * open_loop.warm_up_s).sort((a, b) => a - b);
  return { p50: counted[Math.floor(counted.length * 0.5)],
    p99: counted[Math.floor(counted.length * 0.99)] };
}

/** The whole of npm start: looking what is stale, the server, its demo on a new folder. */
async function secondStart() {
  const server = await start_server();
  await server.halt();
  const began = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", "--config", server.config],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"], detached: true });
  let said = "";
  for await (const part of child.stdout) {
    said += part;
    if (/^platform +http/m.test(said)) break;
  }
  const spent = performance.now() - began;
  // npm does not hand a signal on through its shell, so all that it started is told.
  process.kill(-Number(child.pid), "SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  await server.stop();
  return spent;
}
