// A short attack by everybody on every operation; see matrix.js.
import { attack } from './matrix.js';

attack([null, -1, 2 ** 53, '', '\u0000', {}]);
