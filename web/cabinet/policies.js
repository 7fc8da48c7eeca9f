/**
 * The clinic's policy: every default of the rules as one line, with its meaning, its rule and
 * the way back. Which lines may be changed by whom, the core says.
 */
import { LitElement, html, nothing } from 'lit';
import { onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { badge, empty, failed, problem, rule_chip, skeleton } from './parts.js';
import { Read } from './read.js';
import { w } from './words.js';

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function shown(value) {
  return typeof value === 'boolean' ? w(value ? 'yes' : 'no') : String(value);
}

class Policies extends LitElement {
  static properties = { words: { state: true }, errors: { state: true } };

  constructor() {
    super();
    this.words = '';
    this.errors = {};
    this.list = new Read(this, 'policy.list', () => ({ clinic_id: model.clinic_id }),
      { server: true });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => void this.list.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  async set(policy, value) {
    if (same(value, policy.value)) return;
    this.errors = { ...this.errors, [policy.key]: null };
    try {
      await this.store(policy.key, value);
      toast(w('policy_saved'), { kind: 'good', undo_label: w('undo'),
        undo: () => void this.restore(policy) });
    } catch (error) {
      this.errors = { ...this.errors, [policy.key]: error };
      await this.list.again();
    }
  }

  async store(key, value) {
    await model.call('policy.set', { clinic_id: model.clinic_id, key, value });
    await this.list.again();
  }

  async restore(policy) {
    await this.store(policy.key, policy.value);
    toast(w('policy_undone'));
  }

  get found() {
    const wanted = this.words.trim().toLocaleLowerCase();
    const all = this.list.value?.policies ?? [];
    return all.filter(({ key, doc }) => `${key} ${doc}`.toLocaleLowerCase().includes(wanted));
  }

  render() {
    if (this.list.error) return failed(this.list.error, () => this.list.again());
    if (!this.list.value) return skeleton(4);
    const { policies, preset } = this.list.value;
    if (!policies.length) return empty('settings', w('policy_none'), '');
    return html`
      <div class="policy-tools">
        <wa-input type="search" size="s" label=${w('policy_search')} with-clear .value=${this.words}
          @input=${(event) => { this.words = event.target.value; }}>
          <span slot="start">${icon('search')}</span></wa-input>
        ${preset ? badge('quiet', 'shield', w('policy_preset',
          { preset: w(`preset_${preset}`) })) : nothing}
      </div>
      <ul class="policies">${this.found.map((policy) => this.line(policy))}</ul>`;
  }

  line(policy) {
    const { key, value, doc, rule } = policy;
    const changed = !same(value, policy.default);
    return html`<li class="policy ${changed ? 'changed' : ''}">
      <div class="policy-about">
        <p><strong id="policy-${key}">${doc}</strong> ${rule_chip(rule)}</p>
        <p class="small quiet"><code>${key}</code> · ${w('policy_default',
          { value: shown(policy.default) })}
          ${changed ? badge('soft', 'pencil', w('policy_changed')) : nothing}</p>
        ${problem(this.errors[key])}
      </div>
      <div class="policy-value">${this.field(policy)}</div>
    </li>`;
  }

  field(policy) {
    const { value, doc } = policy;
    if (policy.editable === false) return html`<output>${shown(value)}</output>`;
    if (typeof policy.default === 'boolean') {
      return html`<wa-switch .checked=${Boolean(value)}
        @change=${(event) => void this.set(policy, event.target.checked)}>
        <span class="visually-hidden">${doc}</span></wa-switch>`;
    }
    const numeric = typeof policy.default === 'number';
    return html`<wa-input size="s" type=${numeric ? 'number' : 'text'} label=${doc}
      class="bare" .value=${String(value)} without-spin-buttons
      @change=${(event) => void this.set(policy, numeric ? Number(event.target.value)
        : event.target.value)}></wa-input>`;
  }
}

customElements.define('desk-policies', Policies);
