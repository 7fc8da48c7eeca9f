// The first whole story through the server's own doors: from a review to an annulled rating.
// Rules 4, 7-9, 11, 12, 16-18, 20-25.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostFor } from './host.js';
import { clinicIn, sentTo, signedIn, tokenIn } from './story.js';

test('from a review to an annulled rating', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Lotos');
  const { review_id: reviewId, author_phone: phone } = await clinic.review({ rating: 1 });
  await clinic.review({ rating: 4 });
  const { email } = clinic.representative;
  const rating = async () =>
    (await server.ask('GET', `/api/rating.get?clinic_id=${clinic.clinic_id}`)).body;
  assert.deepEqual([(await rating()).mean, (await rating()).count], [2.5, 2]);

  const staff = server.browser();
  assert.equal((await staff.post('/session/request', { email })).status, 200);
  const signIn = await sentTo(server, email);
  assert.equal((await staff.open(tokenIn(signIn))).body.actor.role, 'representative');

  const { body: { text } } = await staff.ask('GET',
    `/api/review_chat.greeting?review_id=${reviewId}&purpose=solve`);
  const opened = await staff.call('review_chat.open',
    { review_id: reviewId, purpose: 'solve', text });
  assert.equal(opened.status, 200, opened.text);
  const id = opened.body.review_chat_id;

  const sms = await sentTo(server, phone);
  assert.equal(sms.kind, 'sms.send');
  assert.ok(sms.link_url.startsWith(`${server.url}/chat#`), sms.link_url);
  assert.ok(sms.text.includes(sms.link_url));
  assert.ok(!sms.text.includes(text), 'the message itself is not in the SMS');

  const patient = server.browser();
  const entered = await patient.open(tokenIn(sms));
  assert.deepEqual(entered.body.item, { kind: 'review_chat', item_id: id });
  const post = await patient.call('review_chat.post',
    { review_chat_id: id, text: 'I waited for an hour.' });
  assert.equal(post.status, 200, post.text);

  const mail = await sentTo(server, 'anna@lotos.example', sms.id);
  assert.equal(mail.kind, 'email.send');
  assert.equal(mail.link_url, `${server.url}/cabinet/#/review_chat/${id}`);
  assert.ok(!mail.text.includes('an hour'), 'the message itself is not in the mail');

  const byClinic = await staff.call('review_chat.mark_solved',
    { review_chat_id: id, confirmed: true });
  assert.ok([403, 409].includes(byClinic.status), 'only the author may');
  const solved = await patient.call('review_chat.mark_solved',
    { review_chat_id: id, confirmed: true });
  assert.deepEqual([solved.body.solved, solved.body.already_solved], [true, false], solved.text);
  const again = await patient.call('review_chat.mark_solved',
    { review_chat_id: id, confirmed: true });
  assert.equal(again.body.already_solved, true, again.text);

  assert.deepEqual([(await rating()).mean, (await rating()).count], [4, 1]);
  const { body: platform } = await server.ask('GET', '/platform.json');
  const shown = platform.clinics[0].reviews.find((review) => review.review_id === reviewId);
  assert.equal(shown.state, 'annulled');
  assert.equal(shown.rating, null);
  assert.ok(shown.label);
  assert.equal(shown.text, 'They were an hour late.');
});

test('a moderator reads, and the reading is written down', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Lotos');
  const { review_id: reviewId } = await clinic.review();
  const staff = await signedIn(server, clinic.representative.agent_id);
  const { body: { review_chat_id: id } } = await staff.call('review_chat.open',
    { review_id: reviewId, purpose: 'thank', text: 'Thank you.' });
  const { body: { agent_id: moderatorId } } = await server.asPlatform('agent.add', {
    clinic_id: null, role: 'moderator', name: 'Mod', email: 'mod@platform.example', locale: 'en',
  });
  const moderator = await signedIn(server, moderatorId);
  const rev = server.host.engine.rev;
  const seen = await moderator.ask('GET', `/api/review_chat.get?review_chat_id=${id}`);
  assert.equal(seen.body.messages?.[0].text, 'Thank you.', seen.text);
  assert.ok(Number(seen.headers['desk-rev']) > rev, 'the view is a write');
  const write = await moderator.call('review_chat.post', { review_chat_id: id, text: 'Hello.' });
  assert.equal(write.status, 403, write.text);
  const why = await staff.ask('GET', `/api/item.why?kind=review_chat&item_id=${id}`);
  assert.ok(why.body.history.some((row) => row.actor.role === 'moderator'), why.text);
});
