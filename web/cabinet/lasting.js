/** Lengths of time as people say them: 2 days 3 h, 5 h 20 min, 40 s. */
import { number } from '../shared/i18n.js';

const second = 1000;
const units = [['day', 86_400 * second], ['hour', 3600 * second], ['minute', 60 * second],
  ['second', second]];

/** The two greatest units, because the rest does not matter by then.
 * @param {number} ms @param {{narrow?: boolean}} [options] narrow: one unit, as on an axis */
export function lasting(ms, { narrow = false } = {}) {
  const whole = Math.max(ms, 0);
  const found = units.findIndex(([, size]) => whole >= Number(size));
  const at = found < 0 ? units.length - 1 : found;
  const [unit, size] = units[at];
  const n = Math.floor(whole / Number(size));
  if (narrow) return in_unit(Math.round(whole / Number(size)), String(unit), 'narrow');
  const first = in_unit(n, String(unit), at === 0 ? 'long' : 'short');
  if (at >= 2) return first;
  const [less, part] = units[at + 1];
  const rest = Math.floor((whole - n * Number(size)) / Number(part));
  return rest ? `${first} ${in_unit(rest, String(less), 'short')}` : first;
}

/** As a label on an axis: 3h, 1–3h, 12h–1d. @param {number} from @param {number} [to] */
export function between(from, to = from) {
  const ends = [from, to].map((ms) => units.find(([, size]) => ms >= Number(size)) ?? units.at(-1));
  const [low, high] = [from / Number(ends[0][1]), to / Number(ends[1][1])].map(Math.round);
  const last = in_unit(high, String(ends[1][0]), 'narrow');
  if (from === to) return last;
  return ends[0] === ends[1] ? `${low}–${last}`
    : `${in_unit(low, String(ends[0][0]), 'narrow')}–${last}`;
}

function in_unit(n, unit, unitDisplay) {
  return number(n, { style: 'unit', unit, unitDisplay });
}
