/**
 * Hands the cabinet's words to the shared translator and shortens its call: w('save').
 * Sentences that the product says by rule never stand here.
 */
import { add_words, t } from '../shared/i18n.js';
import { model } from './model.js';
import en from './words_en.js';
import pl from './words_pl.js';
import ru from './words_ru.js';

const prefixed = (words) =>
  Object.fromEntries(Object.entries(words).map(([key, value]) => [`cabinet.${key}`, value]));

add_words({ ru: prefixed(ru), pl: prefixed(pl), en: prefixed(en) });

/** @param {string} key @param {Record<string, string | number>} [vars] */
export const w = (key, vars) => t(`cabinet.${key}`, vars);

/** What the core says for a key: buttons, states, roles, notices. @param {string} key */
export const said = (key) => model.text(key);

/** True where the cabinet has a word of its own for the key. @param {string} key */
export const has_word = (key) => key in en;
