// A server in a process of its own with two clinics in it, and everybody of the one with a browser
// or a key. What is private to the other clinic holds a word that nobody else may ever be shown.
// All of it comes through the doors that people and platforms use.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { API_KEY, atEnd, folderFor, spawnServer, until } from '../hosts/host.js';

export const CANARY = 'zq7canary';
const ROLES = ['representative', 'doctor', 'assistant', 'administrator'];
const PLATFORM = ['moderator', 'manager'];

/** @typedef {{ask: (method: string, path: string, what?: any) => Promise<any>}} Asker */

/** @param {any} scope @returns {Promise<any>} */
export async function openServer(scope) {
  // Little room for young objects, so that what the server holds is not what V8 likes to occupy.
  const server = spawnServer(folderFor(scope), { config: { log: { level: 'fatal' },
    widgets: { work_bits: 0 } }, env: { NODE_OPTIONS: '--max-semi-space-size=1' } });
  atEnd(scope, () => server.kill());
  const client = await server.ready();
  const own = await clinic(client, 'Own');
  const other = await clinic(client, CANARY);
  const described = (await client.ask('GET', '/api/describe')).body;
  return { client, own, other, ops: described.ops, codes: described.errors, pid: server.child.pid,
    askers: await askers(client, own), alive: () => server.child.exitCode === null };
}

/** @param {any} client @param {string} name */
async function clinic(client, name) {
  const as = async (op, input) => {
    const { status, body, text } = await client.asPlatform(op, input);
    assert.equal(status, 200, `${op}: ${text}`);
    return body;
  };
  const word = name.toLowerCase();
  const { clinic_id } = await as('clinic.add', { name, zone: 'Europe/Warsaw', tier: 'premium',
    locale: 'en', phone: '+48220000100', email: `info@${word}.example` });
  const { practitioner_id } = await as('practitioner.add', { clinic_id, name: `Dr ${name}` });
  const agents = {};
  for (const role of ROLES) {
    const email = `${role}@${word}.example`;
    agents[role] = { email, ...await as('agent.add', { clinic_id, role, name: role, email }) };
  }
  const staff = await signedIn(client, agents.representative.email);
  await said(staff, 'representative.set', { name: 'Anna', position: 'manager',
    email: agents.representative.email });
  const { absence_id } = await said(staff, 'absence.add', { from: '2031-05-01', to: '2031-05-02' });
  const phone = `+485000000${clinic_id}`.slice(0, 12);
  const { review_id } = await as('review.add', { clinic_id, practitioner_id, author_name: 'Ewa',
    author_phone: phone, locale: 'en', rating: 2, text: 'They were late.', published_at: 1 });
  const { review_chat_id } = await said(staff, 'review_chat.open', { review_id, purpose: 'solve',
    text: `${name} in a chat`, confirmed: true });
  const { contact_form_id } = await as('contact_form.send', { clinic_id, practitioner_id,
    name: `${name} asks`, email: `asker@${word}.example`, locale: 'en',
    text: `${name} in a form` });
  await said(staff, 'contact_form.save_draft', { contact_form_id, text: `${name} in a draft` });
  const { subscription_id } = await said(staff, 'push.subscribe', pushOf(word));
  return { name, staff, phone, agents, ids: { clinic_id, practitioner_id, absence_id, review_id,
    review_chat_id, contact_form_id, subscription_id, agent_id: agents.representative.agent_id },
    session_id: (await said(staff, 'session.list', {})).sessions[0].session_id };
}

const pushOf = (word) => ({ endpoint: `https://push.example/${word}`, label: word,
  p256dh: Buffer.alloc(65, 4).toString('base64url'),
  auth: Buffer.alloc(16, 1).toString('base64url') });

/** @param {any} browser @param {string} op @param {object} input */
async function said(browser, op, input) {
  const { status, body, text } = await browser.call(op, input);
  assert.equal(status, 200, `${op}: ${text}`);
  return body;
}

const sent = async (client) => (await client.ask('GET', '/outbox.json')).body.messages;

/** The link of the newest message to this address. */
async function linkTo(client, to, part, after = 0) {
  const message = await until(async () => (await sent(client)).findLast((one) =>
    one.id > after && one.to === to && one.link_url?.includes(part)));
  return new URL(message.link_url).hash.slice(1);
}

/** @param {any} client @param {string} email */
async function signedIn(client, email) {
  const browser = client.browser();
  const last = (await sent(client)).at(-1)?.id ?? 0;
  await browser.post('/session/request', { email });
  const opened = await browser.open(await linkTo(client, email, '/sign-in#', last));
  assert.equal(opened.status, 200, opened.text);
  return browser;
}

/** @returns {Promise<Record<string, Asker & {role: string}>>} */
async function askers(client, own) {
  const opened = async (role, to, part) => {
    const browser = client.browser();
    assert.equal((await browser.open(await linkTo(client, to, part))).status, 200, to);
    return { ...browser, role };
  };
  const all = { visitor: { ...client.browser(), role: 'visitor' } };
  all.notified = await opened('doctor', own.agents.doctor.email, '/sign-in#');
  for (const role of ROLES) {
    const browser = role === 'representative' ? own.staff
      : await signedIn(client, own.agents[role].email);
    all[role] = { ...browser, role };
  }
  for (const role of PLATFORM) {
    const email = `${role}@platform.example`;
    await client.asPlatform('agent.add', { role, name: role, email });
    all[role] = { ...await signedIn(client, email), role };
  }
  all.author = await opened('patient', own.phone, '');
  all.asker = await opened('patient', `asker@${own.name.toLowerCase()}.example`, '/form#');
  const headers = { authorization: `Bearer ${API_KEY}` };
  all.integration = { role: 'integration', ask: (method, path, what = {}) =>
    client.ask(method, path, { ...what, headers: { ...what.headers, ...headers } }) };
  return all;
}

/** How much of the machine's memory a process holds, in bytes. @param {number} pid */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
