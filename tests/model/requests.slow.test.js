// Thousands of hostile requests to a real server, which must not grow by them; see hostile.js.
// proves: 2 3 12 13 32 56
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileScope } from '../hosts/host.js';
import { assail } from './hostile.js';
import { openServer } from './server_world.js';

const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);
const scope = fileScope();
let world = /** @type {any} */ (null);
before(async () => { world = await openServer(scope); });

test('whatever is asked, the server answers in its own words and does not grow', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { failed, story, counts, memory } = await assail(world, { runs: 250, seed });
  t.diagnostic(`${JSON.stringify(counts)}, ${memory.map((bytes) => bytes >> 20)} MiB`);
  assert.ok(!failed, story);
  assert.ok(counts[200] > 50 && counts[400] > 50, JSON.stringify(counts));
  const [warm, end] = memory;
  // What V8 has not collected yet comes to 33 MiB on one Node and 9 on another.
  assert.ok(end - warm < 64 << 20, `the server grew from ${warm} to ${end} bytes`);
  assert.equal((await world.client.ask('GET', '/healthz')).status, 200);
  const { body } = await world.client.asPlatform('core.verify', {});
  assert.equal(body.chain, 'ok');
});
