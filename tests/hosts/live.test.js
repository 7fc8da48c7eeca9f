// Live updates: who is let in, what they are told, and when they are put out.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import WebSocket from 'ws';
import { fileScope, hostFor, until } from './host.js';
import { chatIn, clinicIn, signedIn } from './story.js';

const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => { world.server = await hostFor(scope); });

/** @param {any} server @param {any} headers @param {string} [path] */
function live(server, headers, path = '/api/live') {
  const socket = new WebSocket(server.url.replace('http', 'ws') + path, { headers });
  const told = [];
  socket.on('message', (data) => told.push(JSON.parse(String(data))));
  const opened = new Promise((resolve) => {
    socket.on('open', () => resolve(true));
    socket.on('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode, headers: response.headers });
      response.destroy();
    });
    socket.on('error', () => {});
  });
  const closed = new Promise((resolve) => { socket.on('close', (code) => resolve(code)); });
  return { socket, told, opened, closed };
}

const asOwn = (server, browser) => ({ origin: server.url, cookie: browser.cookies() });

test('revisions come after commits and hold nothing else', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Lives');
  const watcher = live(server, asOwn(server, chat.staff));
  assert.equal(await watcher.opened, true);
  await until(() => watcher.told.length > 0);
  const posted = await chat.staff.call('review_chat.post',
    { review_chat_id: chat.review_chat_id, text: 'We would like to help.' });
  const rev = Number(posted.headers['desk-rev']);
  await until(() => watcher.told.some((one) => one.rev >= rev));
  for (const one of watcher.told) assert.deepEqual(Object.keys(one), ['rev']);
  watcher.socket.close();
});

test('another origin, no session and another path are refused with the usual headers', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Gates');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const { cookie } = asOwn(server, staff);
  const cases = /** @type {[any, string, number][]} */ ([
    [{ cookie }, '/api/live', 403],
    [{ cookie, origin: 'http://evil.example' }, '/api/live', 403],
    [{ cookie, origin: 'null' }, '/api/live', 403],
    [{ origin: server.url }, '/api/live', 401],
    [{ origin: server.url, cookie: 'desk_staff=forged' }, '/api/live', 401],
    [{ origin: server.url, cookie }, '/api/live?role=patient', 401],
    [{ origin: server.url, cookie }, '/elsewhere', 404],
  ]);
  for (const [headers, path, status] of cases) {
    const answer = await live(server, headers, path).opened;
    assert.equal(answer.status, status, path);
    assert.match(answer.headers['content-security-policy'], /default-src 'none'/);
  }
});

test('signing out closes the connection', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Outs');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const watcher = live(server, asOwn(server, staff));
  await watcher.opened;
  await staff.post('/session/end', {});
  assert.equal(await watcher.closed, 4401);
});

test('an agent who is switched off is put out', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Offs');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const watcher = live(server, asOwn(server, staff));
  await watcher.opened;
  await server.asPlatform('agent.set',
    { agent_id: clinic.representative.agent_id, active: false });
  assert.equal(await watcher.closed, 4401);
});

test('a patient and an agent in one browser have a connection each', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Pairs');
  await chat.staff.open(chat.token);
  const headers = asOwn(server, chat.staff);
  const patient = live(server, headers, '/api/live?role=patient');
  const staff = live(server, headers, '/api/live?role=staff');
  assert.equal(await patient.opened, true);
  assert.equal(await staff.opened, true);
  await chat.staff.post('/session/end', {}, { 'desk-role': 'staff' });
  assert.equal(await staff.closed, 4401);
  assert.equal(patient.socket.readyState, WebSocket.OPEN);
  patient.socket.close();
});

test('a stop says goodbye and ends', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Stops');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const watcher = live(server, asOwn(server, staff));
  await watcher.opened;
  await server.host.stop();
  assert.equal(await watcher.closed, 1001);
});
