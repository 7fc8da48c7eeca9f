/** What the platform's people have to do: clinics whose mail comes back (they are called). */
import { LitElement, html } from 'lit';
import { onLocale, relative } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { empty, failed, problem, skeleton } from './parts.js';
import { Read } from './read.js';
import { has_word, w } from './words.js';

class Tasks extends LitElement {
  static properties = { error: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.error = null;
    this.tasks = new Read(this, 'task.list', () => ({}), { server: true });
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

  async close(task) {
    this.error = null;
    try {
      await model.call('task.close', { task_id: task.task_id });
      toast(w('task_closed'), { kind: 'good' });
      await this.tasks.again();
    } catch (error) {
      this.error = error;
    }
  }

  render() {
    const { value, error } = this.tasks;
    return html`<div class="settings">
      <h1>${w('tasks')}</h1>
      ${problem(this.error)}
      ${error ? failed(error, () => this.tasks.again()) : !value ? skeleton(3)
        : value.tasks.length ? html`<ul class="card devices tasks">${value.tasks.map((task) =>
          this.line(task))}</ul>` : empty('check', w('no_tasks'), w('no_tasks_hint'))}
    </div>`;
  }

  line(task) {
    const word = `task_${task.kind}`;
    return html`<li>${icon('mail')}
      <span><strong>${task.clinic_name}</strong>: ${has_word(word)
        ? w(word, { address: task.address }) : task.address}
        ${task.agent_name ? html`(${task.agent_name})` : ''}<br>
        <span class="small quiet">${relative(task.opened_at, model.now())} · ${task.error}</span>
      </span>
      <wa-button size="s" appearance="outlined" @click=${() => this.close(task)}>
        ${w('task_close')}<span class="visually-hidden">: ${task.clinic_name}</span></wa-button>
    </li>`;
  }
}

customElements.define('desk-tasks', Tasks);
