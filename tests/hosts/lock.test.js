// One process per data folder, however the one before it ended.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockFolder } from '../../hosts/node/lock.js';
import { atEnd, folderFor, spawnServer } from './host.js';

const LOCK = new URL('../../hosts/node/lock.js', import.meta.url).href;

test('a second holder is refused until the first lets go', (t) => {
  const folder = folderFor(t);
  const lock = lockFolder(folder);
  assert.throws(() => lockFolder(folder), { code: 'folder_in_use' });
  lock.release();
  lockFolder(folder).release();
});

/** A process that holds the folder, on a machine without flock(1).
 * @returns {Promise<{said: string, kill: () => Promise<unknown>}>} */
async function holder(t, folder) {
  const script = `import { lockFolder } from ${JSON.stringify(LOCK)};
    try { lockFolder(process.argv[1]); console.log('held'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.code); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder],
    { env: { PATH: '' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = await once(child.stdout, 'data');
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  atEnd(t, kill);
  return { said: String(data).trim(), kill };
}

test('without flock(1) the holder is known by its process and its start', async (t) => {
  const folder = folderFor(t);
  const first = await holder(t, folder);
  assert.equal(first.said, 'held');
  assert.equal((await holder(t, folder)).said, 'folder_in_use');
  await first.kill();
  const second = await holder(t, folder);
  assert.equal(second.said, 'held');
  await second.kill();
  // The number of the dead holder was given to another process.
  writeFileSync(join(folder, 'desk.lock'), `${process.pid} 1\n`);
  assert.equal((await holder(t, folder)).said, 'held');
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
