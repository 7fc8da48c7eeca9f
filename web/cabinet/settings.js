/**
 * Settings: who writes to patients, how the desk works (policy), where one is signed in, the
 * keyboard. These go to the server at once; nothing here waits in the replica.
 */
import { LitElement, html, nothing } from 'lit';
import { onLocale } from '../shared/i18n.js';
import { single_keys } from './keys.js';
import { address } from './route.js';
import { w } from './words.js';
import './policies.js';
import './representative.js';
import './session_list.js';

/** @param {'settings' | 'notices'} here */
export function settings_tabs(here) {
  return html`<nav class="segments page-tabs" aria-label=${w('settings')}>
    ${['settings', 'notices'].map((screen) => html`<a class="segment" href=${address(screen)}
      aria-current=${here === screen ? 'page' : nothing}>${w(screen)}</a>`)}</nav>`;
}

class Settings extends LitElement {
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  card(name, body) {
    return html`<section class="card" aria-labelledby="${name}-title">
      <h2 id="${name}-title">${w(`settings_${name}`)}</h2>
      <p class="quiet">${w(`settings_${name}_hint`)}</p>
      ${body}</section>`;
  }

  render() {
    return html`<div class="settings">
      <div class="page-head"><h1>${w('settings')}</h1>${settings_tabs('settings')}</div>
      ${this.card('representative', html`<desk-representative></desk-representative>`)}
      ${this.card('policy', html`<desk-policies></desk-policies>`)}
      ${this.card('sessions', html`<desk-session-list></desk-session-list>`)}
      <section class="card" aria-labelledby="keys-title">
        <h2 id="keys-title">${w('settings_keys')}</h2>
        <wa-switch ?checked=${single_keys.on} hint=${w('keys_on_hint')}
          @change=${(event) => { single_keys.on = event.target.checked; }}>
          ${w('keys_on')}</wa-switch>
      </section>
    </div>`;
  }
}

customElements.define('desk-settings', Settings);
