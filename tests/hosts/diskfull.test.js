// No room left: writes are refused in words, reads go on, and when room returns so do writes.
// Once with a file system that is full, once with a file that may not grow.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { atEnd, folderFor, spawnServer } from './host.js';

const POSTS_MAX = 5000;

function clinic(name) {
  return {
    name: name.padEnd(200, '.'), zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl',
    phone: '+48220000100', email: 'a@a.example',
  };
}

/** Posts until one is refused; who was acknowledged is kept. */
async function postUntilRefused(client, acknowledged) {
  for (let count = 0; count < POSTS_MAX; count += 1) {
    const name = `clinic-${acknowledged.length}`;
    const answer = await client.asPlatform('clinic.add', clinic(name), name);
    if (answer.status !== 200) return answer;
    acknowledged.push(name);
  }
  return assert.fail('the disk never became full');
}

/** The core may find room by folding its log; the disk is then filled again.
 * @returns {Promise<number>} how many were refused */
async function staysFull(client, acknowledged, fill) {
  let refused = 0;
  for (let count = 0; count < 20; count += 1) {
    const name = `clinic-${acknowledged.length}`;
    const answer = await client.asPlatform('clinic.add', clinic(name), name);
    if (answer.status === 200) {
      acknowledged.push(name);
      fill();
    } else {
      assert.equal(answer.body.category, 'storage', answer.text);
      refused += 1;
    }
    assert.deepEqual(await namesIn(client), acknowledged);
  }
  return refused;
}

async function namesIn(client) {
  const { status, body, text } = await client.asPlatform('clinic.list', {});
  assert.equal(status, 200, text);
  return body.clinics.map((each) => each.name.replace(/\.+$/, ''));
}

/** @param {import('node:test').TestContext} t
 * @param {{folder: string, fill: (pid: number) => void, free: (pid: number) => void}} disk */
async function livesThrough(t, { folder, fill, free }) {
  const server = spawnServer(folder, { args: ['--empty'], config: { log: { level: 'error' } } });
  atEnd(t, () => server.kill());
  const client = await server.ready();
  const acknowledged = [];
  for (let count = 0; count < 3; count += 1) {
    const name = `clinic-${acknowledged.length}`;
    const added = await client.asPlatform('clinic.add', clinic(name), name);
    assert.equal(added.status, 200, added.text);
    acknowledged.push(name);
  }
  const pid = /** @type {number} */ (server.child.pid);
  fill(pid);
  const refused = await postUntilRefused(client, acknowledged);
  assert.equal(refused.status, 503, refused.text);
  assert.equal(refused.body.category, 'storage');
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.ok(await staysFull(client, acknowledged, () => fill(pid)) > 0);
  free(pid);
  for (const name of [`clinic-${acknowledged.length}`, 'last']) {
    const answer = await client.asPlatform('clinic.add', clinic(name), name);
    assert.equal(answer.status, 200, answer.text);
    acknowledged.push(name);
  }
  assert.deepEqual(await namesIn(client), acknowledged);
  assert.equal((await client.ask('GET', '/healthz')).status, 200);
  await server.kill('SIGKILL');
  const again = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => again.kill());
  assert.deepEqual(await namesIn(await again.ready()), acknowledged);
}

function works(command, ...args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const mountAt = (folder) => works('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder);
const unmount = (folder) => works('umount', '-l', folder);

/** Whoever may not mount still has the second of the two disks. */
function mayMount() {
  const folder = mkdtempSync(join(tmpdir(), 'clinicdesk-mount-'));
  const may = mountAt(folder);
  if (may) unmount(folder);
  rmSync(folder, { recursive: true });
  return may;
}

async function fullDisk(t) {
  const folder = folderFor(t);
  const data = join(folder, 'data');
  mkdirSync(data);
  assert.ok(mountAt(data));
  atEnd(t, () => unmount(data));
  const filler = join(data, 'filler');
  const fill = () => {
    for (let size = 16 * 1024 * 1024; size >= 4096; size /= 2) {
      for (let full = false; !full;) {
        try {
          writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
        } catch {
          full = true;
        }
      }
    }
  };
  await livesThrough(t, { folder, fill, free: () => rmSync(filler) });
}

if (mayMount()) test('a full disk refuses writes, keeps reading and heals', fullDisk);

test('a file that may not grow refuses writes, keeps reading and heals', async (t) => {
  const limit = (pid, size) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${size}:`]);
  const folder = folderFor(t);
  const log = join(folder, 'data', 'desk.sqlite3-wal');
  await livesThrough(t, {
    folder,
    fill: (pid) => limit(pid, String(statSync(log).size)),
    free: (pid) => limit(pid, 'unlimited'),
  });
});
