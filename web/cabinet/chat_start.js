/**
 * The way to a new chat: its purpose with the warning of rule 8, the representative's data when
 * they are missing (rule 9), and the first message with a prepared text (rule 10).
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { focus_in, purpose_label, rule_chip } from './parts.js';
import { Read } from './read.js';
import { said, w } from './words.js';
import './composer.js';
import { asks_for_data } from './representative.js';

const purposes = { solve: 'handshake', thank: 'star' };

class ChatStart extends LitElement {
  static properties = {
    review: {}, allowed: {}, refused: {}, purpose: { state: true }, agreed: { state: true },
    asking: { state: true }, unagreed: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */ this.review = null;
    /** @type {any} */ this.purpose = null;
    this.agreed = false;
    this.unagreed = false;
    this.allowed = [];
    this.refused = [];
    this.greetings = Object.fromEntries(Object.keys(purposes).map((purpose) => [purpose,
      new Read(this, 'review_chat.greeting', () => (this.review
        ? { review_id: this.review.review_id, purpose } : null))]));
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => {
      for (const greeting of Object.values(this.greetings)) void greeting.again();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  willUpdate(changed) {
    if (!changed.has('review')) return;
    if (changed.get('review')?.review_id === this.review.review_id) return;
    this.purpose = null;
    this.agreed = false;
    this.unagreed = false;
  }

  /** Why nobody may begin here. Missing data are no such reason: they are asked for below. */
  get refusal() {
    return this.refused.find(({ event, code }) => event === 'open' && code !== asks_for_data)
      ?? Object.values(this.greetings).find(({ error }) => error)?.error ?? null;
  }

  get greeting() {
    return this.greetings[this.purpose]?.value ?? null;
  }

  async begin() {
    await this.updateComplete;
    this.scrollIntoView({ block: 'nearest' });
    const part = this.querySelector('desk-representative, desk-composer');
    if (part) await /** @type {any} */ (part).begin();
    else focus_in(this, '.purpose-input, .purpose-reply');
  }

  choose(purpose) {
    this.purpose = purpose;
    this.agreed = false;
    this.unagreed = false;
  }

  /** Sends only what was confirmed where the core asks for it (rule A03). @param {string} text */
  open = async (text) => {
    const { confirm_required } = this.greeting ?? {};
    if (confirm_required && !this.agreed) {
      this.unagreed = true;
      await this.updateComplete;
      focus_in(this, '.agree');
      return false;
    }
    await model.send('review_chat.open', { review_id: this.review.review_id, purpose: this.purpose,
      text, ...(confirm_required && { confirmed: true }) });
    announce(w(model.state.online ? 'chat_opened' : 'message_queued'));
    return true;
  };

  render() {
    const { refusal } = this;
    return html`<section class="start" aria-labelledby="start-title">
      <h3 id="start-title">${icon('lock')} ${w('private_chat')}</h3>
      ${refusal ? html`<p class="notice quiet-notice">${icon('lock')}<span>${refusal.message}</span>
          ${rule_chip(refusal.rule)}</p>`
        : [this.purpose_choice(), this.purpose ? this.rest() : nothing]}
      <p class="visibility small quiet">${icon('eye')}<span>${said('notice.visibility')}</span></p>
    </section>`;
  }

  purpose_choice() {
    const better = !this.review.reply
      && Object.values(this.greetings).some(({ value }) => value?.propose_reply);
    return html`
      ${better ? this.proposal() : nothing}
      <fieldset class="purposes">
        <legend>${w('purpose_question')}</legend>
        ${Object.entries(purposes).map(([purpose, name]) => html`<label class="purpose">
          <input class="purpose-input" type="radio" name="purpose" value=${purpose}
            .checked=${this.purpose === purpose} @change=${() => this.choose(purpose)}>
          ${icon(name)}
          <span><strong>${purpose_label(purpose)}</strong>
            <span class="small quiet">${w(`purpose_${purpose}_hint`)}</span></span></label>`)}
      </fieldset>
      ${this.warning()}`;
  }

  proposal() {
    return html`<div class="proposal">${icon('reply')}
      <div><strong>${w('propose_reply')}</strong>
        <p class="small">${w('propose_reply_hint')}</p></div>
      <wa-button class="purpose-reply" size="s" appearance="outlined" variant="brand"
        @click=${() => this.dispatchEvent(new CustomEvent('reply-publicly'))}>
        ${said('button.reply')}</wa-button></div>`;
  }

  warning() {
    const { warning, confirm_required } = this.greeting ?? {};
    if (!warning) return nothing;
    return html`<wa-callout class="warning" variant="warning" role="note">
      <span slot="icon">${icon('warning')}</span>
      <strong>${w('warning')}</strong><p>${warning}</p>
      ${confirm_required ? html`<wa-checkbox class="agree" .checked=${this.agreed}
        @change=${(event) => { this.agreed = event.target.checked; this.unagreed = false; }}>
        ${w('confirm_warning')}</wa-checkbox>` : nothing}
      ${this.unagreed ? html`<p class="missing" role="alert">${w('confirm_missing')}</p>` : nothing}
    </wa-callout>`;
  }

  rest() {
    if (!this.greeting) return nothing;
    if (!this.greeting.representative_known) {
      return html`<section class="ask" aria-labelledby="ask-title">
        <h4 id="ask-title">${w('representative_missing')}</h4>
        <p class="small quiet">${w('representative_missing_hint')}</p>
        <desk-representative @representative-set=${() => this.introduced()}></desk-representative>
      </section>`;
    }
    return html`<section class="first" aria-labelledby="first-title">
      <h4 id="first-title">${w('first_message')}</h4>
      <p class="small quiet">${w('first_message_hint')} ${w('sends_sms')}
        ${w('purpose_forever')}</p>
      <desk-composer draft_key="review_chat.${this.review.review_id}.${this.purpose}"
        .label=${w('first_message')} .prepared=${this.greeting.text} .submit=${this.open}
        .submit_word=${w('send_first')}></desk-composer>
    </section>`;
  }

  async introduced() {
    await Promise.all(Object.values(this.greetings).map((greeting) => greeting.again()));
    await this.updateComplete;
    await /** @type {any} */ (this.querySelector('desk-composer'))?.begin();
  }
}

customElements.define('desk-chat-start', ChatStart);
