/**
 * Which language a widget speaks, its words, and numbers and dates as that language writes them.
 * What the product says by rule (warnings, refusals, the indicator's sentence) comes from the core.
 */
import { words } from './words.js';

/** @typedef {'ru'|'pl'|'en'} Locale */

/** The widget's own wish, the page's language, the reader's. @param {Element} element
 * @returns {Locale} */
export function locale_of(element) {
  const wishes = [element.getAttribute('locale'), language_around(element),
    ...(navigator.languages ?? [])];
  for (const wish of wishes) {
    const short = (wish ?? '').slice(0, 2).toLowerCase();
    if (short in words) return /** @type {Locale} */ (short);
  }
  return 'en';
}

/** A part of a page may be in another language than the rest. @param {Element} element */
function language_around(element) {
  return (element.parentElement?.closest('[lang]') ?? document.documentElement)
    .getAttribute('lang');
}

const tags = { ru: 'ru-RU', pl: 'pl-PL', en: 'en-GB' };

/** @param {Locale} locale */
export function speak(locale) {
  const tag = tags[locale];
  const plural = new Intl.PluralRules(tag);
  /** @param {number} value @param {Intl.NumberFormatOptions} [how] */
  const number = (value, how) => new Intl.NumberFormat(tag, how).format(value);
  /** @param {string} key @param {Record<string, any>} [vars] `n` chooses the plural form */
  const t = (key, vars = {}) => {
    let text = words[locale][key];
    if (typeof text === 'object') text = text[plural.select(vars.n)] ?? text.other;
    return text.replace(/\{(\w+)\}/g, (_, name) =>
      (typeof vars[name] === 'number' ? number(vars[name]) : vars[name] ?? ''));
  };
  /** @param {number} at @param {Intl.DateTimeFormatOptions} how */
  const date = (at, how) => new Intl.DateTimeFormat(tag, how).format(at);
  return { locale, t, number,
    /** @param {number} at */
    day: (at) => date(at, { day: 'numeric', month: 'long', year: 'numeric' }),
    /** @param {number} at */
    moment: (at) => date(at, { weekday: 'long', hour: '2-digit', minute: '2-digit' }),
    /** @param {number} ms @returns {string} two hours: in the largest unit with two of it */
    duration: (ms) => duration(ms, number) };
}

/** @param {number} ms @param {(value:number, how:any) => string} number */
function duration(ms, number) {
  const minutes = ms / 60_000;
  const [value, unit] = minutes < 60 ? [Math.max(1, minutes), 'minute']
    : minutes < 48 * 60 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day'];
  return number(Math.round(value), { style: 'unit', unit, unitDisplay: 'long' });
}
