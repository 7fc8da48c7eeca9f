// Everything that can fail does so once while the core is asked again what the tests in C ask it:
// each statement, then each piece of a call's memory. Under the sanitizers, so that what was
// refused half way leaks nothing either. What is proven by it: desk_faults.c.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(program, args, env = process.env) {
  const { status, signal, stdout, stderr } = spawnSync(join(root, 'build', program), args, {
    cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, `${program}: ${signal ?? status}\n${stdout}${stderr}`);
  return stdout;
}

for (const what of ['statements', 'arena']) {
  test(`no failure of ${what} is overlooked, decides anything or leaves anything behind`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-requests-'));
    try {
      run('desk_tests', [], { ...process.env, DESK_REQUESTS: folder });
      const asked = readdirSync(folder).sort().map((name) => join(folder, name));
      const said = run('desk_faults', [what, 'nomem', '1', '1', ...asked]);
      assert.ok(Number(/(\d+) failures/.exec(said)?.[1]) > 5000, said);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test('wherever a tick runs out of memory, whoever wrote can be erased later', () => {
  const asked = join('tests', 'core', 'faults', 'erased_after_a_tick.txt');
  for (const how of ['nomem', 'lasting']) {
    const said = run('desk_faults', ['memory', how, '1', '0', asked]);
    assert.ok(Number(/(\d+) failures/.exec(said)?.[1]) > 500, said);
  }
});
