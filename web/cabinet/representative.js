/**
 * Who writes to patients (rule 9): asked once before the first message, and kept in Settings.
 * What a good name or address is, the core says; the field it names shows its answer.
 */
import { LitElement, html, nothing } from 'lit';
import { onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { model } from './model.js';
import { focus_in, message_of, problem } from './parts.js';
import { Read } from './read.js';
import { w } from './words.js';

/** The refusal that this form answers. */
export const asks_for_data = 'refused.no_representative';

const fields = [
  { name: 'name', autocomplete: 'name', type: 'text' },
  { name: 'position', autocomplete: 'organization-title', type: 'text' },
  { name: 'email', autocomplete: 'email', type: 'email' },
];

class Representative extends LitElement {
  static properties = { values: { state: true }, error: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.error = null;
    this.busy = false;
    this.stored = new Read(this, 'representative.get', () => ({}));
    this.values = null;
  }

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

  /** What is on file, with what is being typed over it. */
  get shown() {
    const stored = this.stored.value?.representative;
    return { name: '', position: '', email: '', ...stored, ...this.values };
  }

  async begin() {
    await this.updateComplete;
    const empty = fields.find(({ name }) => !this.shown[name]) ?? fields[0];
    focus_in(this, `[name=${empty.name}]`);
  }

  async save(event) {
    event.preventDefault();
    const before = this.stored.value?.representative;
    this.busy = true;
    this.error = null;
    try {
      await this.store(this.shown);
      toast(w('representative_saved'), { kind: 'good', undo_label: w('undo'),
        undo: before?.complete ? () => void this.restore(before) : undefined });
      this.dispatchEvent(new CustomEvent('representative-set', { bubbles: true }));
    } catch (error) {
      this.error = error;
      this.focus_field(error.field);
    } finally {
      this.busy = false;
    }
  }

  async store({ name, position, email }) {
    await model.call('representative.set', { name, position, email });
    this.values = null;
    await this.stored.again();
  }

  async restore(before) {
    await this.store(before);
    toast(w('representative_undone'));
  }

  focus_field(name) {
    if (name) void this.updateComplete.then(() => focus_in(this, `[name=${name}]`));
  }

  field({ name, autocomplete, type }) {
    const wrong = this.error?.field === name;
    return html`<wa-input name=${name} type=${type} autocomplete=${autocomplete} required
      class=${wrong ? 'wrong' : ''} label=${w(`field_${name}`)}
      hint=${wrong ? message_of(this.error) : name === 'email' ? w('field_email_hint') : ''}
      .value=${this.shown[name] ?? ''}
      @input=${(event) => { this.values = { ...this.values, [name]: event.target.value }; }}>
    </wa-input>`;
  }

  render() {
    if (this.stored.error) return problem(this.stored.error);
    const known = fields.some(({ name }) => name === this.error?.field);
    return html`<form class="representative" novalidate @submit=${this.save}>
      ${fields.map((field) => this.field(field))}
      ${this.error && !known ? problem(this.error) : nothing}
      ${known ? html`<p class="visually-hidden" role="alert">
        ${message_of(this.error)}</p>` : nothing}
      <wa-button type="submit" variant="brand" ?loading=${this.busy}>${w('save')}</wa-button>
    </form>`;
  }
}

customElements.define('desk-representative', Representative);
