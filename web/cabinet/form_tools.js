/**
 * What narrows the list of questions: scope, marks, doctor, state, origin, who answered, words.
 * The choice outlives the screen, so that the way back leads to the same list (rule 59).
 */
import { html, nothing } from 'lit';
import { number } from '../shared/i18n.js';
import { icon } from './kit.js';
import { has_word, said, w } from './words.js';

const scopes = ['waiting', 'done', 'all'];
const marks = ['new', 'reminded', 'secondary'];
const states = ['new', 'read', 'answered', 'answered_by_phone', 'rejected'];
const origins = ['direct', 'secondary', 'forwarded'];

const unfiltered = { state: '', reminded: false, secondary: false, practitioner_id: 0,
  agent_id: 0, origin: '' };

export const choice = {
  scope: 'waiting', words: '', ...unfiltered,
  /** @type {any} a figure of a report whose questions are shown */ figure: null,

  get filters_n() {
    return ['practitioner_id', 'agent_id', 'origin', 'state'].filter((name) => this[name]
      && this[name] !== 'new').length;
  },

  get filtered() {
    return Boolean(this.filters_n || this.state || this.reminded || this.secondary || this.figure);
  },
};

/** The list is to show what a bar or a number of a report counts. @param {any} figure */
export function show_figure({ practitioner_id, ...figure }) {
  Object.assign(choice, unfiltered, { scope: 'all', words: '', figure,
    practitioner_id: practitioner_id ?? 0 });
}

/** @param {any[]} rows */
export function of_figure(rows) {
  const ids = choice.figure?.ids;
  return ids ? rows.filter((row) => ids.includes(row.contact_form_id)) : rows;
}

/** Every filter off, the scope as it is. */
export function begins_anew() {
  return { ...unfiltered, figure: null };
}

/** As the core's list takes it: nothing is said of what was not chosen. @param {any} chosen */
export function list_input({ scope, state, reminded, secondary, practitioner_id, agent_id,
  origin, figure }) {
  const { from_at, to_at, answer_from_ms, answer_to_ms } = figure ?? {};
  return { scope, ...(state && { state }), ...(reminded && { reminded }),
    ...(secondary && { secondary }), ...(practitioner_id && { practitioner_id }),
    ...(agent_id && { agent_id }), ...(origin && { origin }),
    ...(from_at && { from_at, to_at }), ...(answer_from_ms && { answer_from_ms }),
    ...(answer_to_ms && { answer_to_ms }) };
}

/** The core counts to a thousand. @param {number} [n] */
export function counted(n = 0) {
  return n >= 1000 ? `${number(999)}+` : number(n);
}

/** @param {any} screen the list's screen */
export function form_tools(screen) {
  const counts = screen.pages.reply?.counts ?? {};
  return html`<div class="tools" role="search">
    <div class="search-line">
      <wa-input class="search" type="search" size="s" label=${w('search')} with-clear
        placeholder=${w('search_questions_hint')} .value=${choice.words} autocomplete="off"
        @input=${(event) => screen.choose({ words: event.target.value })}
        @keydown=${(event) => screen.search_key(event)}>
        <span slot="start">${icon('search')}</span></wa-input>
      <button type="button" class="icon-button more-filters" aria-expanded=${screen.filters_open}
        aria-controls="more-filters" aria-label=${w('filters')} title=${w('filters')}
        @click=${() => { screen.filters_open = !screen.filters_open; }}>${icon('filter')}
        ${choice.filters_n ? html`<span class="unread-count">${choice.filters_n}</span>`
          : nothing}</button>
    </div>
    <div class="scope-line">
      <div class="segments" role="group" aria-label=${w('scope')}>${scopes.map((scope) => html`
        <button type="button" class="segment" aria-pressed=${choice.scope === scope}
          @click=${() => screen.choose({ ...begins_anew(), scope })}>${w(`scope_${scope}`)}
          ${scope === 'waiting' ? html`<span class="filter-count">${counted(counts.waiting)}</span>`
            : nothing}</button>`)}</div>
      ${choice.scope === 'waiting' ? mark_buttons(screen, counts) : nothing}
    </div>
    ${choice.figure ? html`<p class="figure-line small">${icon('chart')}
      <span>${choice.figure.title}</span><button type="button" class="text-button"
        @click=${() => screen.choose({ ...begins_anew(), scope: 'waiting' })}>
        ${w('clear_filters')}</button></p>` : nothing}
    ${screen.filters_open ? selects(screen) : html`<div id="more-filters" hidden></div>`}
  </div>`;
}

/** Marks are switches: pressed again they let go. */
function mark_buttons(screen, counts) {
  const on = { new: choice.state === 'new', reminded: choice.reminded,
    secondary: choice.secondary };
  const shown = marks.filter((mark) => counts[mark] || on[mark]);
  if (!shown.length) return nothing;
  const set = (mark) => ({ state: '', reminded: false, secondary: false,
    [mark === 'new' ? 'state' : mark]: on[mark] ? unfiltered[mark === 'new' ? 'state' : mark]
      : mark === 'new' ? 'new' : true });
  return html`<div class="filters" role="group" aria-label=${w('filter')}>${shown.map((mark) =>
    html`<button type="button" class="filter mark-${mark}" aria-pressed=${on[mark]}
      @click=${() => screen.choose(set(mark))}>${mark_word(mark)}
      <span class="filter-count">${counted(counts[mark])}</span></button>`)}</div>`;
}

function mark_word(mark) {
  return mark === 'reminded' ? w('reminded') : said(`state.contact_form.${mark}`);
}

function selects(screen) {
  const doctors = screen.doctors.value?.practitioners ?? [];
  const agents = screen.agents.value?.agents ?? [];
  return html`<div class="selects" id="more-filters">
    ${select(screen, 'practitioner_id', w('doctor'), doctors.map((one) =>
      [one.practitioner_id, one.name]))}
    ${choice.scope === 'waiting' ? nothing : select(screen, 'agent_id', w('answered_by'),
      agents.map((one) => [one.agent_id, one.name]))}
    ${select(screen, 'state', w('state'), states.map((state) =>
      [state, said(`state.contact_form.${state}`)]))}
    ${select(screen, 'origin', w('origin'), origins.map((origin) =>
      [origin, has_word(`origin_${origin}`) ? w(`origin_${origin}`) : origin]))}
    ${choice.filtered ? html`<button type="button" class="text-button"
      @click=${() => screen.choose(begins_anew())}>${w('clear_filters')}</button>` : nothing}
  </div>`;
}

function select(screen, name, label, options) {
  const take = (value) => (name.endsWith('_id') ? Number(value) : value);
  return html`<label class="select small"><span class="quiet">${label}</span>
    <select @change=${(event) => screen.choose({ [name]: take(event.target.value) })}>
      <option value="" ?selected=${!choice[name]}>${w('any')}</option>
      ${options.map(([value, word]) => html`<option value=${value}
        ?selected=${choice[name] === value} .selected=${choice[name] === value}>${word}</option>`)}
    </select></label>`;
}
