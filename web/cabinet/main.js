/**
 * The cabinet's start: who is here, then the first screen, then the copy of the core.
 * Nobody signed in: the sign-in page, with the way back in its query.
 */
import './kit.js';
import './shell.js';
import { setLocale } from '../shared/i18n.js';
import { model } from './model.js';

async function start() {
  if (!await model.start()) {
    const back = `/cabinet/${location.hash}`;
    location.replace(`/sign-in?to=${encodeURIComponent(back)}`);
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
