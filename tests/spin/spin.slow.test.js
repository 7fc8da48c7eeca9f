// All the other worlds of the models; see checks.js.
// proves: 22 23 24 48 57
import { ask } from "./checks.js";

ask(false);
