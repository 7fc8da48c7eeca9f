// The link of a notice, which signs a member of the clinic in for one question: what a tap opens,
// in which browser, how often, and what it does not open. proves: 31 32 33 34
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileScope, hostFor } from './host.js';
import { clinicIn, formIn, sentTo, signedIn, tokenIn } from './story.js';

const DAY_MS = 86_400_000;
const world = /** @type {any} */ ({});
const scope = fileScope();
before(async () => {
  world.server = await hostFor(scope);
  world.clinic = await clinicIn(world.server, 'Notices');
});

const get = (browser, id) => browser.call('contact_form.get', { contact_form_id: id });

test('the notice names the form by a link and repeats nothing of it', async () => {
  const { server, clinic } = world;
  const { notice, email } = await formIn(server, clinic);
  assert.ok(notice.link_url.startsWith(`${server.url}/sign-in#`), notice.link_url);
  assert.ok(notice.text.includes(notice.link_url));
  const said = `${notice.subject} ${notice.text} ${notice.html ?? ''}`;
  for (const secret of ['no mail repeats', 'Ewa', email]) assert.ok(!said.includes(secret), secret);
});

test('one tap opens the form and marks it read; no GET or HEAD does', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  for (const method of ['GET', 'HEAD']) {
    for (const path of ['/sign-in', `/sign-in?token=${form.token}`, '/session', '/session/open',
      `/session/open?token=${form.token}`]) await server.ask(method, path);
  }
  assert.deepEqual([(await form.row()).state, (await form.row()).read_at], ['new', null]);
  const desk = server.browser();
  const opened = await desk.open(form.token);
  assert.equal(opened.status, 200, opened.text);
  assert.equal(opened.body.purpose, 'contact_form_clinic');
  assert.deepEqual(opened.body.item, { kind: 'contact_form', item_id: form.contact_form_id });
  assert.equal(opened.body.actor.agent_id, clinic.representative.agent_id);
  assert.equal((await form.row()).state, 'new', 'signed in, and not looked at yet');
  const session = await desk.ask('GET', '/session');
  assert.deepEqual(session.body.item, opened.body.item);
  const read = await get(desk, form.contact_form_id);
  assert.equal(read.status, 200, read.text);
  assert.match(read.body.messages[0].text, /no mail repeats/);
  assert.equal((await form.row()).state, 'read');
});

test('the answer is given in the same place', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const desk = server.browser();
  await desk.open(form.token);
  const { body } = await get(desk, form.contact_form_id);
  const answered = await desk.call('contact_form.answer', { contact_form_id: form.contact_form_id,
    text: 'Yes, on Saturdays too.', last_message_id: body.contact_form.last_message_id });
  assert.equal(answered.status, 200, answered.text);
  assert.equal((await form.row()).state, 'answered');
  const invitation = await sentTo(server, form.email, form.notice.id);
  assert.ok(!invitation.text.includes('Saturdays'), 'the patient is invited to read');
});

test('the session is for that form and nothing else', async () => {
  const { server, clinic } = world;
  const [form, other] = [await formIn(server, clinic), await formIn(server, clinic)];
  const desk = server.browser();
  await desk.open(form.token);
  assert.notEqual((await get(desk, other.contact_form_id)).status, 200);
  for (const op of ['contact_form.list', 'review.list', 'agent.list', 'review_chat.list',
    'team.activity', 'notice.get', 'clinic.hours', 'report.response_times']) {
    const answer = await desk.call(op, {});
    assert.ok(answer.status === 403 || answer.status === 400, `${op}: ${answer.text}`);
    if (answer.status === 403) assert.equal(answer.body.code, 'denied.limited', op);
  }
  const pulled = await desk.call('sync.pull', { since: 0 });
  assert.equal(pulled.body.code, 'denied.limited', pulled.text);
  assert.equal((await other.row()).state, 'new');
});

test('it works again and again in the browser that opened it first', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const desk = server.browser();
  const first = await desk.open(form.token);
  const mark = first.headers['set-cookie'].find((line) => line.startsWith('desk_browser='));
  assert.match(mark, /HttpOnly/);
  assert.ok(Number(/Max-Age=(\d+)/.exec(mark)?.[1]) > 7 * 86_400, 'it outlives the link');
  for (let count = 0; count < 3; count += 1) {
    desk.jar.delete('desk_staff');
    const again = await desk.open(form.token);
    assert.equal(again.status, 200, again.text);
    assert.equal((await get(desk, form.contact_form_id)).status, 200);
  }
});

test('in any other browser it opens nothing, before and after', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const desk = server.browser();
  await desk.open(form.token);
  for (let count = 0; count < 2; count += 1) {
    const thief = server.browser();
    const answer = await thief.open(form.token);
    assert.equal(answer.body.code, 'refused.used_link', answer.text);
    assert.equal(thief.jar.has('desk_staff'), false);
    assert.equal((await get(thief, form.contact_form_id)).status, 401);
  }
  assert.equal((await desk.open(form.token)).status, 200);
});

test('two browsers that tap at once: one is in', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const browsers = Array.from({ length: 6 }, () => server.browser());
  const answers = await Promise.all(browsers.map((browser) => browser.open(form.token)));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
});

test('a tap whose answer got lost is the same tap, in the same browser', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const tap = (browser) => browser.post('/session/open', { token: form.token },
    { 'idempotency-key': 'the-tap-of-one-page' });
  // The first browser never sees its cookies: the line was cut.
  const lost = await tap(server.browser());
  assert.equal(lost.status, 200, lost.text);
  const desk = server.browser();
  const again = await tap(desk);
  assert.equal(again.status, 200, again.text);
  assert.equal((await get(desk, form.contact_form_id)).status, 200);
  desk.jar.delete('desk_staff');
  assert.equal((await desk.open(form.token)).status, 200, 'and it is the browser that is bound');
});

test('who is signed in fully stays so, and is shown the way', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const staff = await signedIn(server, clinic.representative.agent_id);
  const cookie = staff.jar.get('desk_staff');
  await server.browser().open(form.token);
  const opened = await staff.open(form.token);
  assert.equal(opened.status, 200, `also in another browser than the first: ${opened.text}`);
  assert.deepEqual(opened.body.item, { kind: 'contact_form', item_id: form.contact_form_id });
  assert.equal(staff.jar.get('desk_staff'), cookie);
  assert.equal((await staff.call('contact_form.list', {})).status, 200);
  assert.equal((await staff.ask('GET', '/session')).body.item, null);
});

test('a colleague who is signed in does not act in the recipient\'s name', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const assistant = await clinic.agent('assistant');
  const staff = await signedIn(server, assistant.agent_id);
  const opened = await staff.open(form.token);
  assert.equal(opened.body.actor?.agent_id, clinic.representative.agent_id, opened.text);
  assert.equal((await staff.call('contact_form.list', {})).body.code, 'denied.limited');
});

test('it ends after seven days, and when its agent leaves', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Ends');
  const form = await formIn(server, clinic);
  const desk = server.browser();
  await desk.open(form.token);
  server.clock.offset_ms += 7 * DAY_MS - 60_000;
  assert.equal((await desk.open(form.token)).status, 200);
  server.clock.offset_ms += 120_000;
  assert.equal((await desk.open(form.token)).body.code, 'refused.expired_link');
  const late = await formIn(server, clinic);
  const { agent_id: agentId } = clinic.representative;
  await server.asPlatform('agent.set', { agent_id: agentId, active: false });
  const gone = server.browser();
  const opened = await gone.open(late.token);
  const seen = await get(gone, late.contact_form_id);
  assert.ok(opened.status >= 400 || seen.status === 401, `${opened.text} ${seen.text}`);
  assert.equal((await late.row()).state, 'new');
});

test('the patient\'s link opens the patient\'s page, the clinic\'s never does', async () => {
  const { server, clinic } = world;
  const form = await formIn(server, clinic);
  const receipt = await sentTo(server, form.email);
  assert.ok(receipt.link_url.startsWith(`${server.url}/form#`), receipt.link_url);
  const phone = server.browser();
  const opened = await phone.open(tokenIn(receipt));
  assert.equal(opened.body.purpose, 'contact_form', opened.text);
  assert.equal(opened.body.actor.role, 'patient');
  const seen = await get(phone, form.contact_form_id);
  assert.equal(seen.status, 200, seen.text);
  assert.equal(seen.body.claim ?? null, null);
  assert.equal((await form.row()).state, 'new', 'the patient\'s looking is no reading');
  const tablet = await server.browser().open(tokenIn(receipt));
  assert.equal(tablet.body.code_needed, true, tablet.text);
});

test('a patient\'s second device gets its code by SMS, or by mail where there is no number',
  async () => {
    const { server, clinic } = world;
    for (const phone of ['+48500000771', undefined]) {
      const form = await formIn(server, clinic, phone ? { phone } : {});
      const receipt = await sentTo(server, form.email);
      await server.browser().open(tokenIn(receipt));
      const tablet = server.browser();
      const asked = await tablet.open(tokenIn(receipt));
      assert.equal(asked.body.code_needed, true, asked.text);
      const to = phone ?? form.email;
      assert.ok(asked.body.sent_to && !asked.text.includes(to), asked.text);
      const sent = await tablet.post('/session/send-code', { token: tokenIn(receipt) });
      assert.equal(sent.status, 200, sent.text);
      const message = await sentTo(server, to, receipt.id);
      assert.equal(message.kind, phone ? 'sms.send' : 'email.send');
      const [code] = /\b\d{6}\b/.exec(message.text);
      const opened = await tablet.open(tokenIn(receipt), { code });
      assert.equal(opened.body.item?.item_id, form.contact_form_id, opened.text);
    }
  });
