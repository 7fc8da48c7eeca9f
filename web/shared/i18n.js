/**
 * Screen words in Russian, Polish and English, and formats of dates and numbers.
 * Words that the product says by rule (labels, refusals, confirmations) come from the core.
 */

export const locales = ['ru', 'pl', 'en'];
export const locale_names = { ru: 'Русский', pl: 'Polski', en: 'English' };

/** @type {Record<string, Record<string, any>>} */
const words = { ru: {}, pl: {}, en: {} };
const listeners = new Set();
/** @type {any} */
let current = remembered() ?? preferred(navigator.languages);

function remembered() {
  try {
    const kept = localStorage.getItem('locale');
    return locales.includes(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** @param {readonly string[]} languages */
function preferred(languages) {
  for (const language of languages ?? []) {
    const short = language.slice(0, 2).toLowerCase();
    if (locales.includes(short)) return short;
  }
  return 'en';
}

document.documentElement.lang = current;

/** Adds a page's words: { ru: {key: text}, pl: …, en: … }.
 * A text may be an object of plural forms { one, few, many, other }, chosen by `vars.n`.
 * @param {Record<string, Record<string, any>>} table */
export function add_words(table) {
  for (const language of locales) Object.assign(words[language], table[language]);
}

/** @returns {'ru'|'pl'|'en'} */
export function locale() {
  return current;
}

/** The person chose a language: kept for the next visit.
 * @param {string} next @param {{keep?:boolean}} [options] keep: false for a mere default */
export function setLocale(next, { keep = true } = {}) {
  if (!locales.includes(next)) return;
  if (!keep && remembered()) return;
  try {
    if (keep) localStorage.setItem('locale', next);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  if (next === current) return;
  current = next;
  document.documentElement.lang = next;
  for (const listener of listeners) listener(next);
}

/** @param {(locale:string) => void} listener @returns {() => void} stops listening */
export function onLocale(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param {string} key @param {Record<string, any>} [vars] @returns {string} */
export function t(key, vars) {
  let text = words[current][key] ?? words.en[key] ?? key;
  if (typeof text === 'object') text = text[plural(vars?.n ?? 0)] ?? text.other;
  return vars ? text.replace(/\{(\w+)\}/g, (whole, name) => shown(vars[name], whole)) : text;
}

/** @param {any} value @param {string} whole */
function shown(value, whole) {
  if (value === undefined || value === null) return whole;
  return typeof value === 'number' ? number(value) : String(value);
}

const made = new Map();

/** Intl objects are dear to make; each is made once per language and shape. */
function intl(kind, options) {
  const key = `${current} ${kind} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl[kind](tag(), options));
  return made.get(key);
}

function tag() {
  return { ru: 'ru-RU', pl: 'pl-PL', en: 'en-GB' }[current];
}

/** @param {number} n */
export function plural(n) {
  return intl('PluralRules', {}).select(n);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options = {}) {
  return intl('NumberFormat', options).format(value);
}

/** 14:05 @param {number} at */
export function time(at) {
  return intl('DateTimeFormat', { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** 3 March, with the year when it is not this one. @param {number} at */
export function day(at) {
  const year = new Date(at).getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' };
  return intl('DateTimeFormat', { day: 'numeric', month: 'long', ...year }).format(at);
}

/** 3 March, 14:05 @param {number} at */
export function day_time(at) {
  return `${day(at)}, ${time(at)}`;
}

/** Today, yesterday, or the day. @param {number} at @param {number} [now] */
export function day_name(at, now = Date.now()) {
  const ago = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (ago === 0 || ago === 1) {
    const name = intl('RelativeTimeFormat', { numeric: 'auto' }).format(-ago, 'day');
    return name[0].toLocaleUpperCase(tag()) + name.slice(1);
  }
  return day(at);
}

/** @param {number} at */
function midnight(at) {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** 5 minutes ago, in 2 days. @param {number} at @param {number} [now] */
export function relative(at, now = Date.now()) {
  const format = intl('RelativeTimeFormat', { numeric: 'auto' });
  const seconds = (at - now) / 1000;
  const steps = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= Number(size)) {
      return format.format(Math.round(seconds / Number(size)), unit);
    }
  }
  return format.format(0, 'second');
}

/** The same local day? @param {number} a @param {number} b */
export function same_day(a, b) {
  return midnight(a) === midnight(b);
}
