// A person who asks to be erased is gone from everything that this host keeps: the database and
// its log, the developer's mailbox, the server's log, the sessions of the person's devices.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostFor, until } from './host.js';
import { clinicIn, formIn, sentTo, signedIn, tokenIn } from './story.js';

const CANARY = 'zqerasedcanary';
const PHONE = '+48509876543';

function bytesOf(folder) {
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [name, readFileSync(join(folder, name), 'latin1')]);
}

test('nothing of an erased person is left in the folder, the log or a session', async (t) => {
  const server = await hostFor(t);
  const clinic = await clinicIn(server, 'Erasers');
  const email = `${CANARY}@patients.example`;
  const form = await formIn(server, clinic,
    { name: `Ewa ${CANARY}`, email, phone: PHONE, text: `It hurts, ${CANARY}.` });
  const other = await formIn(server, clinic, { text: 'Somebody else asks.' });
  const phone = server.browser();
  await phone.open(tokenIn(await sentTo(server, email)));
  await phone.call('contact_form.reply', { contact_form_id: form.contact_form_id,
    text: `Still hurts, ${CANARY}.` });
  const staff = await signedIn(server, clinic.representative.agent_id);
  await staff.call('contact_form.save_draft', { contact_form_id: form.contact_form_id,
    text: `Dear ${CANARY}` });
  const found = await until(async () => {
    const { body } = await staff.call('search', { text: CANARY });
    return body.hits?.length > 0 && body.hits;
  });
  assert.ok(found.some((hit) => hit.item_id === form.contact_form_id));
  const data = server.host.config.data;
  assert.ok(bytesOf(data).some(([, bytes]) => bytes.includes(CANARY)), 'it was there');

  const erased = await server.asPlatform('person.erase', { email, confirmed: true });
  assert.equal(erased.status, 200, erased.text);
  assert.equal((await phone.ask('GET', '/session')).status, 401);
  const mails = (await server.ask('GET', '/outbox.json')).body.messages;
  assert.deepEqual(mails.filter((mail) => mail.to === email || mail.to === PHONE), []);
  assert.ok(mails.some((mail) => mail.to === other.email), 'others keep their mails');
  await server.host.stop();
  for (const [name, bytes] of bytesOf(data)) {
    for (const word of [CANARY, PHONE]) assert.ok(!bytes.includes(word), `${word} in ${name}`);
  }
  assert.ok(!server.lines.join('').includes(CANARY));
});
