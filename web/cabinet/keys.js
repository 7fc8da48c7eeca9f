/**
 * The cabinet's keyboard in one table. Single keys stay silent while somebody types or a
 * dialog is open, and a person may switch them off (screen readers and voice control use them).
 */
const setting = 'clinicdesk.single_keys';

/** Groups and rows of the help, in the order in which they are shown. */
export const shortcuts = [
  { group: 'keys_lists', rows: [
    { keys: ['j', '↓'], word: 'key_next' },
    { keys: ['k', '↑'], word: 'key_previous' },
    { keys: ['Enter'], word: 'key_open' },
    { keys: ['u'], word: 'key_patient' },
    { keys: ['/'], word: 'key_search' },
    { keys: ['Ctrl + Enter'], word: 'key_send' },
    { keys: ['Esc'], word: 'key_back' },
    { keys: ['?'], word: 'key_help' }] },
  { group: 'questions', rows: [
    { keys: ['a'], word: 'key_answer' },
    { keys: ['p'], word: 'key_phone' },
    { keys: ['x'], word: 'key_reject' }] },
  { group: 'reviews', rows: [
    { keys: ['c'], word: 'key_chat' },
    { keys: ['r'], word: 'key_reply' }] },
];

export const single_keys = {
  get on() {
    return localStorage.getItem(setting) !== 'off';
  },
  set on(value) {
    localStorage.setItem(setting, value ? 'on' : 'off');
  },
};

/** @param {KeyboardEvent} event the innermost element, also inside a component's shadow */
function writing(event) {
  const [inner] = /** @type {HTMLElement[]} */ (event.composedPath());
  const kind = inner?.tagName;
  if (kind === 'INPUT') return !['checkbox', 'radio'].includes(inner.getAttribute('type') ?? '');
  return kind === 'TEXTAREA' || kind === 'SELECT' || inner?.isContentEditable;
}

const with_own_keys = ['WA-DIALOG', 'WA-SELECT', 'WA-DROPDOWN'];

/** @param {KeyboardEvent} event */
function in_dialog(event) {
  return event.composedPath().some((node) =>
    node instanceof HTMLElement && with_own_keys.includes(node.tagName));
}

/**
 * The name of a command for a key press, or null. Arrows and Escape always work, letters only
 * when they are switched on; arrows only within the list.
 * @param {KeyboardEvent} event
 */
export function command_of(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const in_list = /** @type {Element} */ (event.target).closest?.('.rows');
  if (in_dialog(event)) return null;
  if (event.key === 'Escape') return 'back';
  if (writing(event)) return null;
  const always = { ArrowDown: 'next', ArrowUp: 'previous' };
  const letters = {
    j: 'next', k: 'previous', u: 'patient', c: 'chat', r: 'reply', a: 'answer', p: 'phone',
    x: 'reject', '/': 'search', '?': 'help',
  };
  // A key is judged by its place too, or a Russian layout would have no letters.
  const places = event.shiftKey ? { Slash: 'help' } : { KeyJ: 'next', KeyK: 'previous',
    KeyU: 'patient', KeyC: 'chat', KeyR: 'reply', KeyA: 'answer', KeyP: 'phone', KeyX: 'reject',
    Slash: 'search' };
  if (always[event.key]) return in_list ? always[event.key] : null;
  if (!single_keys.on) return null;
  return letters[event.key] ?? places[event.code] ?? null;
}

/** @param {Element} host */
const links_of = (host) => /** @type {HTMLElement[]} */ ([...host.querySelectorAll('.row-link')]);

/** @param {Element} host the screen with the list @param {number} at */
export function focus_row(host, at) {
  const links = links_of(host);
  links[Math.max(0, Math.min(at, links.length - 1))]?.focus();
}

/** @param {Element} host @param {number} step from the focused row, else from the open one */
export function step_rows(host, step) {
  const links = links_of(host);
  const focused = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const from = focused >= 0 ? focused : links.findIndex((link) => link.ariaCurrent);
  focus_row(host, from < 0 ? 0 : from + step);
}

/** @param {Element} host */
export function ask_help(host) {
  host.dispatchEvent(new CustomEvent('keyboard-help', { bubbles: true }));
}
