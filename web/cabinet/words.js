/**
 * Hands the cabinet's words to the shared translator and shortens its call: w('save').
 * Sentences that the product says by rule never stand here.
 */
import { add_words, t } from '../shared/i18n.js';
import { model } from './model.js';
import reviews_en from './words_en.js';
import forms_en from './words_forms_en.js';
import forms_pl from './words_forms_pl.js';
import forms_ru from './words_forms_ru.js';
import office_en from './words_office_en.js';
import office_pl from './words_office_pl.js';
import office_ru from './words_office_ru.js';
import reviews_pl from './words_pl.js';
import reviews_ru from './words_ru.js';

const en = { ...reviews_en, ...forms_en, ...office_en };
const pl = { ...reviews_pl, ...forms_pl, ...office_pl };
const ru = { ...reviews_ru, ...forms_ru, ...office_ru };

const prefixed = (words) =>
  Object.fromEntries(Object.entries(words).map(([key, value]) => [`cabinet.${key}`, value]));

add_words({ ru: prefixed(ru), pl: prefixed(pl), en: prefixed(en) });

/** @param {string} key @param {Record<string, string | number>} [vars] */
export const w = (key, vars) => t(`cabinet.${key}`, vars);

/** What the core says for a key: buttons, states, roles, notices. @param {string} key */
export const said = (key) => model.text(key);

/** True where the cabinet has a word of its own for the key. @param {string} key */
export const has_word = (key) => key in en;
