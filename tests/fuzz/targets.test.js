// Each target in JavaScript finds the faults that it plants: only then does its silence say
// anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chanceFrom, mutated } from '../../tools/fuzz/mutate.mjs';
import * as bodies from './bodies.target.js';
import * as bounces from './bounces.target.js';
import * as config from './config.target.js';
import * as hooks from './hooks.target.js';
import * as links from './links.target.js';
import * as phones from './phones.target.js';
import * as smpp from './smpp.target.js';
import * as smsText from './sms_text.target.js';

const seed = 1 + Date.now() % 2 ** 30;
const INPUTS_MAX = 200_000;

/** @typedef {(bytes: Uint8Array) => any} Run */

/** How many inputs it took, or null. @param {any} target @param {Run} run */
async function found(target, run) {
  const chance = chanceFrom(seed);
  const bytesOf = (/** @type {any} */ input) => Buffer.from(input);
  const corpus = target.seeds.map(bytesOf);
  const words = (target.words ?? []).map(bytesOf);
  for (let tried = 0; tried < INPUTS_MAX; tried += 1) {
    const bytes = corpus[tried] ?? mutated(chance, corpus, words, target.bytesMax ?? 4096);
    try {
      await run(Uint8Array.from(bytes));
    } catch {
      return tried;
    }
  }
  return null;
}

for (const target of [bodies, bounces, config, hooks, links, phones, smpp, smsText]) {
  test(`${target.name} finds what it plants, and nothing else`, async (t) => {
    for (const seedInput of target.seeds) {
      await target.run(Uint8Array.from(Buffer.from(/** @type {any} */ (seedInput))));
    }
    for (const [name, run] of Object.entries(target.faults)) {
      const after = await found(target, run);
      t.diagnostic(`${name}: after ${after} inputs`);
      assert.notEqual(after, null, `not found from seed ${seed}: ${name}`);
    }
    await /** @type {any} */ (target).close?.();
  });
}
