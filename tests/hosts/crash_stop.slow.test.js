// kill -9 under load: nothing that was acknowledged is lost, nothing is done twice.
import { test } from 'node:test';
import { crashAndCount } from './crash.js';

test('what was acknowledged survives kill -9 at random instants', async (t) => {
  await crashAndCount(t, { rounds: 4, seed: 20261121 });
});

test('a stop under load answers who waits and ends by itself', async (t) => {
  await crashAndCount(t, { rounds: 2, seed: 7, signal: 'SIGTERM' });
});
