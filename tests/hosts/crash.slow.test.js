// The same as crash_stop.slow.test.js, for long: other instants each time, named by their seed.
import { test } from 'node:test';
import { crashAndCount } from './crash.js';

for (const seed of [1, 2, 3, 4]) {
  test(`what was acknowledged survives 25 kills (seed ${seed})`, async (t) => {
    await crashAndCount(t, { rounds: 25, seed });
  });
}
