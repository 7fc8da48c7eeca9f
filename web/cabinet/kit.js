/** The Web Awesome controls that only the cabinet needs, beside those of every page. */
import '../shared/kit.js';
import { icon_paths } from '../shared/icons.js';
import '@awesome.me/webawesome/dist/components/checkbox/checkbox.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import '@awesome.me/webawesome/dist/components/switch/switch.js';
import '@awesome.me/webawesome/dist/components/textarea/textarea.js';

export { icon, set_theme, theme } from '../shared/kit.js';

Object.assign(icon_paths, {
  sort: 'M7 5v14M3.5 15.5L7 19l3.5-3.5M13 7h8M13 12h6M13 17h4',
  calendar: 'M4 6h16v14H4zM4 10.5h16M8.5 3.5V7M15.5 3.5V7',
  chart: 'M4 20h16M7 20v-6M12 20V6M17 20v-9',
  filter: 'M4 6h16M7 12h10M10.5 18h3',
  fork: 'M6 21V3M6 14c0-5 4-6 12-6M14.5 4.5L18 8l-3.5 3.5',
  forward: 'M15 6l5 5-5 5M20 11h-9a7 7 0 00-7 7',
  team: 'M9 5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM3 20c.4-3.5 2.8-5.2 6-5.2s5.6 1.7 6 '
    + '5.2M16 5.5a3.2 3.2 0 010 6M17.5 15c2 .6 3.2 2.2 3.5 5',
  trash: 'M5 7h14M9.5 7V4h5v3M7 7l1 13h8l1-13',
});
