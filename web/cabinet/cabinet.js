/**
 * The cabinet's start: who is here, then the first screen, then the copy of the core.
 * Nobody signed in: the sign-in page. Read next: shell.js (the frame), model.js (the data).
 */
import '../shared/kit.css';
import '../shared/tokens.css';
import '../shared/parts.css';
import './cabinet.css';
import './conversation.css';
import './forms.css';
import './office.css';
import './settings.css';
import './kit.js';
import './shell.js';
import { setLocale } from '../shared/i18n.js';
import { model } from './model.js';
import { follow_notices, worker } from './pwa.js';

const ASK_EVERY_MS = 3000;

async function start() {
  if (!await model.start()) {
    model.to_sign_in();
    return;
  }
  setLocale(model.session.locale, { keep: false });
  model.started = true;
  model.changed();
  requestAnimationFrame(() => {
    void model.open();
    void worker();
    follow_notices();
  });
}

/** The shell opened without a line: it goes on by itself when the line is back. A browser says so
 * at most once, and only of its own line, so the server is asked, too. */
function goes_on() {
  addEventListener('online', () => location.reload());
  setInterval(async () => {
    const alive = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
    if (alive?.ok) location.reload();
  }, ASK_EVERY_MS);
}

start().catch((error) => {
  model.failure = error;
  model.changed();
  if (error.category === 'offline') goes_on();
});
