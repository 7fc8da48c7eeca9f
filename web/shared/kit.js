/**
 * Sets up Web Awesome once: its icons from our sprite, its own words in three languages, and
 * the controls that most pages have. A page imports further components itself, so that it
 * carries only what it shows.
 */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';
import '@awesome.me/webawesome/dist/translations/ru.js';
import '@awesome.me/webawesome/dist/translations/pl.js';
import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import '@awesome.me/webawesome/dist/components/spinner/spinner.js';

export { icon } from './icons.js';
export { set_theme, theme } from './page.js';

/** @param {string} name */
const resolver = (name) => `${SPRITE_URL}#${name}`;
registerIconLibrary('default', { resolver, spriteSheet: true });
registerIconLibrary('system', { resolver, spriteSheet: true });
