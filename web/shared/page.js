/**
 * What every page needs before anything else: the shared words, the live regions, the theme.
 * Light on purpose: the patient's first screen loads this and not the kit.
 */
import { announce_ready } from './announce.js';
import { add_words } from './i18n.js';
import { shared_words } from './words.js';

add_words(shared_words);
announce_ready();

/** Follows the system unless a theme was chosen. @param {'light'|'dark'|'system'} theme */
export function set_theme(theme) {
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  apply_theme(theme);
}

/** @returns {'light'|'dark'|'system'} */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** @param {string|null} chosen */
function apply_theme(chosen) {
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

try {
  apply_theme(localStorage.getItem('theme'));
} catch {
  // Without storage the system's choice stands.
}
