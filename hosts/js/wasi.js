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
const kind = { other: 0, folder: 3, file: 4, link: 7 };
const follow_links = 1;
const may_write = 64n;
const held_max = 1 << 18;
// What SQLite links but never needs here: seeking, sleeping, folders, times of files.
const unneeded = ["fd_read", "fd_seek", "fd_fdstat_set_flags", "path_create_directory",
  "path_filestat_set_times", "path_readlink", "path_remove_directory", "poll_oneoff",
  "random_get"];

/** @param {string} code an errno's name, as node:fs gives it in `error.code` */
const refused = (code) => Object.assign(new Error(code), { code });

/** What the core is linked with. @param {string} root the folder that it sees as "/" */
export function wasiFiles(root) {
  const files = new Files(root);
  /** @type {Record<string, (...values: any[]) => number>} */
  const imports = {};
  for (const name of unneeded) imports[name] = () => errno.ENOSYS;
  for (const name of Object.getOwnPropertyNames(Files.prototype)) {
    const call = /** @type {any} */ (files)[name];
    if (/^(fd|path|clock|environ)_/.test(name)) imports[name] = answering(files, call);
  }
  imports.proc_exit = (status) => { throw new Error(`the core ended with status ${status}`); };
  return {
    imports,
    bind: (/** @type {WebAssembly.Memory} */ memory) => { files.memory = memory; },
    close: () => files.closeAll(),
  };
}

/** What goes wrong with a file is an answer; anything else is a bug and stops the core.
 * @param {Files} files @param {(...values: any[]) => number|void} call */
function answering(files, call) {
  return (/** @type {any[]} */ ...values) => {
    files.look();
    try {
      return call.apply(files, values) ?? success;
    } catch (error) {
      const number = errno[/** @type {any} */ (error)?.code];
      if (number === undefined) throw error;
      return number;
    }
  };
}

/** @typedef {{fd: number, size: number}} OpenFile */

/** One method per call, under WASI's name; `at` and `ret` are places in the core's memory. */
class Files {
  /** @type {WebAssembly.Memory|undefined} */
  memory;
  bytes = new Uint8Array();
  view = new DataView(this.bytes.buffer);
  /** @type {Map<number, OpenFile>} the core's handles, and what we know of the file */
  open = new Map();
  /** @type {{file: OpenFile|null, from: number, used: number, bytes: Buffer}} */
  held = { file: null, from: 0, used: 0, bytes: Buffer.alloc(held_max) };

  /** @param {string} root */
  constructor(root) {
    this.root = root;
  }

  /** Growing detaches the memory's old buffer, so views are made again when it happened. */
  look() {
    const { buffer } = /** @type {WebAssembly.Memory} */ (this.memory);
    if (this.bytes.buffer === buffer) return;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** What is held then was never synced, so nobody was told that it is kept. */
  closeAll() {
    for (const { fd } of this.open.values()) fs.closeSync(fd);
    this.open.clear();
  }

  /** @param {number} handle */
  file(handle) {
    const file = this.open.get(handle);
    if (!file) throw refused("EBADF");
    return file;
  }

  /** SQLite writes its log a page at a time and then syncs once; pieces that follow each other
   * are held and written together just before. Only what overwrites is held: growing may fail
   * for want of room, which must be answered at once. Nothing is acknowledged without a sync.
   * @param {OpenFile} file @param {number} at @param {number} size @param {number} from */
  write(file, at, size, from) {
    const { held } = this;
    const follows = held.file === file && held.from + held.used === from;
    if (!follows || held.used + size > held_max) this.flush();
    if (from + size > file.size || size > held_max) {
      this.flush();
      const written = fs.writeSync(file.fd, this.bytes, at, size, from);
      file.size = Math.max(file.size, from + written);
      return written;
    }
    if (held.used === 0) Object.assign(held, { file, from });
    held.bytes.set(this.bytes.subarray(at, at + size), held.used);
    held.used += size;
    return size;
  }

  /** Writes what is held; when that fails it is gone, and so is the commit it belonged to. */
  flush() {
    const { file, from, used, bytes } = this.held;
    this.held.used = 0;
    const { fd } = file ?? { fd: -1 };
    for (let done = 0; done < used;) {
      done += fs.writeSync(fd, bytes, done, used - done, from + done);
    }
  }

  /** @param {number} at @param {number} size */
  pathAt(at, size) {
    const path = normalize(Buffer.from(this.bytes.subarray(at, at + size)).toString("utf8"));
    if (path.split("/").includes("..") || path.includes("\0")) throw refused("ENOTCAPABLE");
    return join(this.root, path);
  }

  /** @param {number} at @param {fs.BigIntStats} stat */
  putStat(at, stat) {
    this.bytes.fill(0, at, at + 64);
    this.view.setBigUint64(at, stat.dev, true);
    this.view.setBigUint64(at + 8, stat.ino, true);
    this.bytes[at + 16] = stat.isFile() ? kind.file : stat.isDirectory() ? kind.folder
      : stat.isSymbolicLink() ? kind.link : kind.other;
    this.view.setBigUint64(at + 24, stat.nlink, true);
    this.view.setBigUint64(at + 32, stat.size, true);
    // Times stay zero: the core must not learn what time it is here.
  }

  /** Runs over the caller's list of pieces until one is not moved whole.
   * @param {number} list @param {number} count @param {number} ret
   * @param {(at: number, size: number, done: number) => number} move */
  pieces(list, count, ret, move) {
    let done = 0;
    for (let index = 0; index < count; index += 1) {
      const size = this.view.getUint32(list + index * 8 + 4, true);
      if (size === 0) continue;
      const moved = move(this.view.getUint32(list + index * 8, true), size, done);
      done += moved;
      if (moved < size) break;
    }
    this.view.setUint32(ret, done, true);
  }

  /** @param {number} handle @param {number} list @param {number} count @param {bigint} offset
   * @param {number} ret */
  fd_pread(handle, list, count, offset, ret) {
    const file = this.file(handle);
    if (this.held.file === file) this.flush();
    const { fd } = file;
    const from = Number(offset);
    this.pieces(list, count, ret, (at, size, done) =>
      fs.readSync(fd, this.bytes, at, size, from + done));
  }

  /** @param {number} handle @param {number} list @param {number} count @param {bigint} offset
   * @param {number} ret */
  fd_pwrite(handle, list, count, offset, ret) {
    const file = this.file(handle);
    const from = Number(offset);
    this.pieces(list, count, ret, (at, size, done) => this.write(file, at, size, from + done));
  }

  /** What the C library says when it gives up goes to stderr; files are written at a place.
   * @param {number} handle @param {number} list @param {number} count @param {number} ret */
  fd_write(handle, list, count, ret) {
    if (handle !== 1 && handle !== 2) throw refused("ENOTSUP");
    this.pieces(list, count, ret, (at, size) => fs.writeSync(2, this.bytes, at, size, null));
  }

  /** @param {number} handle */
  fd_datasync(handle) {
    this.flush();
    fs.fdatasyncSync(this.file(handle).fd);
  }

  /** @param {number} handle */
  fd_sync(handle) {
    this.flush();
    fs.fsyncSync(this.file(handle).fd);
  }

  /** @param {number} handle */
  fd_close(handle) {
    const { fd } = this.file(handle);
    this.open.delete(handle);
    try {
      this.flush();
    } finally {
      fs.closeSync(fd);
    }
  }

  /** @param {number} handle @param {number} at */
  fd_filestat_get(handle, at) {
    this.putStat(at, fs.fstatSync(this.file(handle).fd, { bigint: true }));
  }

  /** @param {number} handle @param {bigint} size */
  fd_filestat_set_size(handle, size) {
    this.flush();
    const file = this.file(handle);
    fs.ftruncateSync(file.fd, Number(size));
    file.size = Number(size);
  }

  /** @param {number} handle @param {number} at */
  fd_fdstat_get(handle, at) {
    const is = handle === folder_handle ? kind.folder : handle <= 2 ? kind.other : kind.file;
    if (is === kind.file) this.file(handle);
    this.bytes.fill(0, at, at + 24);
    this.bytes[at] = is;
    this.view.setBigUint64(at + 8, 0x1fffffffn, true);
    this.view.setBigUint64(at + 16, 0x1fffffffn, true);
  }

  /** @param {number} handle @param {number} at */
  fd_prestat_get(handle, at) {
    if (handle !== folder_handle) throw refused("EBADF");
    this.view.setUint32(at, 0, true);
    this.view.setUint32(at + 4, "/".length, true);
  }

  /** @param {number} _handle @param {number} at */
  fd_prestat_dir_name(_handle, at) {
    this.bytes[at] = "/".charCodeAt(0);
  }

  /** @param {number} _folder @param {number} lookup @param {number} at @param {number} size
   * @param {number} how @param {bigint} rights @param {bigint} _inherited @param {number} _flags
   * @param {number} ret */
  path_open(_folder, lookup, at, size, how, rights, _inherited, _flags, ret) {
    const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR, O_TRUNC } = fs.constants;
    const flags = (rights & may_write ? O_RDWR : O_RDONLY)
      | (lookup & follow_links ? 0 : O_NOFOLLOW)
      | (how & 1 ? O_CREAT : 0) | (how & 2 ? O_DIRECTORY : 0)
      | (how & 4 ? O_EXCL : 0) | (how & 8 ? O_TRUNC : 0);
    // Only the owner may read what patients wrote.
    const fd = fs.openSync(this.pathAt(at, size), flags, 0o600);
    let handle = folder_handle + 1;
    while (this.open.has(handle)) handle += 1;
    this.open.set(handle, { fd, size: fs.fstatSync(fd).size });
    this.view.setUint32(ret, handle, true);
  }

  /** @param {number} _folder @param {number} lookup @param {number} at @param {number} size
   * @param {number} ret */
  path_filestat_get(_folder, lookup, at, size, ret) {
    const stat = lookup & follow_links ? fs.statSync : fs.lstatSync;
    this.putStat(ret, stat(this.pathAt(at, size), { bigint: true }));
  }

  /** @param {number} _folder @param {number} at @param {number} size */
  path_unlink_file(_folder, at, size) {
    this.flush();
    fs.unlinkSync(this.pathAt(at, size));
  }

  /** A fixed instant: whoever reads a clock in the core gets the same answer everywhere.
   * @param {number} _clock @param {bigint} _precision @param {number} at */
  clock_time_get(_clock, _precision, at) {
    this.view.setBigUint64(at, 0n, true);
  }

  /** @param {number} count @param {number} size */
  environ_sizes_get(count, size) {
    this.view.setUint32(count, 0, true);
    this.view.setUint32(size, 0, true);
  }

  environ_get() {}
}
