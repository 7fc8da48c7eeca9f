// Stories that nobody thought of, against the rules as a small model; a fresh seed each time.
// Read next: core.slow.test.js.
// proves: 1 2 3 5 6 7 8 9 11 12 13 16 18 19 20 21 22 23 24 29
// proves: 30 31 33 34 35 40 42 43 44 47 48 49 50 51 56 57 60 64
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './core.js';
import { faults } from './faults.js';

const seed = Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31);

test('the core does in every story what the rules say', async (t) => {
  t.diagnostic(`seed ${seed}`);
  const { failed, story } = await play({ runs: 40, steps: 60, seed });
  assert.ok(!failed, story);
});

test('found: an annulled rating that still counts', async () => {
  const plant = faults['an annulled rating still counts'];
  assert.ok((await play({ runs: 300, steps: 60, seed, plant })).failed, `not from seed ${seed}`);
});
