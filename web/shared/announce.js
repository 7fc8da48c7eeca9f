/**
 * One polite and one assertive live region for the whole page. A screen reader hears what a
 * sighted person notices: a new message, a sent one, a lost connection.
 */

const regions = {};

/** @param {'polite'|'assertive'} how */
function region(how) {
  if (regions[how]?.isConnected) return regions[how];
  const element = document.createElement('div');
  element.className = 'visually-hidden';
  element.setAttribute('role', how === 'polite' ? 'status' : 'alert');
  element.setAttribute('aria-live', how);
  element.setAttribute('aria-atomic', 'true');
  document.body.append(element);
  regions[how] = element;
  return element;
}

/** The region must exist before the words come, else some readers stay silent. */
export function announce_ready() {
  region('polite');
  region('assertive');
}

/** @param {string} text @param {'polite'|'assertive'} [how] */
export function announce(text, how = 'polite') {
  const element = region(how);
  element.textContent = '';
  // The same sentence twice is news twice: the change of text is what is read.
  requestAnimationFrame(() => { element.textContent = text; });
}
