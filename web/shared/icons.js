/**
 * Draws the icons of the pages. The build writes them as a sprite too, for Web Awesome's own
 * controls; nothing is fetched from another host.
 */
import { html } from 'lit';
import { icon_paths } from './icon_paths.js';

export { icon_paths };

/** Draws an icon; it is decoration, the words beside it carry the meaning.
 * @param {string} name @param {string} [more] further classes */
export function icon(name, more = '') {
  return html`<svg class="icon ${more}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"
    ><path d=${icon_paths[name] ?? icon_paths.circle}></path></svg>`;
}
