/**
 * How this person learns of new questions: by e-mail, on this device's locked screen, on which
 * other devices; and which addresses of the clinic do not take mail.
 */
import { LitElement, html, nothing } from 'lit';
import { day, day_time, onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { failed, problem, skeleton } from './parts.js';
import { push_state, push_subscribe, push_unsubscribe } from './push.js';
import { Read } from './read.js';
import { settings_tabs } from './settings.js';
import { w } from './words.js';

class Notices extends LitElement {
  static properties = { device: { state: true }, error: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.error = null;
    this.busy = false;
    /** What this browser can do: on, off, denied, unsupported or keyless. */
    this.device = { state: '', endpoint: '' };
    this.notices = new Read(this, 'notice.get', () => ({}), { server: true });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => this.requestUpdate());
    void this.look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  async look() {
    this.device = await push_state();
  }

  async act(work) {
    this.busy = true;
    this.error = null;
    try {
      await work();
      await Promise.all([this.notices.again(), this.look()]);
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  set_email(on) {
    void this.act(async () => {
      await model.call('notice.set', { contact_form_email: on });
      toast(w(on ? 'email_on' : 'email_off'), { kind: 'good' });
    });
  }

  render() {
    const { value, error } = this.notices;
    return html`<div class="settings">
      <div class="page-head"><h1>${w('notices')}</h1>${settings_tabs('notices')}</div>
      ${error ? failed(error, () => this.notices.again()) : !value ? skeleton(4) : html`
        ${problem(this.error)} ${this.bounces(value)} ${this.email(value)} ${this.push(value)}`}
    </div>`;
  }

  bounces({ bounces }) {
    if (!bounces.length) return nothing;
    return html`<section class="card bounce-card" aria-labelledby="bounce-title">
      <h2 id="bounce-title">${icon('warning')} ${w('bounces')}</h2>
      <p class="quiet">${w('bounces_hint')}</p>
      <ul class="devices">${bounces.map((one) => html`<li>${icon('mail')}
        <span><strong>${one.address}</strong> ${one.agent_name ? html`<span class="quiet">
          (${one.agent_name})</span>` : nothing}<br><span class="small quiet">${day_time(one.at)}
          · ${one.error}</span></span></li>`)}</ul></section>`;
  }

  email({ contact_form_email }) {
    return html`<section class="card" aria-labelledby="email-title">
      <h2 id="email-title">${w('notice_email')}</h2>
      <wa-switch .checked=${contact_form_email} ?disabled=${this.busy}
        hint=${w('notice_email_hint')}
        @change=${(event) => this.set_email(event.target.checked)}>
        ${w('notice_email_switch')}</wa-switch></section>`;
  }

  push({ push }) {
    const { state } = this.device;
    return html`<section class="card" aria-labelledby="push-title">
      <h2 id="push-title">${w('notice_push')}</h2>
      <p class="quiet">${w('notice_push_hint')}</p>
      ${state === 'on' ? html`<p class="notice good">${icon('check')}<span>${w('push_here')}</span>
          <wa-button size="s" appearance="outlined" ?loading=${this.busy}
            @click=${() => this.act(push_unsubscribe)}>${w('push_stop')}</wa-button></p>`
        : state === 'off' ? html`<div><wa-button variant="brand" ?loading=${this.busy}
            @click=${() => this.act(() => push_subscribe(device_name()))}>
            <span slot="start">${icon('bell')}</span>${w('push_start')}</wa-button></div>`
          : state ? html`<p class="notice quiet-notice">${icon('info')}
            <span>${w(`push_${state}`)}</span></p>` : nothing}
      ${push.length ? html`<h3>${w('devices')}</h3>
        <ul class="devices">${push.map((one) => html`<li>${icon('phone')}
          <span><strong>${one.label || w('device')}</strong><br><span class="small quiet">
            ${w('device_since', { when: day(one.added_at) })}</span></span>
          <wa-button size="s" appearance="outlined" @click=${() => this.act(() =>
            model.call('push.unsubscribe', { subscription_id: one.subscription_id }))}>
            ${w('remove')}<span class="visually-hidden">: ${one.label}</span></wa-button></li>`)}
        </ul>` : nothing}
    </section>`;
  }
}

/** How its owner will know the device in the list. */
function device_name() {
  const { userAgent: agent } = navigator;
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((one) => agent.includes(one));
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux']
    .find((one) => agent.includes(one));
  const names = { Edg: 'Edge', OPR: 'Opera' };
  return [names[browser] ?? browser, system].filter(Boolean).join(', ');
}

customElements.define('desk-notices', Notices);
