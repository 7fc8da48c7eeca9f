// One process per data folder, however the one before it ended.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '../../hosts/node/lock.js';
import { atEnd, folderFor, spawnServer } from './host.js';

test('a second holder is refused until the first lets go', (t) => {
  const folder = folderFor(t);
  const lock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: 'folder_in_use' });
  lock.release();
  lockFolder(folder).release();
});

test('a second server is refused with the folder and the holder in its message', async (t) => {
  const folder = folderFor(t);
  const first = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => first.kill());
  await first.ready();
  const second = spawnServer(folder, { args: ['--empty'] });
  const { code } = await second.exited;
  assert.equal(code, 1);
  const [line] = second.output.stderr;
  assert.ok(line.includes(join(folder, 'data')), line);
  assert.ok(line.includes(String(first.child.pid)), line);
});

test('a killed holder leaves the folder free, a stopped one too', async (t) => {
  const folder = folderFor(t);
  const first = spawnServer(folder, { args: ['--empty'] });
  await first.ready();
  await first.kill('SIGKILL');
  const second = spawnServer(folder, { args: ['--empty'] });
  await second.ready();
  assert.deepEqual(await second.kill('SIGTERM'), { code: 0, signal: null });
  assert.equal(existsSync(join(folder, 'data', 'control.sock')), false);
  const third = spawnServer(folder, { args: ['--empty'] });
  await third.ready();
  await third.kill('SIGTERM');
});
