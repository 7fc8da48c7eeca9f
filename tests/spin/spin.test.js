// One world of each model; see checks.js.
// proves: 22 57
import { ask } from "./checks.js";

ask(true);
