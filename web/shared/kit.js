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
/** As wide as it is high: without a box of its own it would be 300 pixels wide, unseen, and what it
 * stands in would scroll sideways. @param {SVGElement} svg */
const mutator = (svg) => svg.setAttribute('viewBox', '0 0 24 24');
registerIconLibrary('default', { resolver, mutator, spriteSheet: true });
registerIconLibrary('system', { resolver, mutator, spriteSheet: true });
