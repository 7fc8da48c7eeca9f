/**
 * A short notice at the foot of the page, with an optional way back. Never the only place where
 * something important is said.
 */
import { html, render } from 'lit';
import { announce } from './announce.js';
import { icon } from './icons.js';
import { t } from './i18n.js';

const SHOWN_MS = 6000;
const SHOWN_WITH_UNDO_MS = 10_000;

/** @type {{id:number, text:string, kind:string, undo?:() => void, undo_label?:string,
 *   close?:() => void}[]} */
let notices = [];
let last_id = 0;

/** @param {string} text @param {{kind?:'plain'|'good'|'bad', undo?:() => void,
 *   undo_label?:string, for_ms?:number}} [options] @returns {() => void} takes it away */
export function toast(text, { kind = 'plain', undo, undo_label, for_ms } = {}) {
  /** @type {typeof notices[0]} */
  const notice = { id: ++last_id, text, kind, undo, undo_label };
  notices = [...notices.slice(-2), notice];
  draw();
  announce(text, kind === 'bad' ? 'assertive' : 'polite');
  const close = () => {
    notices = notices.filter((other) => other !== notice);
    draw();
  };
  setTimeout(close, for_ms ?? (undo ? SHOWN_WITH_UNDO_MS : SHOWN_MS));
  notice.close = close;
  return close;
}

function host() {
  let element = document.getElementById('toasts');
  if (!element) {
    element = document.createElement('div');
    element.id = 'toasts';
    element.setAttribute('role', 'region');
    document.body.append(element);
  }
  element.setAttribute('aria-label', t('notices'));
  return element;
}

const names = { plain: 'info', good: 'check', bad: 'warning' };

function draw() {
  render(notices.map((notice) => html`
    <div class="toast ${notice.kind}">
      ${icon(names[notice.kind])}
      <span>${notice.text}</span>
      ${notice.undo && html`<button type="button" class="toast-undo" @click=${() => {
        notice.undo();
        notice.close();
      }}>${notice.undo_label ?? t('undo')}</button>`}
      <button type="button" class="toast-close" aria-label=${t('close')}
        @click=${() => notice.close()}>${icon('xmark')}</button>
    </div>`), host());
}
