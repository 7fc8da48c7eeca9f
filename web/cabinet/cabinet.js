/**
 * The cabinet's start: who is here, then the first screen, then the copy of the core.
 * Nobody signed in: the sign-in page. Read next: shell.js (the frame), model.js (the data).
 */
import '../shared/kit.css';
import '../shared/tokens.css';
import '../shared/parts.css';
import './cabinet.css';
import './conversation.css';
import './settings.css';
import './kit.js';
import './shell.js';
import { setLocale } from '../shared/i18n.js';
import { model } from './model.js';

async function start() {
  if (!await model.start()) {
    model.to_sign_in();
    return;
  }
  setLocale(model.session.locale, { keep: false });
  model.started = true;
  model.changed();
  requestAnimationFrame(() => void model.open());
}

start().catch((error) => {
  model.failure = error;
  model.changed();
});
