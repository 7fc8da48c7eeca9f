// The few calls of WASI that SQLite makes on a database file, over node:fs. The core sees one
// folder as "/" and nothing outside it, no clock, no randomness, no environment.
// Not node:wasi: in long use it crashes Node 20 and 22, and its fsync is slower.
import fs from "node:fs";
import { join, normalize } from "node:path";

// The numbers that preview 1 gives to what can go wrong with a file.
/** @type {Record<string, number>} */
const errno = {
  EACCES: 2, EAGAIN: 6, EBADF: 8, EDQUOT: 19, EEXIST: 20, EFBIG: 22, EINTR: 27, EINVAL: 28,
  EIO: 29, EISDIR: 31, ELOOP: 32, EMFILE: 33, ENAMETOOLONG: 37, ENFILE: 41, ENOENT: 44,
  ENOSPC: 51, ENOSYS: 52, ENOTDIR: 54, ENOTEMPTY: 55, ENOTSUP: 58, EPERM: 63, EROFS: 69,
  ENOTCAPABLE: 76,
};
const success = 0;
const folder_handle = 3;
const kind = { file: 4, folder: 3, link: 7, other: 0 };

class Refused extends Error {
  /** @param {string} code */
  constructor(code) { super(code); this.code = code; }
}

/** @param {string} root the folder that the core sees as "/" */
export function wasiFiles(root) {
  /** @type {Map<number, {fd: number}>} handles of the core, and ours */
  const open = new Map();
  /** @type {WebAssembly.Memory} */
  let memory;
  let bytes = new Uint8Array();
  let view = new DataView(new ArrayBuffer(0));
  const fresh = () => {
    // Growing detaches the old buffer, so views are made again when it happened.
    if (bytes.buffer !== memory.buffer) {
      bytes = new Uint8Array(memory.buffer);
      view = new DataView(memory.buffer);
    }
  };

  /** @param {number} handle */
  const file = (handle) => {
    const found = open.get(handle);
    if (!found) throw new Refused("EBADF");
    return found;
  };
  /** @param {number} at @param {number} size */
  const pathAt = (at, size) => {
    const path = normalize(Buffer.from(bytes.subarray(at, at + size)).toString("utf8"));
    if (path.split("/").includes("..") || path.includes("\0")) throw new Refused("ENOTCAPABLE");
    return join(root, path);
  };
  /** @param {number} at @param {fs.BigIntStats} stat */
  const putStat = (at, stat) => {
    bytes.fill(0, at, at + 64);
    view.setBigUint64(at, stat.dev, true);
    view.setBigUint64(at + 8, stat.ino, true);
    bytes[at + 16] = stat.isFile() ? kind.file : stat.isDirectory() ? kind.folder
      : stat.isSymbolicLink() ? kind.link : kind.other;
    view.setBigUint64(at + 24, stat.nlink, true);
    view.setBigUint64(at + 32, stat.size, true);
    // Times stay zero: the core must not learn what time it is here.
  };
  /** Runs over the caller's list of pieces until one is not moved whole.
   * @param {number} list @param {number} count @param {number} ret
   * @param {(at: number, size: number, done: number) => number} move */
  const pieces = (list, count, ret, move) => {
    let done = 0;
    for (let index = 0; index < count; index += 1) {
      const size = view.getUint32(list + index * 8 + 4, true);
      if (size === 0) continue;
      const moved = move(view.getUint32(list + index * 8, true), size, done);
      done += moved;
      if (moved < size) break;
    }
    view.setUint32(ret, done, true);
    return success;
  };

  /** @type {Record<string, (...values: any[]) => number>} */
  const calls = {
    fd_pread: (handle, list, count, offset, ret) => {
      const { fd } = file(handle);
      return pieces(list, count, ret, (at, size, done) =>
        fs.readSync(fd, bytes, at, size, Number(offset) + done));
    },
    fd_pwrite: (handle, list, count, offset, ret) => {
      const { fd } = file(handle);
      return pieces(list, count, ret, (at, size, done) =>
        fs.writeSync(fd, bytes, at, size, Number(offset) + done));
    },
    fd_read: (handle, list, count, ret) => {
      const { fd } = file(handle);
      return pieces(list, count, ret, (at, size) => fs.readSync(fd, bytes, at, size, null));
    },
    fd_write: (handle, list, count, ret) => {
      // What the C library says when it gives up; a database file is only written at a place.
      const fd = handle === 1 || handle === 2 ? 2 : file(handle).fd;
      return pieces(list, count, ret, (at, size) => fs.writeSync(fd, bytes, at, size, null));
    },
    fd_datasync: (handle) => { fs.fdatasyncSync(file(handle).fd); return success; },
    fd_sync: (handle) => { fs.fsyncSync(file(handle).fd); return success; },
    fd_close: (handle) => {
      const { fd } = file(handle);
      open.delete(handle);
      fs.closeSync(fd);
      return success;
    },
    fd_filestat_get: (handle, at) => {
      putStat(at, fs.fstatSync(file(handle).fd, { bigint: true }));
      return success;
    },
    fd_filestat_set_size: (handle, size) => {
      fs.ftruncateSync(file(handle).fd, Number(size));
      return success;
    },
    fd_fdstat_get: (handle, at) => {
      bytes.fill(0, at, at + 24);
      const isFolder = handle === folder_handle;
      bytes[at] = isFolder ? kind.folder : handle <= 2 ? kind.other : (file(handle), kind.file);
      view.setBigUint64(at + 8, 0x1fffffffn, true);
      view.setBigUint64(at + 16, 0x1fffffffn, true);
      return success;
    },
    fd_prestat_get: (handle, at) => {
      if (handle !== folder_handle) throw new Refused("EBADF");
      view.setUint32(at, 0, true);
      view.setUint32(at + 4, 1, true);
      return success;
    },
    fd_prestat_dir_name: (handle, at) => {
      if (handle !== folder_handle) throw new Refused("EBADF");
      bytes[at] = "/".charCodeAt(0);
      return success;
    },
    path_open: (_folder, follow, at, size, oflags, rights, _inherited, _flags, ret) => {
      const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } = fs.constants;
      const writes = (BigInt(rights) & 64n) !== 0n;
      const flags = (writes ? O_RDWR : O_RDONLY) | (follow & 1 ? 0 : O_NOFOLLOW)
        | (oflags & 1 ? O_CREAT : 0) | (oflags & 2 ? O_DIRECTORY : 0)
        | (oflags & 4 ? O_EXCL : 0) | (oflags & 8 ? O_TRUNC : 0);
      // Only the owner may read what patients wrote.
      const fd = fs.openSync(pathAt(at, size), flags, 0o600);
      let handle = folder_handle + 1;
      while (open.has(handle)) handle += 1;
      open.set(handle, { fd });
      view.setUint32(ret, handle, true);
      return success;
    },
    path_filestat_get: (_folder, follow, at, size, ret) => {
      const stat = follow & 1 ? fs.statSync : fs.lstatSync;
      putStat(ret, stat(pathAt(at, size), { bigint: true }));
      return success;
    },
    path_unlink_file: (_folder, at, size) => { fs.unlinkSync(pathAt(at, size)); return success; },
    // A fixed instant: whoever reads the clock in the core gets the same answer everywhere.
    clock_time_get: (_clock, _precision, at) => { view.setBigUint64(at, 0n, true); return success; },
    environ_sizes_get: (count, size) => {
      view.setUint32(count, 0, true);
      view.setUint32(size, 0, true);
      return success;
    },
    environ_get: () => success,
    proc_exit: (status) => { throw new Error(`the core ended with status ${status}`); },
  };
  // What SQLite links but never needs here: seeking, sleeping, folders, times of files.
  const unneeded = ["fd_seek", "fd_fdstat_set_flags", "path_create_directory", "poll_oneoff",
    "path_filestat_set_times", "path_readlink", "path_remove_directory", "random_get"];

  /** @type {Record<string, (...values: any[]) => number>} */
  const imports = {};
  for (const name of unneeded) imports[name] = () => errno.ENOSYS;
  for (const [name, call] of Object.entries(calls)) {
    imports[name] = name === "proc_exit" ? call : (...values) => {
      fresh();
      try {
        return call(...values);
      } catch (error) {
        const code = errno[/** @type {any} */ (error)?.code];
        if (code === undefined) throw error;
        return code;
      }
    };
  }

  return {
    imports,
    /** @param {WebAssembly.Memory} instanceMemory */
    bind: (instanceMemory) => { memory = instanceMemory; },
    close: () => {
      for (const { fd } of open.values()) fs.closeSync(fd);
      open.clear();
    },
  };
}
