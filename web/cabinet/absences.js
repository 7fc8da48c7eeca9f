/**
 * The calendar of absences and holidays (rule 53): a range of days is picked on it, then whose it
 * is; holidays are switched day by day. The list beside it says the same in words, and takes back.
 */
import { LitElement, html, nothing } from 'lit';
import 'cally';
import { announce } from '../shared/announce.js';
import { locale, onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { date_after, day_of, days_between, days_of, today } from './dates.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { problem } from './parts.js';
import { w } from './words.js';

const tags = { ru: 'ru-RU', pl: 'pl-PL', en: 'en-GB' };
const modes = ['absence', 'holiday'];
const narrow = matchMedia('(max-width: 52rem)');

class Absences extends LitElement {
  static properties = { value: {}, doctors: {}, editable: {}, mode: { state: true },
    year: { state: true }, range: { state: true }, whose: { state: true },
    error: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.value = null;
    /** @type {any[]} */ this.doctors = [];
    this.editable = true;
    this.mode = 'absence';
    this.year = false;
    this.range = '';
    this.whose = 0;
    this.picked = '';
    /** @type {any} */ this.error = null;
    this.busy = false;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.redraw = () => this.requestUpdate();
    narrow.addEventListener('change', this.redraw);
    this.forget = onLocale(this.redraw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.redraw);
    this.forget();
  }

  get months() {
    return this.year ? 12 : narrow.matches ? 1 : 3;
  }

  /** How a day looks: the names of what holds on it, for the style sheet. */
  parts_of = (date) => {
    const { absences, holidays, hours } = this.value;
    const day = date.toISOString().slice(0, 10);
    const away = absences.filter((one) => one.from <= day && day <= one.to);
    const week_day = date.getUTCDay() || 7;
    return [away.some((one) => !one.practitioner_id) && 'away-clinic',
      away.some((one) => one.practitioner_id) && 'away-doctor',
      holidays.includes(day) && 'holiday',
      hours.length && !hours.some((one) => one.day === week_day) && 'closed']
      .filter(Boolean).join(' ');
  };

  async act(work) {
    this.busy = true;
    this.error = null;
    try {
      await work();
      this.dispatchEvent(new CustomEvent('saved'));
    } catch (error) {
      this.error = error;
      announce(error.message, 'assertive');
    } finally {
      this.busy = false;
    }
  }

  add() {
    const [from, to] = this.range.split('/');
    void this.act(async () => {
      const { absence_id, moved } = await this.store({ from, to,
        ...(this.whose && { practitioner_id: this.whose }) });
      this.range = '';
      toast(`${w('absence_saved')} ${moves(moved)}`, { kind: 'good', undo_label: w('undo'),
        undo: () => this.act(() => model.call('absence.remove', { absence_id })) });
    });
  }

  store(absence) {
    return model.call('absence.add', absence);
  }

  remove({ absence_id, practitioner_id, from, to }) {
    void this.act(async () => {
      const { moved } = await model.call('absence.remove', { absence_id });
      toast(`${w('absence_removed')} ${moves(moved)}`, { undo_label: w('undo'),
        undo: () => this.act(() => this.store({ from, to,
          ...(practitioner_id && { practitioner_id }) })) });
    });
  }

  /** @param {string} dates as the calendar gives them, with blanks between */
  set_holidays(dates) {
    this.picked = dates;
    const before = this.value.holidays;
    const holidays = dates.split(' ').filter(Boolean).sort();
    const { hours } = this.value;
    const store = (days) => model.call('clinic.set_hours', { hours, holidays: days });
    void this.act(async () => {
      await store(holidays);
      toast(w('holidays_saved'), { kind: 'good', undo_label: w('undo'),
        undo: () => this.act(() => store(before)) });
    });
  }

  render() {
    return html`${problem(this.error)}
      <div class="absence-tools">
        ${this.editable ? html`<div class="segments" role="group" aria-label=${w('calendar_mode')}>
          ${modes.map((mode) => html`<button type="button" class="segment"
            aria-pressed=${this.mode === mode} @click=${() => { this.mode = mode; }}>
            ${w(`mode_${mode}`)}</button>`)}</div>` : nothing}
        <button type="button" class="filter" aria-pressed=${this.year}
          @click=${() => { this.year = !this.year; }}>${w('whole_year')}</button>
        <ul class="legend small quiet">${['away-clinic', 'away-doctor', 'holiday', 'closed']
          .map((kind) => html`<li><span class="key-dot ${kind}"></span>
            ${w(`legend_${kind.replace('-', '_')}`)}</li>`)}</ul>
      </div>
      <div class="calendar-side ${this.year ? 'year' : ''}">
        <div class="calendars">${this.mode === 'absence' ? this.range_calendar()
          : this.holiday_calendar()}</div>
        ${this.mode === 'absence' ? this.range_panel() : html`<p class="small quiet">
          ${w('holiday_hint')}</p>`}
      </div>
      ${this.list()}`;
  }

  months_shown() {
    return html`<span slot="previous">${icon('chevron-left')}
        <span class="visually-hidden">${w('earlier_months')}</span></span>
      <span slot="next">${icon('chevron-right')}
        <span class="visually-hidden">${w('later_months')}</span></span>
      <div class="months">${Array.from({ length: this.months }, (_, offset) =>
        html`<calendar-month offset=${offset}></calendar-month>`)}</div>`;
  }

  range_calendar() {
    return html`<calendar-range months=${this.months} locale=${tags[locale()]}
      first-day-of-week="1" .getDayParts=${this.parts_of} .value=${this.range}
      .isDateDisallowed=${this.editable ? () => false : () => true}
      @change=${(event) => { this.range = event.target.value; }}>
      ${this.months_shown()}</calendar-range>`;
  }

  /** The calendar keeps its own order; told the same days in another, it would move the cursor. */
  get holidays() {
    const stored = this.value.holidays.join(' ');
    return this.picked.split(' ').sort().join(' ') === stored ? this.picked : stored;
  }

  holiday_calendar() {
    return html`<calendar-multi months=${this.months} locale=${tags[locale()]}
      first-day-of-week="1" .getDayParts=${this.parts_of} .value=${this.holidays}
      @change=${(event) => this.set_holidays(event.target.value)}>
      ${this.months_shown()}</calendar-multi>`;
  }

  range_panel() {
    if (!this.editable) return nothing;
    if (!this.range) return html`<p class="small quiet range-hint">${w('range_hint')}</p>`;
    const [from, to] = this.range.split('/');
    return html`<div class="range-panel" role="group" aria-label=${w('mode_absence')}>
      <p><strong>${days_of(from, to)}</strong>
        <span class="quiet small">${w('days', { n: days_between(from, to) })}</span></p>
      <label class="select"><span class="small quiet">${w('who_is_away')}</span>
        <select @change=${(event) => { this.whose = Number(event.target.value); }}>
          <option value="0" ?selected=${!this.whose}>${w('whole_clinic')}</option>
          ${this.doctors.map((one) => html`<option value=${one.practitioner_id}
            ?selected=${this.whose === one.practitioner_id}>${one.name}</option>`)}
        </select></label>
      <div class="buttons">
        <wa-button size="s" variant="brand" ?loading=${this.busy} @click=${this.add}>
          ${w('absence_add')}</wa-button>
        <wa-button size="s" appearance="plain" @click=${() => { this.range = ''; }}>
          ${w('cancel')}</wa-button></div>
    </div>`;
  }

  list() {
    const { absences } = this.value;
    const rest = absences.filter((one) => one.to >= today())
      .sort((a, b) => (a.from < b.from ? -1 : 1));
    if (!rest.length) return html`<p class="quiet">${w('nobody_away')}</p>`;
    return html`<ul class="absence-list" aria-label=${w('absences')}>${rest.map((one) => html`
      <li><span class="key-dot ${one.practitioner_id ? 'away-doctor' : 'away-clinic'}"></span>
        <span><strong>${one.practitioner_name ?? w('whole_clinic')}</strong><br>
          <span class="small quiet">${days_of(one.from, one.to)}
            · ${w('back_on', { when: day_of(date_after(one.to, 1)) })}</span></span>
        ${this.editable ? html`<wa-button size="s" appearance="outlined" ?disabled=${this.busy}
          @click=${() => this.remove(one)}>${w('remove')}<span class="visually-hidden">:
            ${one.practitioner_name ?? w('whole_clinic')}, ${days_of(one.from, one.to)}</span>
        </wa-button>` : nothing}</li>`)}</ul>`;
  }
}

function moves(n) {
  return n ? w('reminders_move', { n }) : '';
}

customElements.define('desk-absences', Absences);
