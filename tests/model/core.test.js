// Stories that nobody thought of, against the rules as a small model; a fresh seed each time.
// proves: 1 2 3 5 6 7 8 9 11 12 13 16 18 19 20 21 22 23 24 29
// proves: 30 31 33 34 35 40 42 43 44 47 48 49 50 51 56 57 60 64
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './core.js';
import { faults } from './faults.js';

const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);
const STEPS = 60;

test('the core does in every story what the rules say', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { failed, story } = await play({ runs: 80, steps: STEPS, seed });
  assert.ok(!failed, story);
});

for (const [name, plant] of Object.entries(faults)) {
  test(`found: ${name}`, async () => {
    const { failed } = await play({ runs: 300, steps: STEPS, seed, plant });
    assert.ok(failed, `not found from seed ${seed}`);
  });
}
