/* The whole way of a push: a member of the clinic subscribes a device by the API, a patient asks,
 * and the device, which is another program's double of one, opens a message that leads to the
 * form and says nothing of it. A device that is gone is forgotten. proves: 61 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserOf, folderFor, spawnServer, atEnd } from '../host.js';
import { startPushService } from '../peers/push-service.js';
import { certificateIn, until } from './support.js';

const SECRET_WORDS = 'My tooth is loose, and nobody else may know.';

/** A server that trusts the push service's certificate, and a clinic with one member. */
async function story(t) {
  const folder = folderFor(t);
  const { file, ...tls } = certificateIn(folder);
  const service = await startPushService(t, { tls });
  const server = spawnServer(folder, {
    args: ['--empty'], env: { NODE_EXTRA_CA_CERTS: file },
    config: { push: { adapter: 'push', allow_private: true } },
  });
  atEnd(t, () => server.kill());
  const client = await server.ready();
  const ask = async (op, input) => {
    const answer = await client.asPlatform(op, input);
    assert.equal(answer.status, 200, `${op}: ${answer.text}`);
    return answer.body;
  };
  await ask('platform.set', { name: 'P', base_url: client.url, locale: 'en',
    policy_preset: 'recommended' });
  const { clinic_id } = await ask('clinic.add', { name: 'Lotos', zone: 'Europe/Warsaw',
    tier: 'premium', locale: 'en', phone: '+48220000100', email: 'info@lotos.example' });
  await ask('agent.add', { clinic_id, role: 'assistant', name: 'Ola', email: 'ola@lotos.example' });
  const staff = browserOf(client.url);
  await staff.post('/session/request', { email: 'ola@lotos.example' });
  const mail = await until('the sign-in link', async () =>
    (await client.ask('GET', '/outbox.json')).body.messages
      .find((one) => one.to === 'ola@lotos.example'));
  await staff.open(new URL(mail.link_url).hash.slice(1));
  const { body: { public_key } } = await staff.ask('GET', '/push.json');
  const send = (text = SECRET_WORDS) => ask('contact_form.send', { clinic_id, name: 'Ewa Nowak',
    email: 'ewa@patients.example', locale: 'en', text });
  return { server, service, staff, public_key, send };
}

async function subscribe(staff, { endpoint, keys }, label) {
  const answer = await staff.call('push.subscribe', { endpoint, ...keys, label });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.subscription_id;
}

const devicesOf = async (staff) => (await staff.ask('GET', '/api/notice.get')).body.push;

test('a question reaches every device of the clinic, and no word of it does', async (t) => {
  const { server, service, staff, public_key, send } = await story(t);
  const [phone, tablet] = [service.device(public_key), service.device(public_key)];
  await subscribe(staff, phone.subscription, 'Phone');
  await subscribe(staff, tablet.subscription, 'Tablet');
  const { contact_form_id } = await send();
  for (const device of [phone, tablet]) {
    const message = await until('a push', () => device.shown[0]);
    assert.equal(message.url, `/cabinet/#/contact_form/${contact_form_id}`);
    assert.equal(message.tag, `contact_form/${contact_form_id}`);
    assert.ok(message.title && message.body);
    for (const secret of ['tooth', 'Ewa', 'Nowak', 'ewa@']) {
      assert.ok(!`${message.title} ${message.body}`.includes(secret), secret);
    }
  }
  assert.deepEqual(service.refusals, []);
  tablet.gone = true;
  await send('Another question.');
  await until('the tablet is forgotten', async () => (await devicesOf(staff)).length === 1);
  assert.deepEqual((await devicesOf(staff)).map(({ label }) => label), ['Phone']);
  await until('the phone got it', () => phone.shown.length === 2);
  const log = server.output.stderr.join('\n');
  for (const secret of [phone.subscription.endpoint, phone.id, 'tooth', 'ola@']) {
    assert.ok(!log.includes(secret), secret);
  }
});

test('a service that is busy is asked again, and one push arrives', async (t) => {
  const { service, staff, public_key, send } = await story(t);
  const phone = service.device(public_key);
  await subscribe(staff, phone.subscription, 'Phone');
  service.answers.push({ status: 503 }, { status: 429, headers: { 'retry-after': '1' } });
  await send();
  await until('a push', () => phone.shown.length === 1);
  assert.equal((await devicesOf(staff)).length, 1);
});
