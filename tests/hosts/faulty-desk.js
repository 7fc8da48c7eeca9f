// The real core behind a binding that fails on purpose: once for each word that a text holds.
// `trap-before` fails before the core is asked, `trap-after` when it has committed,
// `trap-always` every time, `end-thread` ends the engine's thread.
import { Desk as RealDesk } from '../../hosts/js/desk.js';

const done = new Set();

export class Desk {
  static async load(wasm, options) {
    const desk = new Desk();
    desk.real = await RealDesk.load(wasm, options);
    return desk;
  }

  requestText(text) {
    if (text.includes('trap-always')) throw new Error('trap');
    const words = [...text.matchAll(/(trap-before|trap-after|end-thread)-\w+/g)]
      .map(([word]) => word).filter((word) => !done.has(word));
    for (const word of words) done.add(word);
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
