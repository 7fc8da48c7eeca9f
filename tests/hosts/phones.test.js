// A phone number as people of the clinic's country write it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { internationalPhone } from '../../hosts/node/phones.js';

const MOSCOW = '+74950000100';
const WARSAW = '+48220000100';

test('a number is read as one of the clinic\'s country, unless it says another', () => {
  for (const [written, clinic, read] of [
    ['8 916 123-45-67', MOSCOW, '+79161234567'], ['(916) 123-45-67', MOSCOW, '+79161234567'],
    ['500 000 201', WARSAW, '+48500000201'], ['0048 500 000 201', WARSAW, '+48500000201'],
    ['+48 500-000-201', MOSCOW, '+48500000201'], ['+48500000201', undefined, '+48500000201'],
  ]) assert.equal(internationalPhone(written, clinic), read, written);
});

test('what is no number goes on as it is, to be refused by the core', () => {
  for (const written of ['', 'call me', '12', '8 916 123-45-67'.repeat(9), 7, null, {}]) {
    assert.deepEqual(internationalPhone(written, WARSAW), written);
  }
  // Possible in the plan of its country, and too short for the core.
  assert.equal(internationalPhone('+9 800 10', WARSAW), '+9 800 10');
  assert.equal(internationalPhone('8 916 123-45-67', undefined), '8 916 123-45-67');
});
