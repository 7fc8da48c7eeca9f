/* A clinic's address that takes no mail any more, with a real mail server: the notice bounces, the
 * report finds the member of the clinic whom it was for, the platform gets a task and the cabinet
 * a notice. The same for a patient's address, and for one that refuses at once. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileScope, hostFor } from '../host.js';
import { clinicIn, signedIn } from '../story.js';
import { startPostfix } from './postfix.js';
import { until } from './support.js';

const file = fileScope();
let postfix;
let server;
before(async () => {
  postfix = await startPostfix(file);
  server = await hostFor(file, { config: {
    mail: { adapter: 'smtp', host: '127.0.0.1', port: postfix.port, ignore_tls: true,
      from: 'Clinicdesk <desk@clinic.test>', bounce_folder: postfix.folder('bounces'),
      bounce_interval_ms: 100 },
  } });
});

/** A clinic whose representative reads mail, and one more member with this address. */
async function clinicWith(name, role, address) {
  const clinic = await clinicIn(server, name);
  const call = (op, input) =>
    server.host.engine.call(op, input, { actor: { role: 'integration' } });
  await call('agent.set', { agent_id: clinic.representative.agent_id,
    email: `anna+${name.toLowerCase()}@patients.test` });
  const { agent_id } = await call('agent.add', { clinic_id: clinic.clinic_id, role,
    name: `${role} of ${name}`, email: address, locale: 'en' });
  const send = async (email) => (await call('contact_form.send', { clinic_id: clinic.clinic_id,
    name: 'Ewa', email, locale: 'en', text: 'A question.' })).contact_form_id;
  const tasks = async () => (await call('task.list', {})).tasks.filter((task) =>
    task.clinic_id === clinic.clinic_id);
  return { clinic, agent_id, send, tasks, call };
}

test('a bounce of a notice becomes a task and a notice in the cabinet', async () => {
  const { clinic, agent_id, send, tasks, call } = await clinicWith('Moved', 'assistant',
    'moved@patients.test');
  await send('anna@patients.test');
  const [task] = await until('a task', async () => ((await tasks()).length > 0 ? tasks() : null));
  assert.deepEqual([task.kind, task.agent_id, task.address],
    ['bounced_address', agent_id, 'moved@patients.test']);
  assert.match(task.error, /bounce\.5\.1\.1/);
  const staff = await signedIn(server, clinic.representative.agent_id);
  const { body: notice } = await staff.ask('GET', '/api/notice.get');
  assert.deepEqual(notice.bounces.map(({ address }) => address), ['moved@patients.test']);
  // The next notice bounces as well and makes no second task.
  const read = join(postfix.folder('bounces'), 'cur');
  const bounces = () => readdirSync(read).filter((name) =>
    readFileSync(join(read, name)).includes('Action: failed')).length;
  const before = bounces();
  await send('anna@patients.test');
  await until('the second bounce', () => bounces() > before);
  assert.equal((await tasks()).length, 1);
  await call('task.close', { task_id: task.task_id });
  assert.equal((await tasks()).length, 0);
});

test('an address that refuses at once is told like one that bounces', async () => {
  const { tasks, send } = await clinicWith('Nobody', 'doctor', 'nobody@elsewhere.test');
  await send('anna@patients.test');
  const [task] = await until('a task', async () => ((await tasks()).length > 0 ? tasks() : null));
  assert.equal(task.address, 'nobody@elsewhere.test');
  assert.match(task.error, /^smtp\.55\d/);
});

test('a patient whose address bounces is marked in the list', async () => {
  const { clinic, send, tasks } = await clinicWith('Patients', 'assistant', 'anna@patients.test');
  const id = await send('moved@patients.test');
  const staff = await signedIn(server, clinic.representative.agent_id);
  await until('the mark', async () => {
    const { body } = await staff.ask('GET', '/api/contact_form.list');
    return body.contact_forms.find((form) => form.contact_form_id === id).bounced;
  });
  assert.deepEqual(await tasks(), [], 'it is no business of the platform');
});
