/**
 * Who of the clinic did what in a period (rule 58): a line a person; opened, the deeds
 * themselves, each with its question.
 */
import { LitElement, html, nothing } from 'lit';
import { day_time, number, onLocale, relative } from '../shared/i18n.js';
import { date_after } from './dates.js';
import { icon } from './kit.js';
import { lasting } from './lasting.js';
import { model } from './model.js';
import { badge, empty, failed, skeleton } from './parts.js';
import { chosen_period, figure_tabs, period_picker } from './period.js';
import { Read } from './read.js';
import { address, go } from './route.js';
import { said, w } from './words.js';

const page_size = 50;
const act_icons = { read: 'eye', answered: 'reply', answered_by_phone: 'phone', rejected: 'xmark' };
const figures = ['read', 'answered', 'answered_by_phone', 'rejected'];

class Team extends LitElement {
  static properties = { agent_id: {}, older: { state: true } };

  constructor() {
    super();
    /** @type {number | null} */ this.agent_id = null;
    /** @type {any[]} */ this.older = [];
    this.ended = false;
    this.shown = '';
    this.team = new Read(this, 'team.activity', () => chosen_period(),
      { server: true, every_ms: 20_000 });
    this.acts = new Read(this, 'activity.list', () => (this.agent_id
      ? { agent_id: this.agent_id, ...instants_of(chosen_period()), limit: page_size } : null),
    { server: true });
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

  willUpdate() {
    const shown = JSON.stringify([this.agent_id, chosen_period()]);
    if (shown !== this.shown) Object.assign(this, { shown, older: [], ended: false });
  }

  async load_older() {
    const last = this.older.at(-1) ?? this.acts.value.acts.at(-1);
    const { acts, more } = await model.read('activity.list', { ...this.acts.input(),
      before_at: last.at }, { server: true });
    this.older = [...this.older, ...acts];
    this.ended = !more;
  }

  render() {
    return html`<div class="settings figures-page">
      <div class="page-head"><h1>${w('team')}</h1>${figure_tabs('team', address)}</div>
      <section class="card" aria-label=${w('team')}>
        <p class="quiet">${w('team_hint')}</p>
        <div class="figure-tools">${period_picker(this)}</div>
        ${this.people()}
      </section></div>`;
  }

  people() {
    const { value, error } = this.team;
    if (error) return failed(error, () => this.team.again());
    if (!value) return skeleton(4);
    if (!value.agents.length) return empty('team', w('no_team'), '');
    const heads = [...figures.map((name) => w(`act_${name}`)), w('median'), w('last_act')];
    return html`<div class="person-figures person-heads" aria-hidden="true">
        ${heads.map((head) => html`<span>${head}</span>`)}</div>
      <ul class="team">${value.agents.map((agent) => this.person(agent))}</ul>`;
  }

  person(agent) {
    const open = agent.agent_id === this.agent_id;
    return html`<li class="person-line ${open ? 'open' : ''} ${agent.active ? '' : 'left'}">
      <button type="button" class="person-button" aria-expanded=${open}
        @click=${() => go(address('team', open ? null : agent.agent_id))}>
        <span class="person-who"><strong>${agent.name}</strong>
          <span class="small quiet">${position_of(agent)}</span>
          ${agent.active ? nothing : badge('quiet', 'sign-out', w('has_left'))}</span>
        <span class="person-figures">${figures.map((name) => html`<span class="person-figure">
          <span class="small quiet">${w(`act_${name}`)}</span>
          <span>${number(agent[name])}</span></span>`)}
          <span class="person-figure"><span class="small quiet">${w('median')}</span>
            <span>${agent.median_ms === null ? '–' : lasting(agent.median_ms)}</span></span>
          <span class="person-figure"><span class="small quiet">${w('last_act')}</span>
            <span>${agent.last_at ? relative(agent.last_at, model.now()) : '–'}</span></span>
        </span>${icon(open ? 'chevron-up' : 'chevron-down')}</button>
      ${open ? this.deeds() : nothing}</li>`;
  }

  deeds() {
    const { value, error } = this.acts;
    if (error) return failed(error, () => this.acts.again());
    if (!value) return skeleton(2);
    const acts = [...value.acts, ...this.older];
    if (!acts.length) return html`<p class="quiet small">${w('no_acts')}</p>`;
    return html`<ol class="acts">${acts.map((act) => html`<li>
        ${icon(act_icons[act.act] ?? 'circle')}
        <span>${w(`did_${act.act}`)}
          <a href=${address('contact_form', act.contact_form_id)}>${act.name
            || w('erased_name')}</a></span>
        <time class="small quiet" datetime=${new Date(act.at).toISOString()}>${day_time(act.at)}
        </time></li>`)}</ol>
      ${value.more && !this.ended ? html`<div class="more"><wa-button size="s"
        appearance="outlined" @click=${this.load_older}>${w('more')}</wa-button></div>` : nothing}`;
  }
}

/** The days of a period as the reader's clock has them.
 * @param {{from: string, to: string}} period */
function instants_of({ from, to }) {
  return { from_at: new Date(`${from}T00:00:00`).getTime(),
    before_at: new Date(`${date_after(to, 1)}T00:00:00`).getTime() };
}

/** The role in the core's word, and the position where it says more. */
function position_of({ role, position }) {
  const word = said(`role.${role}`);
  return [word, position].filter((one, at) => one && (!at
    || one.toLocaleLowerCase() !== word.toLocaleLowerCase())).join(' · ');
}

customElements.define('desk-team', Team);
