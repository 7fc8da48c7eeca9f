/**
 * The worked examples through the command form: what `node wasi/run.js` answers to a transcript's
 * requests is, byte for byte, what stands in the transcript.
 * proves: 34 35 36 37 38 40 44 52 55 57
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { play } from '../../tools/scenario.mjs';
import { players } from '../../tools/scenario/builds.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'tests/scenarios');
const told = readdirSync(folder).filter((file) => file.endsWith('.txt'))
  .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
  .filter(({ text }) => /^example: \d+$/m.test(text));

test('all fifteen worked examples of reviews and questions have a transcript', () => {
  const numbers = new Set(told.map(({ text }) => Number(/^example: (\d+)$/m.exec(text)?.[1])));
  assert.deepEqual([...numbers].sort((a, b) => a - b), Array.from({ length: 15 }, (_, i) => i + 1));
});

for (const { file, text } of told) {
  test(`${file} through the command form`, async () => {
    const played = await play(text, await players(root).wasi());
    assert.equal(played.text, text);
    const run = spawnSync(process.execPath, [join(root, 'wasi/run.js'), '--memory'],
      { input: `${played.requests.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(run.stdout.trimEnd().split('\n'), played.replies);
  });
}
