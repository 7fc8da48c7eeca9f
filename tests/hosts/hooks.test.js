// A provider's report over HTTP: it reaches the message before it is acknowledged, and a report
// that is not the provider's changes nothing.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { atEnd, hostFor, until } from './host.js';
import { clinicIn, signedIn } from './story.js';

/** A stand-in for SMSAPI.pl that takes everything. */
async function provider(t) {
  const taken = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; });
    request.on('end', () => {
      taken.push(Object.fromEntries(new URLSearchParams(text)));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({
        count: 1, list: [{ id: String(taken.length), points: 0.1, status: 'QUEUE', error: null }],
      }));
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  atEnd(t, () => server.close());
  const { port } = /** @type {any} */ (server.address());
  return { taken, url: `http://127.0.0.1:${port}/sms.do` };
}

async function smsServer(t) {
  const { taken, url } = await provider(t);
  const reportUrl = 'http://127.0.0.1/hooks/sms/smsapi';
  const server = await hostFor(t, {
    config: { sms: { adapter: 'smsapi', token: 'token', url, report_url: reportUrl } },
  });
  const clinic = await clinicIn(server);
  const { review_id: reviewId } = await clinic.review();
  const staff = await signedIn(server, clinic.representative.agent_id);
  const { body: { review_chat_id: id } } = await staff.call('review_chat.open',
    { review_id: reviewId, purpose: 'thank', text: 'Thank you.' });
  const { idx } = await until(() => taken[0]);
  const delivery = async () => (await staff.ask('GET',
    `/api/review_chat.get?review_chat_id=${id}`)).body.messages[0].delivery;
  await until(async () => await delivery() === 'sent');
  const report = (path, form) => server.ask('POST', path, {
    raw: new URLSearchParams(form).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { server, idx, delivery, report };
}

test('a report is in the database when it is acknowledged, however often it comes', async (t) => {
  const { idx, delivery, report } = await smsServer(t);
  for (let count = 0; count < 3; count += 1) {
    const answer = await report('/hooks/sms/smsapi', { idx, status: '404' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(await delivery(), 'delivered');
  }
  await report('/hooks/sms/smsapi', { idx, status: '403' });
  assert.equal(await delivery(), 'delivered', 'a later lower report changes nothing');
});

test('a report that is not of our making changes nothing', async (t) => {
  const { server, idx, delivery, report } = await smsServer(t);
  const changed = idx.slice(0, -1) + (idx.endsWith('0') ? '1' : '0');
  for (const form of [{ idx: changed, status: '404' }, { status: '404' }, { idx }, {}]) {
    assert.equal((await report('/hooks/sms/smsapi', form)).status, 200);
  }
  assert.equal(await delivery(), 'sent');
  for (const path of ['/hooks/sms/kannel', '/hooks/sms/local', '/hooks/mail/smsapi', '/hooks/sms',
    '/hooks/sms/__proto__']) {
    assert.equal((await report(path, { idx, status: '404' })).status, 404, path);
  }
  const big = await server.ask('POST', '/hooks/sms/smsapi',
    { raw: 'x'.repeat(1_100_000), headers: { 'content-type': 'text/plain' } });
  assert.equal(big.status, 413);
  assert.equal(await delivery(), 'sent');
});
