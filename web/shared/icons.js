/**
 * Every icon of the pages: one stroke path on a 24 × 24 grid, drawn for this product.
 * The build writes them as a sprite too, for Web Awesome's own controls; nothing is fetched
 * from another host.
 */
import { html } from 'lit';

/** @type {Record<string, string>} */
export const icon_paths = {
  'arrow-left': 'M11 5l-7 7 7 7M4 12h16',
  'arrow-up': 'M12 20V5M5.5 11.5L12 5l6.5 6.5',
  bell: 'M6 10a6 6 0 0112 0c0 5 2 6.5 2 6.5H4S6 15 6 10zM10 20a2.2 2.2 0 004 0',
  'bell-off': 'M9 4.8A6 6 0 0118 10c0 2.3.4 3.9.9 5M15 16.5H4S6 15 6 10M10 20a2.2 2.2 0 004 0'
    + 'M4 4l16 16',
  check: 'M4.5 12.5l5 5 10-11',
  'check-double': 'M2 12.5l4.5 5 8.5-11M11.5 16l1.5 1.5 9-11',
  'chevron-down': 'M5 9l7 7 7-7',
  'chevron-left': 'M15 5l-7 7 7 7',
  'chevron-right': 'M9 5l7 7-7 7',
  'chevron-up': 'M5 15l7-7 7 7',
  circle: 'M12 12h.01',
  clock: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2',
  cloud: 'M7 18a4.5 4.5 0 01-.5-8.97A6 6 0 0118 9.5a4.25 4.25 0 01-.5 8.5z',
  'cloud-off': 'M9 5.9A6 6 0 0118 9.5a4.25 4.25 0 012.6 7.2M16.5 18H7a4.5 4.5 0 01-.5-8.97'
    + 'M3.5 3.5l17 17',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  ellipsis: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z'
    + 'M12 9.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6z',
  flag: 'M6 21V4h11l-2.5 4L17 12H6',
  globe: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3.5 12h17M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  handshake: 'M3 8l4-2 5 2 5-2 4 2v8l-3 1-6 3.5L6 17l-3-1zM12 8l-3.5 3.5c1.5 1.5 3 1 4.5-.5l5 5',
  history: 'M4 12a8 8 0 108-8c-3 0-5.5 1.6-7 4M4.5 3.5V8H9M12 8v4.5l3 1.5',
  home: 'M4 11l8-7 8 7v9h-5.5v-6h-5v6H4z',
  info: 'M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.8h.01',
  key: 'M8 11a4.25 4.25 0 100 8.5A4.25 4.25 0 008 11zM11 12L20 3M15.5 7.5l3 3',
  lock: 'M6 10.5h12V20H6zM8.5 10.5V8a3.5 3.5 0 017 0v2.5',
  mail: 'M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5',
  message: 'M4 5h16v11.5h-8.5L7 20v-3.5H4z',
  minus: 'M5 12h14',
  moon: 'M20 14.5A8.5 8.5 0 019.5 4 8.5 8.5 0 1020 14.5z',
  phone: 'M8 3h8v18H8zM11 18h2',
  pencil: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19z',
  plus: 'M12 5v14M5 12h14',
  refresh: 'M20 12a8 8 0 11-2.5-5.8M20 3.5V8h-4.5',
  reply: 'M9 6l-5 5 5 5M4 11h9a7 7 0 017 7',
  search: 'M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20.5 20.5',
  send: 'M4 12l16-8-5 17-4-7zM11 14l9-10',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4z'
    + 'M9 14.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4z',
  shield: 'M12 3l7.5 2.5V11c0 5-3 8.2-7.5 10-4.5-1.8-7.5-5-7.5-10V5.5zM8.5 12l2.5 2.5 4.5-5',
  'sign-out': 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
  star: 'M12 3.5l2.65 5.4 5.95.85-4.3 4.2 1 5.95-5.3-2.8-5.3 2.8 1-5.95-4.3-4.2 5.95-.85z',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4'
    + 'M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  user: 'M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  warning: 'M12 4l9.5 16.5h-19zM12 10v5M12 17.8h.01',
  wifi: 'M2.5 9.5a14 14 0 0119 0M5.5 13a9.5 9.5 0 0113 0M8.7 16.4a5 5 0 016.6 0M12 19.5h.01',
  xmark: 'M6 6l12 12M18 6L6 18',
};

/** Draws an icon; it is decoration, the words beside it carry the meaning.
 * @param {string} name @param {string} [more] further classes */
export function icon(name, more = '') {
  return html`<svg class="icon ${more}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"
    ><path d=${icon_paths[name] ?? icon_paths.circle}></path></svg>`;
}
