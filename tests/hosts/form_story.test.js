// A question's whole life through the server's own doors, with days that pass by the wall clock:
// asked on another site, forgotten, reminded of, offered elsewhere, accepted there, answered.
// proves: 31 32 35 40 41 44 45 48 52
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostFor, until } from './host.js';
import { clinicIn, sentTo, signedIn, tokenIn } from './story.js';
import { worked } from './work.js';

const DAY_MS = 86_400_000;
const ANSWERED_MS = 20 * 60_000;
const PATIENT = 'ewa@patients.example';

/** Two premium clinics a walk apart. */
async function cityIn(server) {
  const near = async (name, lat) => {
    const clinic = await clinicIn(server, name);
    await server.asPlatform('clinic.set', { clinic_id: clinic.clinic_id, lat, lon: 21.01 });
    return clinic;
  };
  return { asked: await near('Asked', 52.23), other: await near('Other', 52.24) };
}

async function ask(server, clinicId, text) {
  const answer = await server.ask('POST', '/public/contact_form.send', {
    body: { clinic_id: clinicId, name: 'Ewa', email: PATIENT, phone: '500 000 201', locale: 'en',
      text },
    headers: { origin: 'https://clinic.example', 'desk-work': await worked(server) },
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.contact_form_id;
}

/** The wall clock goes on; the next request shows it to the server, as the next minute would. */
async function pass(server, ms) {
  server.clock.offset_ms += ms;
  await server.asPlatform('policy.list', {});
  await server.asPlatform('platform.set', { name: 'P', base_url: server.url, locale: 'en',
    policy_preset: 'recommended' });
}

test('forgotten by one clinic, answered by the next one', async (t) => {
  const server = await hostFor(t, { config: { widgets: { work_bits: 4 } } });
  await server.asPlatform('platform.set', { name: 'P', base_url: server.url, locale: 'en',
    policy_preset: 'recommended' });
  const { asked, other } = await cityIn(server);
  const id = await ask(server, asked.clinic_id, 'Do you see children?');
  const receipt = await sentTo(server, PATIENT);
  const notice = await sentTo(server, asked.representative.email);
  const row = async () => (await server.asPlatform('contact_form.list',
    { clinic_id: asked.clinic_id, scope: 'all' })).body.contact_forms
    .find((form) => form.contact_form_id === id);
  assert.equal((await row()).state, 'new');

  await pass(server, 2 * DAY_MS + 1000);
  const reminder = await sentTo(server, asked.representative.email, notice.id);
  assert.notEqual(reminder.subject, notice.subject);
  assert.ok((await row()).reminded_at);
  await pass(server, DAY_MS);
  const offer = await sentTo(server, PATIENT, receipt.id);
  assert.ok((await row()).offered_elsewhere && (await row()).secondary);

  const phone = server.browser();
  assert.equal((await phone.open(tokenIn(offer))).body.purpose, 'contact_form');
  const it = { contact_form_id: id };
  const offers = await phone.call('contact_form.offers', it);
  assert.deepEqual(offers.body.clinics?.map((clinic) => clinic.clinic_id), [other.clinic_id],
    offers.text);
  const accepted = await phone.call('contact_form.accept_offer',
    { ...it, clinic_id: other.clinic_id });
  assert.equal(accepted.status, 200, accepted.text);

  const elsewhere = await sentTo(server, other.representative.email);
  const desk = server.browser();
  await desk.open(tokenIn(elsewhere));
  const seen = await desk.call('contact_form.get',
    { contact_form_id: accepted.body.contact_form_id });
  assert.equal(seen.body.contact_form?.origin, 'secondary', seen.text);
  assert.equal(seen.body.contact_form.phone, '+48500000201', 'read as a number of the country');
  const answered = await desk.call('contact_form.answer', {
    contact_form_id: accepted.body.contact_form_id, text: 'Yes, from three years on.',
    last_message_id: seen.body.contact_form.last_message_id,
  });
  assert.equal(answered.body.first, true, answered.text);
  const invitation = await until(async () => (await server.host.mailbox(offer.id))
    .filter((mail) => mail.to === PATIENT).at(-1));
  assert.ok(!invitation.text.includes('three years'));
});

test('what counts as an answer is shown to everybody', async (t) => {
  const server = await hostFor(t, { config: { widgets: { work_bits: 0 } } });
  const { asked } = await cityIn(server);
  const staff = await signedIn(server, asked.representative.agent_id);
  const ways = [
    (it) => ['contact_form.answer', { ...it, text: 'Yes.' }],
    (it) => ['contact_form.answer_by_phone', { ...it, note: 'Called.' }],
    (it) => ['contact_form.reject', { ...it, reason: 'not_performed' }],
    (it) => ['contact_form.answer', { ...it, text: 'No.' }],
    (it) => ['contact_form.answer', { ...it, text: 'Perhaps.' }],
  ];
  for (const [index, way] of ways.entries()) {
    const id = await ask(server, asked.clinic_id, `Question ${index}?`);
    server.clock.offset_ms += ANSWERED_MS;
    const seen = await staff.call('contact_form.get', { contact_form_id: id });
    const it = { contact_form_id: id,
      last_message_id: seen.body.contact_form.last_message_id };
    const [op, input] = way(it);
    const done = await staff.call(op, input);
    assert.equal(done.status, 200, `${op}: ${done.text}`);
  }
  const { body } = await server.ask('GET',
    `/public/response_indicator.get?clinic_id=${asked.clinic_id}&locale=en`);
  assert.deepEqual([body.enough, body.answered, body.total], [true, 5, 5], JSON.stringify(body));
  assert.ok(body.median_ms >= ANSWERED_MS && body.median_ms < 2 * ANSWERED_MS,
    String(body.median_ms));
});
