// A short attack by everybody on every operation; see matrix.js.
import { attack } from './matrix.js';

attack([null, -1, '\u0000']);
