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

Object.assign(icon_paths, { sort: 'M7 5v14M3.5 15.500L7 19l3.5-3.500M13 7h8M13 12h6M13 17h4' });
