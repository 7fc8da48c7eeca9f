/**
 * The clinic's policy: every default of the rules as one line, with its meaning, its rule and
 * the way back. Which lines may be changed by whom, the core says.
 */
import { LitElement, html, nothing } from 'lit';
import { number, onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { badge, empty, failed, problem, rule_chip, skeleton } from './parts.js';
import { Read } from './read.js';
import { has_word, w } from './words.js';

/** A policy that is a switch is kept as 0 or 1, as every policy is a number. */
const is_switch = ({ min, max }) => min === 0 && max === 1;

function shown(policy, value) {
  if (is_switch(policy)) return w(value ? 'yes' : 'no');
  if (policy.unit === 'seconds') return duration(value);
  const unit = `unit_${policy.unit}`;
  return has_word(unit) ? `${number(value)} ${w(unit)}` : number(value);
}

/** Seconds as people say them: 14 days, 10 minutes. @param {number} seconds */
function duration(seconds) {
  const { unit, size } = [{ unit: 'day', size: 86_400 }, { unit: 'hour', size: 3600 },
    { unit: 'minute', size: 60 }, { unit: 'second', size: 1 }]
    .find((one) => seconds % one.size === 0 && (seconds || one.size === 1));
  return number(seconds / size, { style: 'unit', unit, unitDisplay: 'long' });
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

  /** @param {any} policy @param {number | undefined} value undefined: back to the default */
  async set(policy, value) {
    if (value === policy.value) return;
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
    await model.call('policy.set', { clinic_id: model.clinic_id, key,
      ...(value !== undefined && { value }) });
    await this.list.again();
  }

  async restore(policy) {
    await this.store(policy.key, policy.changed ? policy.value : undefined);
    toast(w('policy_undone'));
  }

  get found() {
    const wanted = this.words.trim().toLocaleLowerCase();
    const all = this.list.value?.policies ?? [];
    return all.filter(({ key, text }) => `${key} ${text}`.toLocaleLowerCase().includes(wanted));
  }

  render() {
    if (this.list.error) return failed(this.list.error, () => this.list.again());
    if (!this.list.value) return skeleton(4);
    const { policies, preset, editable } = this.list.value;
    if (!policies.length) return empty('settings', w('policy_none'), '');
    return html`
      <div class="policy-tools">
        <wa-input type="search" size="s" label=${w('policy_search')} with-clear .value=${this.words}
          @input=${(event) => { this.words = event.target.value; }}>
          <span slot="start">${icon('search')}</span></wa-input>
        ${preset ? badge('quiet', 'shield', w('policy_preset',
          { preset: w(`preset_${preset}`) })) : nothing}
      </div>
      ${editable === false ? html`<p class="notice quiet-notice">${icon('lock')}
        <span>${w('policy_readonly')}</span></p>` : nothing}
      <ul class="policies">${this.found.map((policy) => this.line(policy))}</ul>`;
  }

  line(policy) {
    const { key, text, rule, changed } = policy;
    const usual = policy[this.list.value.preset];
    return html`<li class="policy ${changed ? 'changed' : ''}">
      <div class="policy-about">
        <p><strong>${text}</strong> ${rule_chip(rule)}</p>
        <p class="small quiet"><code>${key}</code> · ${w('policy_default',
          { value: shown(policy, usual) })}
          ${changed ? badge('soft', 'pencil', w('policy_changed')) : nothing}
          ${changed && this.editable ? html`<button type="button" class="text-button"
            @click=${() => void this.set(policy, undefined)}>${w('policy_reset')}</button>`
            : nothing}</p>
        ${problem(this.errors[key])}
      </div>
      <div class="policy-value">${this.field(policy)}</div>
    </li>`;
  }

  get editable() {
    return this.list.value.editable !== false;
  }

  field(policy) {
    const { value, text, min, max, unit } = policy;
    if (!this.editable) return html`<output>${shown(policy, value)}</output>`;
    if (is_switch(policy)) {
      return html`<wa-switch .checked=${Boolean(value)}
        @change=${(event) => void this.set(policy, Number(event.target.checked))}>
        <span class="visually-hidden">${text}</span></wa-switch>`;
    }
    return html`<wa-input size="s" type="number" class="bare" label=${text} min=${min} max=${max}
      .value=${String(value)} without-spin-buttons
      @change=${(event) => void this.set(policy, Number(event.target.value))}></wa-input>
      ${unit === 'seconds' ? html`<span class="small quiet">${shown(policy, value)}</span>`
        : nothing}`;
  }
}

customElements.define('desk-policies', Policies);
