// Links, codes and sessions: who holds a link, on which device, how often, and until when.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { openLinks } from '../../hosts/node/links.js';
import { clientOf, fileScope, hostFor, until } from './host.js';
import { chatIn, clinicIn, sentTo, signedIn, tokenIn } from './story.js';

const DAY_MS = 86_400_000;
const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => { world.server = await hostFor(scope); });

const codeIn = (message) => /\b\d{6}\b/.exec(message.text)[0];
const otherThan = (code) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

test('a token proves its id and nothing else', () => {
  const links = openLinks(randomBytes(32), () => 'http://a');
  const others = openLinks(randomBytes(32), () => 'http://a');
  const seen = new Set();
  for (const id of [1, 2, 255, 256, 2 ** 32, 2 ** 47 - 1]) {
    const token = links.linkToken(id);
    assert.match(token, /^[A-Za-z0-9_-]{30}$/);
    assert.equal(links.linkId(token), id);
    assert.equal(links.sessionId(token), null);
    assert.equal(others.linkId(token), null);
    seen.add(token.slice(8));
    for (let at = 0; at < token.length; at += 1) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      assert.equal(links.linkId(changed), null, `${at}`);
    }
  }
  assert.equal(seen.size, 6);
  for (const wrong of ['', 'x', null, undefined, 7, [], {}, 'A'.repeat(30), 'A'.repeat(31)]) {
    assert.equal(links.linkId(wrong), null);
  }
});

test('a code is six digits of the secret, and no code matches nothing', () => {
  const links = openLinks(randomBytes(32), () => '');
  for (let id = 1; id < 200; id += 1) assert.match(links.code(id), /^\d{6}$/);
  assert.equal(links.codeMatches(7, links.code(7)), true);
  const spaced = ` ${links.code(7).slice(0, 3)} ${links.code(7).slice(3)}`;
  assert.equal(links.codeMatches(7, spaced), true);
  for (const wrong of [otherThan(links.code(7)), '', null, undefined, 7, `${links.code(7)}0`]) {
    assert.equal(links.codeMatches(7, wrong), false);
  }
  assert.equal(links.codeMatches(null, links.code(0)), false);
});

test('what is put into a text is never read again for places', () => {
  const links = openLinks(randomBytes(32), () => 'http://a/{code}');
  const effect = { code_id: 3, link: { link_id: 5, path: '/chat' }, text: '{link} {code} {other}' };
  const { text, link_url: url } = links.render(effect);
  assert.equal(text, `${url} ${links.code(3)} {other}`);
  assert.ok(url.startsWith('http://a/{code}/chat#'));
});

test('GET and HEAD of a link never use it', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Getters');
  const state = (await server.host.engine.call('core.hash', {})).hash;
  for (let count = 0; count < 20; count += 1) {
    for (const method of ['GET', 'HEAD']) {
      for (const path of ['/chat', `/chat?token=${chat.token}`, '/session/open', '/session',
        `/session/open?token=${chat.token}`]) {
        const { status } = await server.ask(method, path);
        assert.ok([200, 401, 404, 405].includes(status), `${method} ${path} ${status}`);
      }
    }
  }
  assert.equal((await server.host.engine.call('core.hash', {})).hash, state);
  const opened = await server.browser().open(chat.token);
  assert.equal(opened.status, 200, opened.text);
  assert.ok(opened.body.actor, opened.text);
});

test('the first device needs no code and stays signed in', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Firsts');
  const phone = server.browser();
  const opened = await phone.open(chat.token);
  assert.equal(opened.body.purpose, 'review_chat', opened.text);
  const [cookie] = opened.headers['set-cookie'];
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=']) {
    assert.ok(cookie.includes(part), cookie);
  }
  assert.equal((await phone.ask('GET', '/session')).body.role, 'patient');
  const again = await phone.open(chat.token);
  assert.ok(again.body.actor, again.text);
  assert.equal(again.body.item.item_id, chat.review_chat_id);
});

test('a second device needs the code that is sent to the number on file', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Seconds');
  await server.browser().open(chat.token);
  const tablet = server.browser();
  const asked = await tablet.open(chat.token);
  assert.equal(asked.status, 200, asked.text);
  assert.equal(asked.body.code_needed, true);
  assert.ok(!asked.text.includes(chat.phone), 'the whole number is not shown');
  assert.equal(asked.headers['set-cookie'], undefined);
  const sent = await tablet.post('/session/send-code', { token: chat.token });
  assert.equal(sent.status, 200, sent.text);
  const message = await sentTo(server, chat.phone, chat.message.id);
  const code = codeIn(message);
  assert.ok(!message.text.includes(chat.token), 'the code comes without the link');
  const wrong = await tablet.open(chat.token, { code: otherThan(code) });
  assert.equal(wrong.status, 409, wrong.text);
  assert.equal(wrong.body.code, 'refused.wrong_code');
  const right = await tablet.open(chat.token, { code });
  assert.equal(right.body.item?.item_id, chat.review_chat_id, right.text);
  const replayed = await server.browser().open(chat.token, { code });
  assert.equal(replayed.status, 409, 'a code is used once');
});

test('a tap that is sent again under its key is the same tap', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Repeats');
  const { link_id: linkId } = await server.host.engine.call('session.invite',
    { agent_id: clinic.representative.agent_id });
  const token = server.host.links.linkToken(linkId);
  const tap = (key) => server.browser().post('/session/open', { token },
    { 'idempotency-key': key });
  const first = await tap('one-tap');
  const again = await tap('one-tap');
  assert.equal(again.status, 200, again.text);
  assert.deepEqual(again.headers['set-cookie'], first.headers['set-cookie']);
  assert.equal((await tap('another-tap')).status, 409);
});

test('a key does not make guesses free', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Keys');
  await server.browser().open(chat.token);
  const guesser = server.browser();
  await guesser.post('/session/send-code', { token: chat.token });
  const code = codeIn(await sentTo(server, chat.phone, chat.message.id));
  const guess = (text) => guesser.post('/session/open', { token: chat.token, code: text },
    { 'idempotency-key': 'the-same' });
  for (let count = 0; count < 5; count += 1) await guess(otherThan(code));
  assert.equal((await guess(code)).body.code, 'refused.expired_link');
});

test('five wrong codes end the code, also for guesses sent at once', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Guesses');
  await server.browser().open(chat.token);
  const guesser = server.browser();
  await guesser.post('/session/send-code', { token: chat.token });
  const code = codeIn(await sentTo(server, chat.phone, chat.message.id));
  const guesses = Array.from({ length: 40 }, (_, index) =>
    String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0'));
  const answers = await Promise.all(guesses.map((guess) =>
    guesser.open(chat.token, { code: guess })));
  const counted = answers.filter((answer) => answer.body.code === 'refused.wrong_code');
  assert.ok(counted.length <= 5, `${counted.length} guesses were counted`);
  assert.ok(answers.every((answer) => answer.status === 409));
  const late = await guesser.open(chat.token, { code });
  assert.equal(late.status, 409, 'the right code came too late');
});

test('a code ends after ten minutes, a link after its days', async (t) => {
  const server = await hostFor(t);
  const chat = await chatIn(server, 'Clocks');
  await server.browser().open(chat.token);
  const tablet = server.browser();
  await tablet.post('/session/send-code', { token: chat.token });
  const code = codeIn(await sentTo(server, chat.phone, chat.message.id));
  server.clock.offset_ms += 10 * 60_000 + 1000;
  assert.equal((await tablet.open(chat.token, { code })).status, 409);
  server.clock.offset_ms += 15 * DAY_MS;
  const late = await server.browser().open(chat.token);
  assert.equal(late.body.code, 'refused.expired_link', late.text);
});

test('codes are not sent without end', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Pumps');
  await server.browser().open(chat.token);
  const pump = server.browser();
  const statuses = [];
  for (let count = 0; count < 5; count += 1) {
    statuses.push((await pump.post('/session/send-code', { token: chat.token })).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
});

test('a forged token, a dead link and no link are answered alike', async (t) => {
  const server = await hostFor(t);
  const chat = await chatIn(server, 'Forgers');
  server.clock.offset_ms += 15 * DAY_MS;
  const dead = await server.browser().open(chat.token);
  assert.equal(dead.status, 409, dead.text);
  const changed = chat.token.slice(0, -2) + (chat.token.endsWith('AA') ? 'BA' : 'AA');
  for (const token of [changed, 'A'.repeat(30), '', 'x'.repeat(5000),
    openLinks(randomBytes(32), () => '').linkToken(1)]) {
    const answer = await server.browser().open(token);
    assert.equal(answer.text, dead.text, token);
    const code = await server.browser().open(token, { code: '123456' });
    assert.equal(code.text, dead.text, token);
    const sent = await server.browser().post('/session/send-code', { token });
    assert.equal(sent.status, 409, sent.text);
  }
});

test('staff sign in by a mail, in the browser that asked', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Mailers');
  const { email } = clinic.representative;
  const desk = server.browser();
  const asked = await desk.post('/session/request', { email });
  assert.equal(asked.status, 200, asked.text);
  assert.match(asked.body.code, /^\d{6}$/);
  const message = await sentTo(server, email);
  assert.ok(!message.text.includes(asked.body.code), 'the code is shown in the browser only');
  const opened = await desk.open(tokenIn(message));
  assert.equal(opened.body.actor?.role, 'representative', opened.text);
  const cookie = opened.headers['set-cookie'].find((line) => line.startsWith('desk_staff='));
  assert.ok(/SameSite=Strict/.test(cookie) && /HttpOnly/.test(cookie) && !/Max-Age/.test(cookie));
  const used = await desk.open(tokenIn(message));
  assert.equal(used.status, 409, used.text);
});

test('in another browser a staff link needs the code of the one that asked', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Others');
  const { email } = clinic.representative;
  const desk = server.browser();
  const { body: { code } } = await desk.post('/session/request', { email });
  const token = tokenIn(await sentTo(server, email));
  const thief = server.browser();
  for (const browser of [thief, server.browser()]) {
    if (browser === thief) await browser.post('/session/request', { email: 'nobody@none.example' });
    const answer = await browser.open(token);
    assert.equal(answer.body.code_needed, true, answer.text);
    assert.equal((await browser.ask('GET', '/session')).status, 401);
  }
  assert.equal((await thief.open(token, { code: otherThan(code) })).status, 409);
  const own = await server.browser().open(token, { code });
  assert.equal(own.body.actor?.agent_id, clinic.representative.agent_id, own.text);
});

test('an unknown address is answered like a known one and gets nothing', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Quiets');
  const known = await server.browser().post('/session/request',
    { email: clinic.representative.email });
  const unknown = await server.browser().post('/session/request', { email: 'none@none.example' });
  assert.equal(unknown.status, known.status);
  assert.deepEqual(Object.keys(unknown.body), Object.keys(known.body));
  await sentTo(server, clinic.representative.email);
  assert.equal((await server.host.mailbox(0)).filter((one) => /none/.test(one.to)).length, 0);
});

test('a cookie that was made up, changed or signed out opens nothing', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Cookies');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const cookie = staff.jar.get('desk_staff');
  const links = openLinks(randomBytes(32), () => '');
  for (const value of [links.sessionToken(1), server.host.links.linkToken(1), 'x', '',
    `${cookie.slice(0, -2)}zz`]) {
    const headers = { cookie: `desk_staff=${value}` };
    const answer = await server.ask('GET', '/session', { headers });
    assert.equal(answer.status, 401);
  }
  assert.equal((await staff.ask('GET', '/session')).status, 200);
  const ended = await staff.post('/session/end', {});
  assert.equal(ended.status, 200, ended.text);
  assert.match(ended.headers['clear-site-data'], /"storage"/);
  const replay = { headers: { cookie: `desk_staff=${cookie}`, origin: server.url } };
  assert.equal((await server.ask('GET', '/session', replay)).status, 401);
  const write = await server.ask('POST', '/api/review_chat.list', { ...replay, body: {} });
  assert.equal(write.status, 401, write.text);
});

test('an agent who is switched off is out at once', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Leavers');
  const staff = await signedIn(server, clinic.representative.agent_id);
  assert.equal((await staff.ask('GET', '/api/review.list')).status, 200);
  const off = await server.asPlatform('agent.set',
    { agent_id: clinic.representative.agent_id, active: false });
  assert.equal(off.status, 200, off.text);
  const answer = await staff.ask('GET', '/api/review.list');
  assert.equal(answer.status, 401, answer.text);
});

test('a session ends after its idle time, and activity keeps it', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Idlers');
  const staff = await signedIn(server, clinic.representative.agent_id);
  for (let count = 0; count < 4; count += 1) {
    server.clock.offset_ms += 20 * 60_000;
    assert.equal((await staff.ask('GET', '/api/review.list')).status, 200);
    await until(() => server.host.engine.queued.requests === 0);
  }
  server.clock.offset_ms += 31 * 60_000;
  assert.equal((await staff.ask('GET', '/api/review.list')).status, 401);
});

test('what a page asks by itself does not keep a session awake', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Sleepers');
  const staff = await signedIn(server, clinic.representative.agent_id);
  const itself = () => staff.ask('POST', '/api/contact_form.list',
    { body: {}, headers: { 'desk-attended': 'no' } });
  for (const minutes of [10, 10, 9]) {
    server.clock.offset_ms += minutes * 60_000;
    assert.equal((await itself()).status, 200);
    await until(() => server.host.engine.queued.requests === 0);
  }
  server.clock.offset_ms += 2 * 60_000;
  assert.equal((await itself()).status, 401);
});

test('who holds both cookies says which one is meant', async () => {
  const { server } = world;
  const chat = await chatIn(server, 'Boths');
  await chat.staff.open(chat.token);
  const role = async (value) =>
    (await chat.staff.ask('GET', '/session', { headers: { 'desk-role': value } })).body.role;
  assert.equal(await role('patient'), 'patient');
  assert.equal(await role('staff'), 'representative');
});

test('over TLS cookies are bound to the host and the browser is told to stay there', async (t) => {
  const origin = 'https://desk.example';
  const server = await hostFor(t, { config: { base_url: origin } });
  const clinic = await clinicIn(server, 'Safes');
  const { link_id: linkId } = await server.host.engine.call('session.invite',
    { agent_id: clinic.representative.agent_id });
  const local = `http://127.0.0.1:${server.host.app.server.address().port}`;
  const what = { body: { token: server.host.links.linkToken(linkId) }, headers: { origin } };
  const opened = await clientOf(local).ask('POST', '/session/open', what);
  assert.equal(opened.status, 200, opened.text);
  const [cookie] = opened.headers['set-cookie'];
  assert.match(cookie, /^__Host-desk_staff=/);
  for (const part of ['Secure', 'HttpOnly', 'Path=/']) assert.ok(cookie.includes(part), cookie);
  assert.ok(!/Domain/i.test(cookie));
  assert.match(opened.headers['strict-transport-security'], /max-age=63072000/);
  const [pair] = cookie.split(';');
  const bare = { headers: { cookie: pair.replace('__Host-', '') } };
  assert.equal((await clientOf(local).ask('GET', '/session', bare)).status, 401);
  const named = { headers: { cookie: pair } };
  assert.equal((await clientOf(local).ask('GET', '/session', named)).status, 200);
});

test('no token, code or cookie is in the log or in the data folder', async (t) => {
  const server = await hostFor(t);
  const chat = await chatIn(server, 'Logs');
  const phone = server.browser();
  await phone.open(chat.token);
  const tablet = server.browser();
  await tablet.open(chat.token);
  await tablet.post('/session/send-code', { token: chat.token });
  const code = codeIn(await sentTo(server, chat.phone, chat.message.id));
  await tablet.open(chat.token, { code });
  const copy = `${server.folder}/copy`;
  await server.host.engine.copyTo(copy);
  const { readFileSync, existsSync } = await import('node:fs');
  const stored = ['', '-wal'].filter((part) => existsSync(copy + part))
    .map((part) => readFileSync(copy + part, 'latin1')).join('');
  const log = server.lines.join('');
  for (const secret of [chat.token, ...phone.jar.values(), ...tablet.jar.values(),
    ...chat.staff.jar.values()]) {
    assert.ok(!log.includes(secret), 'a token is in the log');
    assert.ok(!stored.includes(secret), 'a token is in the database');
  }
  assert.ok(!log.includes(code), 'a code is in the log');
});
