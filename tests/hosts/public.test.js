// What pages of other sites may ask: which operations, as whom, from where, how often, and what a
// visitor's message costs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { openWork } from '../../hosts/node/work.js';
import { API_KEY, fileScope, hostFor } from './host.js';
import { clinicIn, signedIn } from './story.js';
import { done, worked } from './work.js';

const ELSEWHERE = 'https://clinic.example';
const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => {
  world.server = await hostFor(scope, { config: { widgets: { work_bits: 8 } } });
  world.clinic = await clinicIn(world.server, 'Widgets');
  world.form = {
    clinic_id: world.clinic.clinic_id, name: 'Ewa', email: 'ewa@patients.example', locale: 'pl',
    text: 'Do you do this on Saturdays?',
  };
});

const get = (path, headers = {}) =>
  world.server.ask('GET', path, { headers: { origin: ELSEWHERE, ...headers } });
const post = (op, body, headers = {}) =>
  world.server.ask('POST', `/public/${op}`, { body, headers: { origin: ELSEWHERE, ...headers } });

test('another site reads what any visitor may read, and its page may see it', async () => {
  const { clinic } = world;
  const id = clinic.clinic_id;
  for (const path of [`review.list?clinic_id=${id}`, `rating.get?clinic_id=${id}`, 'clinic.list',
    `practitioner.list?clinic_id=${id}`, 'text.list?locale=pl',
    `response_indicator.get?clinic_id=${id}`, `response_indicator.proof?clinic_id=${id}`,
    `contact_form.preview?clinic_id=${id}`]) {
    const answer = await get(`/public/${path}`);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['access-control-allow-credentials'], undefined);
    assert.equal(answer.headers['cross-origin-resource-policy'], 'cross-origin');
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
});

test('nothing else is asked there, by any method', async () => {
  for (const op of ['review_chat.list', 'contact_form.list', 'contact_form.get', 'agent.list',
    'platform.set', 'session.list', 'nothing.here', 'search', '..%2fapi%2fagent.list', '__proto__',
    'constructor']) {
    for (const answer of [await get(`/public/${op}`), await post(op, {})]) {
      assert.equal(answer.status, 404, `${op}: ${answer.text}`);
      assert.equal(answer.headers['access-control-allow-origin'], '*', op);
    }
  }
  assert.equal((await get('/public/contact_form.send')).status, 405);
  assert.equal((await post('rating.get', { clinic_id: 1 })).status, 405);
  for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE']) {
    assert.equal((await world.server.ask(method, '/public/rating.get')).status, 405);
  }
});

test('a preflight allows what the widgets send, and no credentials', async () => {
  const { server } = world;
  const { status, headers, text } = await server.ask('OPTIONS', '/public/contact_form.send', {
    headers: { origin: ELSEWHERE, 'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,desk-work' },
  });
  assert.deepEqual([status, text], [204, '']);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(headers['access-control-allow-methods'], 'GET, POST');
  for (const name of ['content-type', 'desk-work', 'desk-locale', 'idempotency-key']) {
    assert.ok(headers['access-control-allow-headers'].includes(name), name);
  }
  assert.equal(headers['access-control-allow-credentials'], undefined);
  assert.ok(Number(headers['access-control-max-age']) > 0);
});

test('only the origins of the settings are let in, when they are named', async (t) => {
  const server = await hostFor(t, { config: { widgets: { origins: [ELSEWHERE] } } });
  const ask = (origin, method = 'GET') => server.ask(method, '/public/clinic.list',
    { headers: { ...(origin && { origin }) } });
  for (const method of ['GET', 'OPTIONS']) {
    const known = await ask(ELSEWHERE, method);
    assert.ok([200, 204].includes(known.status), known.text);
    assert.equal(known.headers['access-control-allow-origin'], ELSEWHERE);
    for (const origin of ['https://evil.example', 'null', `${ELSEWHERE}.evil.example`]) {
      const foreign = await ask(origin, method);
      assert.equal(foreign.status, 403, origin);
      assert.equal(foreign.headers['access-control-allow-origin'], undefined);
      assert.match(foreign.headers.vary, /origin/i);
    }
  }
  assert.equal((await ask(server.url)).status, 200, 'the product\'s own pages');
  assert.equal((await ask(undefined)).status, 200, 'no page at all');
});

test('whoever asks there is a visitor, whatever cookies and keys come along', async () => {
  const { server, clinic } = world;
  const staff = await signedIn(server, clinic.representative.agent_id);
  const asked = [{ cookie: staff.cookies() }, { authorization: `Bearer ${API_KEY}` },
    { authorization: 'Bearer wrong' }, { cookie: 'desk_staff=forged' }, {}];
  const answers = [];
  for (const headers of asked) answers.push(await get('/public/clinic.list', headers));
  for (const answer of answers) {
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.text, answers[0].text);
    assert.equal(answer.headers['set-cookie'], undefined);
  }
  const wrong = await server.ask('GET', '/api/clinic.list', { headers: asked[2] });
  assert.equal(wrong.status, 401, 'the other door does look at it');
});

test('a message costs work, at the public door and at the other one', async () => {
  const { server, form } = world;
  for (const path of ['/public/contact_form.send', '/api/contact_form.send']) {
    const send = (work) => server.ask('POST', path,
      { body: form, headers: work === undefined ? {} : { 'desk-work': work } });
    const header = await worked(server);
    const [challenge, nonce] = header.split(':');
    const lazy = await idle(challenge);
    for (const work of [undefined, '', 'x', challenge, `${challenge}:`, lazy,
      `${challenge.replace('.8.', '.0.')}:${nonce}`, `${challenge.slice(0, -1)}:${nonce}`,
      header.replace(/^./, (sign) => (sign === 'z' ? 'y' : 'z')), `${header}:1`]) {
      const answer = await send(work);
      assert.equal(answer.status, 403, `${work}: ${answer.text}`);
      assert.equal(answer.body.code, 'denied.work');
      assert.ok(answer.body.detail);
    }
    assert.equal((await send(header)).status, 200);
    assert.equal((await send(header)).status, 403, 'and only once');
  }
});

/** A nonce that does not do it. @param {string} challenge */
async function idle(challenge) {
  for (let nonce = 0; ; nonce += 1) {
    const work = `${challenge}:${nonce}`;
    if (createHash('sha256').update(work).digest()[0] !== 0) return work;
  }
}

test('a message whose answer got lost is sent again for the same work', async () => {
  const { server, form } = world;
  const headers = { 'desk-work': await worked(server), 'idempotency-key': 'one-intent-of-ewa' };
  const first = await post('contact_form.send', form, headers);
  assert.equal(first.status, 200, first.text);
  const again = await post('contact_form.send', form, headers);
  assert.equal(again.text, first.text);
  const other = await post('contact_form.send', form, { ...headers, 'idempotency-key': 'another' });
  assert.equal(other.body.code, 'denied.work', other.text);
});

test('the platform\'s program and the clinic\'s own pages do no work', async () => {
  const { server, form } = world;
  const sent = await server.asPlatform('contact_form.send', { ...form, name: 'Program' });
  assert.equal(sent.status, 200, sent.text);
});

test('a challenge ends after ten minutes and with the process', () => {
  const clock = { ms: 1_000_000 };
  const work = openWork({ bits: 0, now: () => clock.ms });
  const other = openWork({ bits: 0, now: () => clock.ms });
  const { challenge, expires_at: expiresAt } = work.challenge();
  assert.equal(expiresAt - clock.ms, 600_000);
  assert.throws(() => other.spend(`${challenge}:0`, undefined), /proof of work/i);
  clock.ms = expiresAt - 1;
  work.spend(`${challenge}:0`, undefined);
  const { challenge: late } = work.challenge();
  clock.ms += 600_000;
  assert.throws(() => work.spend(`${late}:0`, undefined), /proof of work/i);
});

test('what was spent is forgotten within a bound, and never spent again', () => {
  const clock = { ms: 1_000_000 };
  const work = openWork({ bits: 0, now: () => clock.ms, spent_max: 50 });
  const spent = [];
  for (let count = 0; count < 200; count += 1) {
    clock.ms += 10;
    const header = done(work.challenge());
    work.spend(header, undefined);
    spent.push(header);
  }
  for (const header of spent) assert.throws(() => work.spend(header, undefined));
  work.spend(done(work.challenge()), undefined);
});

test('many messages make the next ones dearer, until it is calm again', () => {
  const clock = { ms: 1_000_000 };
  const work = openWork({ bits: 3, now: () => clock.ms });
  const come = (count) => {
    for (let left = count; left > 0; left -= 1) work.spend(done(work.challenge()), undefined);
  };
  come(60);
  assert.equal(work.challenge().bits, 3, 'a busy minute costs nothing');
  come(440);
  assert.equal(work.challenge().bits, 6);
  clock.ms += 10 * 60_000;
  assert.equal(work.challenge().bits, 3);
});

test('sends are counted by network, apart from reads', async (t) => {
  const server = await hostFor(t, { config: {
    listen: { port: 0, trust_proxy: true }, widgets: { work_bits: 0 },
    limits: { public_sends_per_minute: 2, public_requests_per_minute: 4 },
  } });
  const send = (address) => server.ask('POST', '/public/contact_form.send',
    { body: {}, headers: { 'x-forwarded-for': address, origin: ELSEWHERE } });
  for (const [address, same] of [['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9']]) {
    for (const count of [1, 2]) assert.equal((await send(address)).status, 403, String(count));
    const many = await send(same);
    assert.equal(many.status, 429, many.text);
    assert.ok(Number(many.headers['retry-after']) > 0);
    assert.equal(many.headers['access-control-allow-origin'], '*', 'the page may read why');
  }
  const read = (forged) => server.ask('GET', '/public/clinic.list',
    { headers: { 'x-forwarded-for': `${forged}, 203.0.113.7` } });
  const statuses = [];
  for (let count = 0; count < 5; count += 1) {
    statuses.push((await read(`198.51.100.${count}`)).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 429]);
});

test('a text that is too long is named, a body that is too large is refused', async () => {
  const { server, form } = world;
  const long = await post('contact_form.send', { ...form, text: 'x'.repeat(20_000) },
    { 'desk-work': await worked(server) });
  assert.deepEqual([long.status, long.body.code, long.body.field],
    [400, 'invalid.too_long', 'text'], long.text);
  const huge = await post('contact_form.send', { ...form, text: 'x'.repeat(1_000_000) },
    { 'desk-work': await worked(server) });
  assert.deepEqual([huge.status, huge.body.code], [413, 'invalid.too_large']);
  assert.equal(huge.headers['access-control-allow-origin'], '*');
});

test('the language is the widget\'s, by header or by address', async () => {
  const { clinic } = world;
  const path = `/public/contact_form.preview?clinic_id=${clinic.clinic_id}`;
  const texts = new Set();
  for (const locale of ['ru', 'pl', 'en']) {
    const byHeader = await get(path, { 'desk-locale': locale });
    const byAddress = await get(`${path}&locale=${locale}`);
    assert.equal(byAddress.body.emergency, byHeader.body.emergency);
    texts.add(byHeader.body.emergency);
  }
  assert.equal(texts.size, 3);
  const problem = await get('/public/rating.get?clinic_id=999999&locale=pl');
  assert.equal(problem.body.code.split('.')[0], 'missing', problem.text);
});

test('nothing of what visitors send is in the log', async () => {
  const { server, form } = world;
  const canary = 'canary-5f2a';
  const work = await worked(server);
  await post('contact_form.send',
    { ...form, name: canary, email: `${canary}@patients.example`, text: canary },
    { 'desk-work': work });
  await get(`/public/clinic.list?locale=${canary}`);
  const log = server.lines.join('');
  for (const secret of [canary, work, form.email, form.text]) {
    assert.ok(!log.includes(secret), secret);
  }
  assert.ok(log.includes('"op":"contact_form.send"'));
});
