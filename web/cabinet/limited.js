/** What whoever came by the link of an e-mail sees: the one question, and the way to the rest. */
import { LitElement, html } from 'lit';
import { onLocale } from '../shared/i18n.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { w } from './words.js';
import './form.js';

class Limited extends LitElement {
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

  render() {
    return html`<div class="limited">
      <h1 class="visually-hidden">${w('question')}</h1>
      <p class="list-banner quiet-banner">${icon('key')}<span>${w('limited_hint')}</span></p>
      <desk-form .contact_form_id=${model.session.item.item_id}></desk-form>
    </div>`;
  }
}

customElements.define('desk-limited', Limited);
