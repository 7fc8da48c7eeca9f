/**
 * Sets up Web Awesome once: its icons from our sprite, its own words in three languages, and
 * the controls that every page has. A page imports further components itself, so that the
 * patient's page carries only what it shows.
 */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';
import '@awesome.me/webawesome/dist/translations/ru.js';
import '@awesome.me/webawesome/dist/translations/pl.js';
import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import '@awesome.me/webawesome/dist/components/spinner/spinner.js';
import { add_words } from './i18n.js';
import { announce_ready } from './announce.js';
import { shared_words } from './words.js';

export { icon } from './icons.js';

const sprite = { resolver: (name) => `${SPRITE_URL}#${name}`, spriteSheet: true };
registerIconLibrary('default', sprite);
registerIconLibrary('system', sprite);
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
