/* Rules of cutting: each test builds the text that a careless cut would spoil, and puts the parts
 * together again with a decoder that is not ours. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gsm7, smsParts } from '../../../hosts/node/adapters/sms-text.js';

const unhead = (parts) => parts.map((part) => part.short_message.subarray(6));
const utf16 = (bytes) => Buffer.from(bytes).swap16().toString('utf16le');

test('160 GSM characters are one message and 161 are two parts of at most 153', () => {
  assert.equal(smsParts('a'.repeat(160), 1).length, 1);
  const parts = smsParts('a'.repeat(161), 1);
  assert.deepEqual(unhead(parts).map((part) => part.length), [153, 8]);
  assert.ok(parts.every((part) => part.esm_class === 0x40 && part.data_coding === 0));
});

test('70 Cyrillic characters are one message and 71 are two parts of at most 67', () => {
  assert.equal(smsParts('ж'.repeat(70), 1).length, 1);
  const parts = smsParts('ж'.repeat(71), 1);
  assert.deepEqual(unhead(parts).map((part) => part.length), [134, 8]);
  assert.ok(parts.every((part) => part.short_message.length <= 140 && part.data_coding === 8));
});

test('one Polish letter makes the whole text UCS-2', () => {
  assert.equal(gsm7('Dzień dobry'), null);
  assert.equal(smsParts('Dzień dobry', 1)[0].data_coding, 8);
  assert.equal(smsParts('Dzien dobry', 1)[0].data_coding, 0);
});

test('an escape pair is never cut', () => {
  for (let before = 140; before <= 160; before += 1) {
    const parts = unhead(smsParts('a'.repeat(before) + '€'.repeat(40), 1));
    for (const part of parts) {
      assert.notEqual(part.at(-1), 0x1b, `${before} letters before`);
      assert.ok(part.length <= 153);
    }
    assert.deepEqual(Buffer.concat(parts), gsm7('a'.repeat(before) + '€'.repeat(40)));
  }
});

test('a surrogate pair is never cut', () => {
  for (let before = 50; before <= 70; before += 1) {
    const text = 'ж'.repeat(before) + '😀'.repeat(40);
    const parts = unhead(smsParts(text, 1)).map(utf16);
    assert.ok(parts.every((part) => part.isWellFormed()), `${before} letters before`);
    assert.equal(parts.join(''), text);
  }
});

test('the parts number themselves and share the reference, and so does a repetition', () => {
  const heads = () => smsParts('ж'.repeat(200), 0x142).map((part) => [...part.short_message]);
  assert.deepEqual(heads().map((part) => part.slice(0, 6)),
    [[5, 0, 3, 0x42, 3, 1], [5, 0, 3, 0x42, 3, 2], [5, 0, 3, 0x42, 3, 3]]);
  assert.deepEqual(heads(), heads());
});

test('a decomposed letter is composed, and a text of more than 255 parts is refused', () => {
  assert.equal(utf16(smsParts('и\u0306', 1)[0].short_message), 'й');
  assert.equal(smsParts('ж'.repeat(255 * 67), 1).length, 255);
  assert.equal(smsParts('ж'.repeat(255 * 67 + 1), 1), null);
});
