// The API as programs meet it: what is refused, with which words, and what every answer carries.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, test } from 'node:test';
import { Ajv } from 'ajv';
import { API_KEY, fileScope, hostFor } from './host.js';
import { chatIn, clinicIn, formIn, sentTo, signedIn, tokenIn } from './story.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** One server and one story for all tests of this file: they only ask. */
function shared() {
  const world = /** @type {any} */ ({});
  const scope = fileScope();
  before(async () => {
    world.server = await hostFor(scope);
    world.chat = await chatIn(world.server);
    world.other = await chatIn(world.server, 'Wisla');
  });
  return world;
}

const world = shared();

function isProblem(answer, status, code, field = undefined) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  assert.equal(answer.body.code, code, answer.text);
  assert.equal(answer.body.category, code.split('.')[0]);
  assert.ok(answer.body.title && answer.body.detail && answer.body.type);
  if (field !== undefined) assert.equal(answer.body.field, field);
}

const asPlatform = (what) =>
  ({ ...what, headers: { authorization: `Bearer ${API_KEY}`, ...what.headers } });

test('the whole story goes through HTTP', async () => {
  const { server, chat } = world;
  const patient = server.browser();
  const opened = await patient.open(chat.token);
  assert.equal(opened.status, 200, opened.text);
  assert.deepEqual(opened.body.item, { kind: 'review_chat', item_id: chat.review_chat_id });
  const id = chat.review_chat_id;
  const posted = await patient.call('review_chat.post', { review_chat_id: id, text: 'An hour.' });
  assert.equal(posted.status, 200, posted.text);
  assert.ok(Number(posted.headers['desk-rev']) > 0);
  const seen = await chat.staff.ask('GET', `/api/review_chat.get?review_chat_id=${id}`);
  assert.deepEqual(seen.body.messages.map((message) => message.text),
    ['Please tell us what happened.', 'An hour.']);
});

test('malformed JSON is refused before the core', async () => {
  const { server } = world;
  for (const raw of ['{', '{"text":"a"', 'nul', '{"a":1,}', '"\ud800', '\x00', '{"a":NaN}',
    '['.repeat(300_000)]) {
    const what = asPlatform({ raw, headers: JSON_TYPE });
    const answer = await server.ask('POST', '/api/clinic.add', what);
    isProblem(answer, 400, 'invalid.malformed');
  }
});

test('invalid UTF-8 is refused', async () => {
  const { server } = world;
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x28, 0x8c, 0xbc]]) {
    const raw = Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]);
    const what = asPlatform({ raw, headers: JSON_TYPE });
    const answer = await server.ask('POST', '/api/clinic.add', what);
    isProblem(answer, 400, 'invalid.malformed');
  }
});

test('unknown keys and wrong types are refused by name, and nothing changes', async () => {
  const { server, chat } = world;
  const before = (await server.host.engine.call('core.hash', {})).hash;
  const id = chat.review_chat_id;
  const cases = [
    [{ review_chat_id: id, text: 'a', txet: 'b' }, 'invalid.unknown_field', 'txet'],
    [{ review_chat_id: id, text: 'a', __proto__x: 1 }, 'invalid.unknown_field', '__proto__x'],
    [{ review_chat_id: String(id), text: 'a' }, 'invalid.wrong_type', 'review_chat_id'],
    [{ review_chat_id: id, text: 7 }, 'invalid.wrong_type', 'text'],
    [{ review_chat_id: id, text: null }, 'invalid.required', 'text'],
    [{ review_chat_id: id }, 'invalid.required', 'text'],
    [{ review_chat_id: id, text: 'x'.repeat(900_000) }, 'invalid.too_long', 'text'],
  ];
  for (const [input, code, field] of cases) {
    isProblem(await chat.staff.call('review_chat.post', input), 400, code, field);
  }
  assert.equal((await server.host.engine.call('core.hash', {})).hash, before);
});

test('a body over 1 MB is refused', async () => {
  const { chat } = world;
  const answer = await chat.staff.call('review_chat.post',
    { review_chat_id: chat.review_chat_id, text: 'x'.repeat(1_100_000) });
  isProblem(answer, 413, 'invalid.too_large');
});

test('a body that is no object, and other content types, are refused', async () => {
  const { server, chat } = world;
  for (const raw of ['[]', '7', '"text"', 'null']) {
    const what = { raw, headers: JSON_TYPE };
    const answer = await chat.staff.ask('POST', '/api/review_chat.list', what);
    assert.equal(answer.status, 400, `${raw}: ${answer.text}`);
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a', 'application/jsonp', 'text/json']) {
    const answer = await chat.staff.ask('POST', '/api/review_chat.list',
      { raw: '{}', headers: { 'content-type': type } });
    isProblem(answer, 415, 'invalid.content_type');
  }
  assert.equal((await server.ask('GET', '/healthz')).status, 200);
});

test('what another clinic has is missing, not denied', async () => {
  const { chat, other } = world;
  const read = await chat.staff.ask('GET',
    `/api/review_chat.get?review_chat_id=${other.review_chat_id}`);
  const none = await chat.staff.ask('GET', '/api/review_chat.get?review_chat_id=999999');
  isProblem(read, 404, none.body.code);
  assert.equal(read.body.detail, none.body.detail);
  const write = await chat.staff.call('review_chat.post',
    { review_chat_id: other.review_chat_id, text: 'a' });
  assert.equal(write.status, 404);
});

test('an operation that does not exist is missing', async () => {
  const { server, chat } = world;
  for (const op of ['nothing.here', 'core', 'a.b.c', 'x'.repeat(90), '..%2f..%2fsecret', '%00']) {
    const answer = await chat.staff.call(op, {});
    assert.equal(answer.status, 404, `${op}: ${answer.text}`);
  }
  assert.equal((await server.ask('GET', '/api/nothing.here')).status, 404);
});

test('a visitor is asked to sign in, a wrong key is refused', async () => {
  const { server, chat } = world;
  const input = { review_chat_id: chat.review_chat_id, text: 'a' };
  const visitor = await server.ask('POST', '/api/review_chat.post', { body: input });
  assert.equal(visitor.status, 401, visitor.text);
  const key = await server.ask('POST', '/api/review_chat.post',
    { body: input, headers: { authorization: 'Bearer another' } });
  isProblem(key, 401, 'denied.api_key');
});

test('no key, cookie or body makes anybody the host', async () => {
  const { server, chat } = world;
  for (const op of ['effect.take', 'clock.tick', 'core.hold', 'link.open', 'session.invite']) {
    const platform = await server.asPlatform(op, {});
    assert.ok([400, 403].includes(platform.status), `${op}: ${platform.text}`);
    const staff = await chat.staff.call(op, {});
    assert.ok([400, 403].includes(staff.status), `${op}: ${staff.text}`);
  }
  const forged = await chat.staff.call('effect.take', { actor: { role: 'host' } });
  assert.ok([400, 403].includes(forged.status), forged.text);
});

test('only GET, HEAD and POST are served', async () => {
  const { server } = world;
  for (const method of ['TRACE', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
    for (const path of ['/', '/api/review.list', '/nowhere']) {
      const answer = await server.ask(method, path);
      isProblem(answer, 405, 'invalid.method');
      assert.equal(answer.headers.allow, 'GET, HEAD, POST');
      assert.ok(!answer.text.includes('authorization'));
    }
  }
});

test('GET reads and never writes', async () => {
  const { chat } = world;
  const answer = await chat.staff.ask('GET',
    `/api/review_chat.post?review_chat_id=${chat.review_chat_id}&text=a`);
  isProblem(answer, 405, 'invalid.method');
  const form = await formIn(world.server, chat.clinic);
  const path = `/api/contact_form.get?contact_form_id=${form.contact_form_id}`;
  isProblem(await chat.staff.ask('GET', path), 405, 'invalid.method');
  assert.equal((await form.row()).state, 'new', 'whoever looks has read it, so looking is a POST');
  const phone = world.server.browser();
  await phone.open(tokenIn(await sentTo(world.server, form.email)));
  assert.equal((await phone.ask('GET', path)).status, 200, 'for the patient it is a read');
});

test('a query is typed by the fields of the operation', async () => {
  const { chat } = world;
  const good = await chat.staff.ask('GET',
    `/api/review_chat.get?review_chat_id=${chat.review_chat_id}&limit=1`);
  assert.equal(good.status, 200, good.text);
  isProblem(await chat.staff.ask('GET', '/api/review_chat.get?review_chat_id=one'), 400,
    'invalid.wrong_type', 'review_chat_id');
  isProblem(await chat.staff.ask('GET', '/api/review_chat.get?review_chat_id=1&review_chat_id=2'),
    400, 'invalid.wrong_type', 'review_chat_id');
  isProblem(await chat.staff.ask('GET', '/api/review_chat.get?review_chat_id=1&colour=red'), 400,
    'invalid.unknown_field', 'colour');
});

test('a page of another origin cannot use the cookies', async () => {
  const { server, chat } = world;
  const before = (await server.host.engine.call('core.hash', {})).hash;
  const body = { review_chat_id: chat.review_chat_id, text: 'a' };
  const cookie = chat.staff.cookies();
  for (const origin of [undefined, 'null', 'http://evil.example', 'http://127.0.0.1:1',
    server.url.replace('127.0.0.1', '127.0.0.1.evil.example'), `${server.url}/`,
    'https://127.0.0.1']) {
    const headers = { cookie, ...(origin === undefined ? {} : { origin }) };
    const answer = await server.ask('POST', '/api/review_chat.post', { body, headers });
    isProblem(answer, 403, 'denied.origin');
  }
  for (const path of ['/session/open', '/session/request', '/session/end', '/session/send-code']) {
    const what = { body: {}, headers: { origin: 'http://evil.example' } };
    const answer = await server.ask('POST', path, what);
    isProblem(answer, 403, 'denied.origin');
  }
  const form = await server.ask('POST', '/api/review_chat.post', {
    raw: 'text=a',
    headers: {
      cookie, origin: server.url, 'content-type': 'application/x-www-form-urlencoded',
    },
  });
  isProblem(form, 415, 'invalid.content_type');
  const across = await server.ask('GET', '/api/review.list',
    { headers: { cookie, 'sec-fetch-site': 'cross-site' } });
  isProblem(across, 403, 'denied.origin');
  assert.equal((await server.host.engine.call('core.hash', {})).hash, before);
});

test('an idempotency key makes a repeated post one message', async () => {
  const { server } = world;
  const clinic = await clinicIn(server, 'Klon');
  const { review_id: reviewId } = await clinic.review();
  const staff = await signedIn(server, clinic.representative.agent_id);
  const open = () => staff.call('review_chat.open',
    { review_id: reviewId, purpose: 'thank', text: 'Thank you.' }, 'one-intent');
  const answers = await Promise.all([open(), open(), open()]);
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200], answers[0].text);
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  const other = await staff.call('review_chat.open',
    { review_id: reviewId, purpose: 'thank', text: 'Something else.' }, 'one-intent');
  assert.equal(other.status, 409, other.text);
  for (const key of ['', 'x'.repeat(65), 'a b', '\u00e9']) {
    const answer = await staff.ask('POST', '/api/review_chat.list',
      { body: {}, headers: { 'idempotency-key': key } });
    assert.equal(answer.status, 400, `${key}: ${answer.text}`);
  }
});

test('refusals speak the language that is asked for', async () => {
  const { chat } = world;
  const ask = (headers) => chat.staff.ask('POST', '/api/review_chat.post',
    { body: { review_chat_id: 999_999, text: 'a' }, headers });
  const details = await Promise.all(['ru', 'pl', 'en'].map(async (locale) =>
    (await ask({ 'desk-locale': locale })).body.detail));
  assert.equal(new Set(details).size, 3, String(details));
  const accepted = await ask({ 'accept-language': 'de-DE, pl;q=0.9, en;q=0.8' });
  assert.equal(accepted.body.detail, details[1]);
});

test('the core describes the API', async () => {
  const { server } = world;
  const { body } = await server.ask('GET', '/openapi.json');
  assert.equal(body.openapi, '3.1.0');
  const post = body.paths['/api/review_chat.post'].post;
  const { schema } = post.requestBody.content['application/json'];
  assert.deepEqual([...schema.required].sort(), ['review_chat_id', 'text']);
  assert.equal(schema.additionalProperties, false);
  assert.equal(schema.properties.text.type, 'string');
  assert.ok(body.paths['/api/review.list'].get);
  assert.equal(body.paths['/api/effect.take'], undefined);
  assert.equal((await server.ask('GET', '/api/describe')).status, 200);
  const { get } = body.paths['/public/review.list'];
  assert.deepEqual(get.security, [{}]);
  assert.ok(body.paths['/public/challenge'] && !body.paths['/public/review_chat.list']);
});

test('every schema of the description is one, and takes what the core takes', async () => {
  const { server, chat } = world;
  const { body } = await server.ask('GET', '/openapi.json');
  const ajv = new Ajv({ strict: true, strictTypes: false });
  const checks = new Map();
  for (const [path, { post, get }] of Object.entries(body.paths)) {
    if (!post) continue;
    const { schema } = post.requestBody.content['application/json'];
    checks.set(path, ajv.compile(schema));
    for (const parameter of get?.parameters ?? []) ajv.compile(parameter.schema);
  }
  const posted = checks.get('/api/review_chat.post');
  assert.equal(posted({ review_chat_id: chat.review_chat_id, text: 'a' }), true);
  assert.equal(posted({ review_chat_id: 'a', text: 'a' }), false);
  assert.equal(posted({ review_chat_id: 1, text: 'a', more: 1 }), false);
});

const HEADERS = ['content-security-policy', 'x-content-type-options', 'x-frame-options',
  'referrer-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy',
  'permissions-policy'];

test('every answer carries the same security headers', async () => {
  const { server, chat } = world;
  const big = { body: { text: 'x'.repeat(1_100_000) } };
  const asked = [
    [200, 'GET', '/healthz'], [200, 'GET', '/openapi.json'], [302, 'GET', '/'],
    [401, 'GET', '/session'], [401, 'POST', '/api/review_chat.list', { body: {} }],
    [404, 'GET', '/nowhere'], [404, 'GET', '/%c0%af'], [404, 'GET', '/assets/none.js'],
    [404, 'GET', '/assets/..%2f..%2fpackage.json'], [404, 'POST', '/nowhere', { body: {} }],
    [405, 'TRACE', '/'], [403, 'POST', '/session/open', { body: {} }],
    [413, 'POST', '/api/clinic.add', asPlatform(big)],
    [415, 'POST', '/api/clinic.add',
      asPlatform({ raw: 'a', headers: { 'content-type': 'text/plain' } })],
  ];
  const { headers: first } = await server.ask('GET', '/healthz');
  for (const [status, method, path, what] of asked) {
    const { headers, status: got, text } = await server.ask(method, path, what);
    assert.equal(got, status, `${method} ${path}: ${text}`);
    for (const name of HEADERS) assert.equal(headers[name], first[name], `${name} of ${path}`);
    assert.equal(headers.server, undefined);
    assert.equal(headers['x-powered-by'], undefined);
    if (path !== '/' && path !== '/openapi.json') {
      assert.match(headers['cache-control'], /no-store/, `${method} ${path}`);
    }
  }
  const data = await chat.staff.ask('GET', '/api/review.list');
  assert.equal(data.headers['cache-control'], 'no-store');
  assert.deepEqual(Object.fromEntries(HEADERS.map((name) => [name, first[name]])), {
    'content-security-policy': first['content-security-policy'],
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  });
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'",
    "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"]) {
    assert.ok(first['content-security-policy'].includes(part), part);
  }
});

test('a fault inside is 500 with the same headers and nothing about the inside', async (t) => {
  const server = await hostFor(t);
  server.host.sessions.claimOf = () => { throw new Error('secret detail at /srv/x.js'); };
  const answer = await server.ask('GET', '/healthz');
  isProblem(answer, 500, 'bug.host');
  assert.ok(!/secret|srv/.test(answer.text));
  assert.match(answer.body.instance, /^urn:uuid:[0-9a-f-]{36}$/);
  assert.ok(server.lines.some((line) => line.includes(answer.body.instance)));
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
});

test('bytes that are not HTTP get the same headers and a problem', async () => {
  const { server } = world;
  const port = Number(new URL(server.url).port);
  const talk = (text) => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('latin1').on('data', (chunk) => { got += chunk; });
    socket.on('error', reject).on('close', () => resolve(got));
  });
  const cases = [['NONSENSE\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431]];
  for (const [text, status] of cases) {
    const got = await talk(text);
    assert.match(got, new RegExp(`^HTTP/1.1 ${status} `), got);
    assert.match(got, /content-security-policy: default-src 'none'/);
    assert.match(got, /application\/problem\+json/);
  }
});

test('too many requests are refused with the time to wait', async (t) => {
  const server = await hostFor(t, { config: { limits: { visitor_requests_per_minute: 3 } } });
  const answers = [];
  for (let count = 0; count < 5; count += 1) {
    answers.push(await server.ask('GET', '/api/clinic.list'));
  }
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 429, 429]);
  isProblem(answers[4], 429, 'busy.too_many');
  assert.ok(Number(answers[4].headers['retry-after']) > 0);
  assert.equal((await server.asPlatform('clinic.list', {})).status, 200);
});

test('figures name operations and statuses, never what was sent', async () => {
  const { server } = world;
  await server.ask('GET', '/api/review.list?text=canary-word');
  const { text } = await server.ask('GET', '/metrics');
  for (const name of ['request_ms', 'batch_requests', 'commit_ms', 'queued_requests',
    'pending_effects', 'effect_outcomes_total']) {
    assert.ok(text.includes(`clinicdesk_${name}`), name);
  }
  assert.ok(!text.includes('canary-word'));
  const headers = { 'x-forwarded-for': '1.2.3.4' };
  for (const path of ['/metrics', '/outbox.json']) {
    assert.equal((await server.ask('GET', path, { headers })).status, 404, path);
    const authorization = `Bearer ${API_KEY}`;
    const known = await server.ask('GET', path, { headers: { ...headers, authorization } });
    assert.equal(known.status, 200, path);
  }
});

test('the log holds operations and codes, and nobody\'s words', async () => {
  const { server, chat } = world;
  const canary = 'canary-8c1f';
  await chat.staff.call('review_chat.post', { review_chat_id: chat.review_chat_id, text: canary });
  await server.ask('GET', `/api/review.list?text=${canary}`);
  await server.ask('GET', `/nowhere/${canary}`);
  await chat.staff.open(`${canary}`);
  const log = server.lines.join('');
  for (const secret of [canary, chat.token, chat.phone, 'Ewa', 'anna@lotos.example', API_KEY,
    ...chat.staff.jar.values()]) {
    assert.ok(!log.includes(secret), secret);
  }
  assert.ok(log.includes('"op":"review_chat.post"'));
});
