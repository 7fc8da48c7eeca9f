/**
 * What the three widgets share: a shadow root with constructed style sheets (a strict policy of
 * the page around allows those, but no style element), the server, the language, and one more
 * round when an attribute or the page's language changes.
 */
import base_css from './base.css';
import { locale_of, speak } from './language.js';
import { script_origin } from './server.js';
import { theme_css } from './theme.js';

/** @type {Map<string, CSSStyleSheet>} */
const sheets = new Map();

/** @param {string} css */
function sheet(css) {
  if (!sheets.has(css)) {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    sheets.set(css, made);
  }
  return /** @type {CSSStyleSheet} */ (sheets.get(css));
}

/** Browsers of before 2022 or so know no constructed sheets; they get elements.
 * @param {ShadowRoot} root @param {string[]} styles */
function dress(root, styles) {
  if ('adoptedStyleSheets' in root) {
    root.adoptedStyleSheets = styles.map(sheet);
    return;
  }
  const element = document.createElement('style');
  element.textContent = styles.join('\n');
  /** @type {ShadowRoot} */ (root).append(element);
}

/** @type {Set<DeskElement>} widgets on the page */
const present = new Set();
let watching = false;

/** A page that changes its language takes its widgets along. */
function watch_language() {
  if (watching) return;
  watching = true;
  new MutationObserver(() => present.forEach((one) => one.changed()))
    .observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
}

export class DeskElement extends HTMLElement {
  static observedAttributes = ['clinic', 'practitioner', 'locale', 'server'];
  #planned = false;
  #shown = '';
  /** Where everything of the widget stands. @type {HTMLElement} */
  body;
  /** @type {ReturnType<typeof speak>} */
  language = speak('en');

  /** @param {string} css the widget's own style */
  constructor(css) {
    super();
    const root = this.attachShadow({ mode: 'open' });
    dress(root, [theme_css, base_css, css]);
    this.body = document.createElement('div');
    this.body.className = 'widget';
    this.body.setAttribute('part', 'widget');
    root.append(this.body);
  }

  connectedCallback() {
    present.add(this);
    watch_language();
    this.changed();
  }

  disconnectedCallback() {
    present.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.changed();
  }

  /** Several changes at once are one. */
  changed() {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      const locale = locale_of(this);
      const shown = JSON.stringify([locale, this.server, this.about]);
      if (!this.isConnected || shown === this.#shown) return;
      this.#shown = shown;
      this.language = speak(locale);
      this.body.lang = locale;
      this.show();
    });
  }

  /** Draws anew; each widget has its own. */
  show() {}

  /** Where the script came from, unless the page says otherwise. */
  get server() {
    return (this.getAttribute('server') ?? script_origin).replace(/\/+$/, '');
  }

  /** Whom the questions to the server come from and in which language. */
  get from() {
    return { server: this.server, locale: this.language.locale };
  }

  /** Whose form, indicator or reviews. @returns {{clinic_id?:number, practitioner_id?:number}} */
  get about() {
    const [clinic, practitioner] = ['clinic', 'practitioner'].map((name) =>
      Number(this.getAttribute(name)) || undefined);
    return { clinic_id: clinic, practitioner_id: practitioner };
  }

  /** A figure is a doctor's or a clinic's. */
  get whose() {
    const { clinic_id, practitioner_id } = this.about;
    return practitioner_id ? { practitioner_id } : { clinic_id };
  }
}
