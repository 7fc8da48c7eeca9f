// The hold on a data folder: one process at a time, released by the kernel however it ends.
// The lock belongs to an open file, so neither kill -9 nor a reused process id can leave a stale
// one. Node has no flock of its own: flock(1) takes it for us on a descriptor that we keep.
import { spawnSync } from 'node:child_process';
import {
  closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync,
} from 'node:fs';
import { join } from 'node:path';

const LOCK_FILE = 'desk.lock';

export class FolderInUse extends Error {
  /** @param {string} folder @param {string} holder */
  constructor(folder, holder) {
    super(`the data folder ${folder} is in use${holder}; stop that process, `
      + 'or give this one another folder (key "data")');
    this.code = 'folder_in_use';
  }
}

/** Takes the folder or throws FolderInUse; `release()` gives it back.
 * @param {string} folder @returns {{release: () => void}} */
export function lockFolder(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, LOCK_FILE);
  const file = openSync(path, 'a+', 0o600);
  const taken = spawnSync('flock', ['--exclusive', '--nonblock', '3'],
    { stdio: ['ignore', 'ignore', 'ignore', file] });
  const free = taken.error ? lockByProcess(path) : taken.status === 0;
  if (!free) {
    closeSync(file);
    throw new FolderInUse(folder, holderOf(path));
  }
  ftruncateSync(file);
  writeSync(file, `${process.pid} ${startOf(process.pid)}\n`);
  return { release: () => { ftruncateSync(file); closeSync(file); } };
}

/** Where flock(1) is missing: the process written in the file must be gone, or be another one
 * under the same number. */
function lockByProcess(path) {
  const [pid, start] = readFileSync(path, 'utf8').trim().split(' ');
  if (!pid || Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
  return start !== '' && start !== undefined && startOf(Number(pid)) !== start;
}

/** A process's start in clock ticks since boot, as the kernel counts it; '' where unknown. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

function holderOf(path) {
  try {
    const [pid] = readFileSync(path, 'utf8').trim().split(' ');
    return pid ? ` by process ${pid}` : '';
  } catch {
    return '';
  }
}
