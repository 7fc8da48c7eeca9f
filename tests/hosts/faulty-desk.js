// The real core behind a binding that fails on purpose: once for each word that a text holds.
// `trap-before` fails before the core is asked, `trap-after` when it has committed,
// `trap-always` every time, `end-thread` ends the engine's thread. While the folder holds a file
// `no-sync`, no sync of any file succeeds.
import fs, { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Desk as RealDesk } from '../../hosts/js/desk.js';

let patched = false;

/** @param {string} folder */
function failSyncs(folder) {
  for (const name of ['fsyncSync', 'fdatasyncSync']) {
    const real = fs[name];
    fs[name] = (fd) => {
      if (!existsSync(join(folder, 'no-sync'))) return real(fd);
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    };
  }
}

export class Desk {
  /** @type {any} */ real;
  folder = '';

  static async load(wasm, options) {
    const desk = new Desk();
    desk.real = await RealDesk.load(wasm, options);
    desk.folder = options.root;
    if (!patched) failSyncs(options.root);
    patched = true;
    return desk;
  }

  requestText(text) {
    if (text.includes('trap-always')) throw new Error('trap');
    const words = [...text.matchAll(/(trap-before|trap-after|end-thread)-\w+/g)]
      .map(([word]) => word).filter((word) => !existsSync(join(this.folder, word)));
    // Outlives the thread.
    for (const word of words) writeFileSync(join(this.folder, word), '');
    if (words.some((word) => word.startsWith('end-thread'))) process.exit(0);
    if (words.some((word) => word.startsWith('trap-before'))) throw new Error('trap');
    const reply = this.real.requestText(text);
    if (words.length > 0) throw new Error('trap');
    return reply;
  }

  describe() {
    return this.real.describe();
  }

  close() {
    this.real.close();
  }
}
