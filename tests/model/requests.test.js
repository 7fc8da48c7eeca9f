// A thousand hostile requests to a real server, other ones each time; see requests.js and
// hostile.js. Read next: requests.slow.test.js. proves: 2 3 12 13 32 56
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileScope } from '../hosts/host.js';
import { assail, judge } from './hostile.js';
import { openServer } from './server_world.js';

const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);
const scope = fileScope();
let world = /** @type {any} */ (null);
before(async () => { world = await openServer(scope); });

test('whatever is asked, the server answers in its own words and of nobody else', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { failed, story, counts } = await assail(world, { runs: 80, seed });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(!failed, story);
  assert.ok(counts[200] > 15 && counts[400] > 15, JSON.stringify(counts));
  assert.equal((await world.client.ask('GET', '/healthz')).status, 200);
  const { body } = await world.client.asPlatform('core.verify', {});
  assert.equal(body.chain, 'ok');
});

for (const [name, spoilt] of Object.entries({
  'a fault of the server': { status: 500 },
  'a word of another clinic': { text: 'zq7canary in a chat' },
  'a refusal without a code': { status: 400, body: { status: 400 } },
  'a refusal that is no problem document': { status: 404,
    headers: { 'content-type': 'text/html' } },
  'an answer without its headers': { headers: {} },
})) {
  test(`found: ${name}`, async () => {
    const good = await world.askers.author.ask('GET', '/api/platform.get');
    const known = { codes: new Set(['missing.page']), secrets: ['zq7canary in a'] };
    const request = { asker: 'author', method: 'GET', path: '/api/platform.get', body: undefined };
    judge(request, good, known);
    const headers = { ...good.headers, 'content-type': 'application/problem+json' };
    assert.throws(() => judge(request, { ...good, headers, ...spoilt }, known));
  });
}
