/**
 * Local dates as the core writes them, YYYY-MM-DD: a day of the clinic's calendar, no instant.
 * They are shown through UTC, so that no zone shifts them.
 */
import { locale } from '../shared/i18n.js';

const tags = { ru: 'ru-RU', pl: 'pl-PL', en: 'en-GB' };
const DAY_MS = 86_400_000;

/** @param {string} date @param {Intl.DateTimeFormatOptions} options */
function shown(date, options) {
  return new Intl.DateTimeFormat(tags[locale()], { timeZone: 'UTC', ...options })
    .format(new Date(`${date}T00:00:00Z`));
}

/** 3 March, with the year when it is not this one. @param {string} date */
export function day_of(date) {
  const year = date.slice(0, 4) === String(new Date().getFullYear()) ? {}
    : { year: /** @type {const} */ ('numeric') };
  return shown(date, { day: 'numeric', month: 'long', ...year });
}

/** 3–14 March, in the reader's language. @param {string} from @param {string} to */
export function days_of(from, to) {
  if (from === to) return day_of(from);
  const year = to.slice(0, 4) === String(new Date().getFullYear()) ? {}
    : { year: /** @type {const} */ ('numeric') };
  return new Intl.DateTimeFormat(tags[locale()],
    { timeZone: 'UTC', day: 'numeric', month: 'long', ...year })
    .formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));
}

/** Monday … Sunday, 1 … 7. @param {number} day @param {'long' | 'short'} [weekday] */
export function weekday(day, weekday = 'long') {
  return shown(`2024-01-0${day}`, { weekday });
}

/** @param {string} date @param {number} days */
export function date_after(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Today where the browser is. */
export function today() {
  return new Date().toLocaleDateString('sv-SE');
}

/** How many days from one date to another, both counted. @param {string} from @param {string} to */
export function days_between(from, to) {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}
