// kill -9 while patients ask: every question that was acknowledged is with the clinic once, its
// notice and its receipt went out once each, and none went out for a question that is not there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atEnd, folderFor, spawnServer, until } from './host.js';

const ROUNDS = 6;
const CLIENTS = 8;
const CLINIC = { name: 'Lotos', zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl',
  phone: '+48220000100', email: 'a@a.example' };

/** One question at a time for each client, asked again under its id until it is acknowledged. */
async function ask(client, clinicId, asker, isOver) {
  while (!isOver()) {
    const email = `p${asker.index}x${asker.count}@patients.example`;
    const answer = await client.asPlatform('contact_form.send', { clinic_id: clinicId, name: 'Ewa',
      email, locale: 'en', text: 'A question.' }, email).catch(() => null);
    if (!answer) return;
    if (answer.status !== 200) continue;
    asker.acknowledged.push(email);
    asker.count += 1;
  }
}

test('questions and their mails survive kills, once each', async (t) => {
  const folder = folderFor(t);
  const askers = Array.from({ length: CLIENTS }, (_, index) =>
    ({ index, count: 0, acknowledged: /** @type {string[]} */ ([]) }));
  let clinicId = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = spawnServer(folder, { args: ['--empty'] });
    atEnd(t, () => server.kill());
    const client = await server.ready();
    const added = await client.asPlatform('clinic.add', CLINIC, 'the-clinic');
    clinicId = added.body.clinic_id;
    await client.asPlatform('agent.add', { clinic_id: clinicId, role: 'assistant', name: 'Ola',
      email: 'ola@lotos.example', locale: 'en' }, 'the-agent');
    const before = askers.reduce((sum, { count }) => sum + count, 0);
    const work = askers.map((asker) => ask(client, clinicId, asker, () => false));
    const done = () => askers.reduce((sum, { count }) => sum + count, 0) - before;
    // In the middle of the work, not at its beginning.
    await until(() => done() > 10 * (1 + round));
    await server.kill('SIGKILL');
    await Promise.all(work);
  }

  const server = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => server.kill());
  const client = await server.ready();
  const asked = askers.flatMap(({ acknowledged }) => acknowledged);
  const forms = [];
  for (let after, more = true; more;) {
    const { body } = await client.asPlatform('contact_form.list',
      { clinic_id: clinicId, scope: 'all', limit: 200, ...(after && { after_id: after }) });
    forms.push(...body.contact_forms);
    after = forms.at(-1)?.contact_form_id;
    more = body.more;
  }
  const open = forms.length - asked.length;
  assert.ok(open >= 0 && open <= CLIENTS, `${open} were stored and not acknowledged`);
  const mails = async () => (await client.ask('GET', '/outbox.json')).body.messages;
  const notices = (all) => all.filter(({ to }) => to === 'ola@lotos.example');
  // What was in a killed server's hands is offered again when its lease of a minute has ended.
  await until(async () => {
    const all = await mails();
    return notices(all).length >= forms.length && all.length >= 2 * forms.length;
  }, 150_000);
  const all = await mails();
  assert.equal(notices(all).length, forms.length);
  assert.equal(new Set(notices(all).map(({ link_url: url }) => url)).size, forms.length);
  const receipts = all.map(({ to }) => to).filter((to) => to.endsWith('@patients.example'));
  assert.equal(receipts.length, forms.length, 'one receipt each');
  for (const email of asked) assert.ok(receipts.includes(email), email);
});
