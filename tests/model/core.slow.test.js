// Longer stories, and more of them, and every planted fault found; see core.test.js.
// proves: 1 8 11 16 18 20 22 23 29 31 34 35 40 44 48 49 57
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './core.js';
import { faults } from './faults.js';

const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);

test('the core does in long stories what the rules say', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { failed, story } = await play({ runs: 250, steps: 120, seed });
  assert.ok(!failed, story);
});

// It ends with the first story that finds it.
for (const [name, plant] of Object.entries(faults)) {
  test(`found: ${name}`, async () => {
    const { failed } = await play({ runs: 5000, steps: 60, seed, plant });
    assert.ok(failed, `not found from seed ${seed}`);
  });
}
