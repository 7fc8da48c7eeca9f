/* The whole way with real peers: server, core, pump, adapters, an SMSC and Postfix. The clinic
 * writes, the patient gets the SMS with a link that opens, answers, and the clinic gets a mail. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import PostalMime from 'postal-mime';
import { fileScope, hostFor } from '../host.js';
import { clinicIn, signedIn } from '../story.js';
import { startPostfix } from './postfix.js';
import { startSmsc, until } from './support.js';

const TEXT = 'Пожалуйста, расскажите, что случилось.';

const file = fileScope();
let postfix;
before(async () => { postfix = await startPostfix(file); });

/** A server between an SMSC that follows `steps` and Postfix, and a clinic that opened a chat. */
async function story(t, steps, { review = {}, sms = {} } = {}) {
  const smsc = await startSmsc(t, steps);
  const server = await hostFor(t, { config: {
    sms: { adapter: 'smpp', host: '127.0.0.1', port: smsc.port, system_id: 'clinic',
      password: 'secret', from: 'CLINIC', throttle_min_ms: 20, reconnect_min_ms: 20, ...sms },
    mail: { adapter: 'smtp', host: '127.0.0.1', port: postfix.port, ignore_tls: true,
      from: 'Clinicdesk <desk@clinic.test>', bounce_folder: postfix.folder('bounces'),
      bounce_interval_ms: 100 },
  } });
  const clinic = await clinicIn(server);
  await server.host.engine.call('representative.set', { name: 'Anna Nowak',
    position: 'quality manager', email: 'anna@patients.test' },
  { actor: clinic.representative.actor });
  const { review_id } = await clinic.review({ locale: 'ru', ...review });
  const staff = await signedIn(server, clinic.representative.agent_id);
  const opened = await staff.call('review_chat.open',
    { review_id, purpose: 'solve', text: TEXT, confirmed: true });
  assert.equal(opened.status, 200, opened.text);
  const { review_chat_id } = opened.body;
  const path = `/api/review_chat.get?review_chat_id=${review_chat_id}`;
  const messages = async () => (await staff.ask('GET', path)).body.messages;
  const delivery = (word) => until(`delivery is ${word}`, async () =>
    (await messages())[0].delivery === word);
  return { server, smsc, staff, review_chat_id, messages, delivery };
}

const tokenIn = (text) => /\/chat#([\w-]+)/.exec(text)[1];
const mailWith = async (text) => PostalMime.parse(await until(`a mail with ${text}`, async () => {
  for (const raw of postfix.mails('anna')) {
    if ((await PostalMime.parse(raw)).text?.includes(text)) return raw;
  }
  return null;
}));

test('the patient opens the link of the SMS and answers, the clinic gets a mail', async (t) => {
  const { server, smsc, messages, review_chat_id, delivery } = await story(t, ['ok']);
  const { text } = await smsc.next('whole');
  assert.ok(!text.includes(TEXT), 'an SMS is a notice and a link');
  await delivery('delivered');
  const patient = server.browser();
  const opened = await patient.open(tokenIn(text));
  assert.equal(opened.status, 200, opened.text);
  const posted = await patient.call('review_chat.post',
    { review_chat_id, text: 'Ждала целый час.' });
  assert.equal(posted.status, 200, posted.text);
  const mail = await mailWith(`/cabinet/#/review_chat/${review_chat_id}`);
  assert.ok(mail.subject.length > 0 && mail.html.includes('<a href='));
  assert.ok(!mail.text.includes('целый час'), 'nor does a mail tell what was written');
  assert.deepEqual((await messages()).map(({ author }) => author), ['clinic', 'patient']);
});

test('throttled, then reported before its answer, and twice: delivered, one message', async (t) => {
  const { smsc, delivery } = await story(t, ['0x58', 'early', 'early', 'twice']);
  await delivery('delivered');
  assert.equal(smsc.count('whole'), 1);
});

test('a message of several parts is delivered only when all of them are', async (t) => {
  const { smsc, messages } = await story(t, ['early', 'late']);
  await until('the outcome is stored', async () => (await messages())[0].delivery !== 'queued');
  const parts = smsc.events.filter(({ event }) => event === 'part');
  assert.ok(parts.length >= 2);
  assert.equal((await messages())[0].delivery, 'sent');
  smsc.tell('release');
  await until('all parts are reported', async () => (await messages())[0].delivery === 'delivered');
});

test('ids in hexadecimal and reports in decimal meet in the core', async (t) => {
  const { delivery } = await story(t, ['--report-ids', 'decimal', 'ok'],
    { sms: { report_ids: 'decimal' } });
  await delivery('delivered');
});

test('an SMS that cannot be delivered is followed by a mail to the patient', async (t) => {
  const { server, delivery } = await story(t, ['UNDELIV'],
    { review: { author_email: 'anna@patients.test' } });
  const mail = await mailWith(`${server.url}/chat#`);
  assert.equal((await server.browser().open(tokenIn(mail.text))).status, 200);
  await delivery('delivered');
});

test('an SMS without an answer stays unknown and is not sent for ever', async (t) => {
  const { smsc, messages } = await story(t, ['silent'], { sms: { response_timeout_ms: 300 } });
  await smsc.next('whole');
  await until('the outcome is known to be unknown', async () =>
    (await messages())[0].delivery === 'unknown');
  assert.ok(smsc.count('whole') <= 2);
});
