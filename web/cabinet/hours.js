/**
 * When the clinic is there: the week, the holidays, and who is away (rules 53 to 55). What is
 * picked here on a calendar goes to the server at once, because clocks of questions depend on it.
 * Read next: week_grid.js (the week), absences.js (the calendar).
 */
import { LitElement, html, nothing } from 'lit';
import { onLocale, relative } from '../shared/i18n.js';
import { absent_now } from './notice_banner.js';
import { day_of } from './dates.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { badge, failed, skeleton } from './parts.js';
import { Read } from './read.js';
import { w } from './words.js';
import './absences.js';
import './week_grid.js';

class Hours extends LitElement {
  constructor() {
    super();
    this.hours = new Read(this, 'clinic.hours', () => ({}), { server: true });
    this.doctors = new Read(this, 'practitioner.list',
      () => ({ clinic_id: model.clinic_id }), { server: true });
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

  render() {
    const { value, error } = this.hours;
    if (error && !value) return failed(error, () => this.hours.again());
    return html`<div class="settings hours-page">
      <div class="page-head"><h1>${w('hours_title')}</h1>${value ? this.now(value) : nothing}</div>
      ${value ? this.cards(value) : skeleton(6)}
    </div>`;
  }

  now({ open_now, opens_at, absences }) {
    return html`<p class="badges">
      ${open_now === null ? badge('quiet', 'info', w('hours_unknown'))
        : open_now ? badge('good', 'check', w('open_now'))
          : badge('quiet', 'clock', opens_at ? w('opens', { when: relative(opens_at, model.now()) })
            : w('closed_now'))}
      ${absent_now(absences).map((one) => badge('warn', 'sun', w('away_until',
        { name: one.practitioner_name ?? w('whole_clinic'), when: day_of(one.to) })))}</p>`;
  }

  cards(value) {
    const editable = value.editable !== false;
    const again = () => this.hours.again();
    return html`
      <section class="card" aria-labelledby="absences-title">
        <h2 id="absences-title">${w('absences')}</h2>
        <p class="quiet">${w('absences_hint')}</p>
        <desk-absences .value=${value} .editable=${editable}
          .doctors=${this.doctors.value?.practitioners ?? []} @saved=${again}></desk-absences>
      </section>
      <section class="card" aria-labelledby="week-title">
        <h2 id="week-title">${w('week')}</h2>
        <p class="quiet">${w('week_hint')}
          ${value.zone ? html`<span class="zone">${icon('globe')} ${value.zone}</span>`
            : nothing}</p>
        <desk-week .hours=${value.hours} .editable=${editable} @saved=${again}></desk-week>
      </section>`;
  }
}

customElements.define('desk-hours', Hours);
