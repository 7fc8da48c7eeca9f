// The real core in memory, for targets whose outcomes must be such as the core takes. What an input
// did is undone, so that every input meets the same core.
import { readFile } from 'node:fs/promises';
import { Desk } from '../../hosts/js/desk.js';
import { expect } from './choices.js';

const WASM = new URL('../../build/desk_wasi.wasm', import.meta.url);
export const NOW = 1_772_438_400_000;
/** @type {{role: 'host'}} */
const HOST = { role: 'host' };
const KNOWN_MAX = 10_000;

/** @returns {Promise<Desk>} */
export const openCore = async () => Desk.load(await readFile(WASM));

/** Asks the core whether it takes an adapter's event. What differs only in which letters and digits
 * it has is asked about once: no field of a report is read further than that.
 * @param {Desk} desk */
export function reportsTo(desk) {
  const known = new Set();
  desk.call('core.hold', {}, { now: NOW, actor: HOST });
  return (/** @type {object} */ event) => {
    // As the engine writes it: what JSON cannot carry is not there.
    const shape = JSON.stringify(event).replace(/[A-Za-z0-9]/g, 'x');
    if (known.has(shape)) return;
    const reply = desk.request({ op: 'effect.report', now: NOW, actor: HOST, in: event });
    expect(!reply.error, 'the core does not take this event', { event, refused: reply.error });
    known.add(shape);
    if (known.size < KNOWN_MAX) return;
    known.clear();
    desk.call('core.rollback', {}, { now: NOW, actor: HOST });
    desk.call('core.hold', {}, { now: NOW, actor: HOST });
  };
}
