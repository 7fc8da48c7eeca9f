/**
 * Elements made by hand: no HTML from strings, so that nothing here needs a policy of the page
 * around it (Trusted Types) and whatever the server says is shown as text.
 */
import { icon_paths } from '../shared/icon_paths.js';

/** @typedef {Node|string|number|false|null|undefined} Child */

/** Attributes by name; `on…` listens. @param {string} tag @param {Record<string, any>} [props]
 * @param {(Child|Child[])[]} children @returns {any} */
export function h(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** @param {Element} element @param {Record<string, any>} props @param {any[]} children */
function filled(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...shown(children));
  return element;
}

/** @param {any[]} children */
const shown = (children) => children.flat(3)
  .filter((child) => child !== false && child !== null && child !== undefined && child !== '')
  .map((child) => (typeof child === 'number' ? String(child) : child));

/** Puts other children in place. @param {Element} element @param {(Child|Child[])[]} children */
export function fill(element, ...children) {
  element.replaceChildren(...shown(children));
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, any>} props @param {Element[]} children */
export const svg = (tag, props, ...children) =>
  filled(document.createElementNS(SVG, tag), props, children);

/** An icon is decoration, the words beside it carry the meaning. @param {string} name */
export const icon = (name) => svg('svg', { class: 'icon', viewBox: '0 0 24 24',
  'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: icon_paths[name] }));
