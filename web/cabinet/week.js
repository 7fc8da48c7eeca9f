/**
 * A week of opening hours while it is being edited: periods with their minutes, and the few ways
 * in which a person changes them. Pure: whether a week is right, the core says.
 */
export const STEP = 5;
export const DAY_MINUTES = 1440;
export const days = [1, 2, 3, 4, 5, 6, 7];

let last_key = 0;

/** @param {string} text HH:MM */
export const minutes_of = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** @param {number} minutes */
export const clock_of = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${
  String(minutes % 60).padStart(2, '0')}`;

/** @param {number} minutes @param {number} [step] */
export const snapped = (minutes, step = STEP) =>
  Math.max(0, Math.min(DAY_MINUTES, Math.round(minutes / step) * step));

/** @param {{day: number, from: string, to: string}[]} hours as clinic.hours gives them */
export function periods_of(hours) {
  return hours.map(({ day, from, to }) => ({ key: ++last_key, day, from: minutes_of(from),
    to: to === '00:00' ? DAY_MINUTES : minutes_of(to) }));
}

/** As clinic.set_hours takes them, in order. @param {any[]} periods */
export function hours_of(periods) {
  return [...periods].sort((a, b) => a.day - b.day || a.from - b.from)
    .map(({ day, from, to }) => ({ day, from: clock_of(from), to: clock_of(to) }));
}

/** @param {number} day @param {number} from @param {number} to */
export function period(day, from, to) {
  return { key: ++last_key, day, from: Math.min(from, to), to: Math.max(from, to) };
}

/** Where a new period of a day may begin: after the last one, else in the morning.
 * @param {any[]} periods @param {number} day */
export function next_period(periods, day) {
  const ends = periods.filter((one) => one.day === day).map((one) => one.to);
  if (!ends.length) return period(day, 9 * 60, 17 * 60);
  const from = Math.min(Math.max(...ends) + 60, DAY_MINUTES - 60);
  return period(day, from, Math.min(from + 180, DAY_MINUTES));
}

/** @param {any} one @param {{from?: number, to?: number}} change */
export function changed(one, { from = one.from, to = one.to }) {
  const start = Math.max(0, Math.min(from, DAY_MINUTES - STEP));
  return { ...one, from: start, to: Math.min(DAY_MINUTES, Math.max(to, start + STEP)) };
}

/** The whole period earlier or later. @param {any} one @param {number} minutes */
export function moved(one, minutes) {
  const step = Math.max(-one.from, Math.min(minutes, DAY_MINUTES - one.to));
  return { ...one, from: one.from + step, to: one.to + step };
}

/** One day's periods over other days. @param {any[]} periods @param {number} day
 * @param {number[]} to */
export function copied(periods, day, to) {
  const mine = periods.filter((one) => one.day === day);
  return [...periods.filter((one) => !to.includes(one.day)),
    ...to.flatMap((other) => mine.map((one) => period(other, one.from, one.to)))];
}

/** The hours that the grid shows: the usual day, and whatever lies outside it.
 * @param {any[]} periods */
export function span_of(periods) {
  const from = Math.min(7 * 60, ...periods.map((one) => Math.floor(one.from / 60) * 60));
  const to = Math.max(21 * 60, ...periods.map((one) => Math.ceil(one.to / 60) * 60));
  return { from, to };
}
