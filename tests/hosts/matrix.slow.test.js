// The whole attack by everybody on every operation; see matrix.js.
import { ODD, attack } from './matrix.js';

attack(ODD);
