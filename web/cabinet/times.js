/**
 * How fast questions are answered: the indicator as visitors see it, then the clinic's own
 * figures. Every figure opens the questions that it counts.
 */
import { LitElement, html, nothing } from 'lit';
import { number, onLocale } from '../shared/i18n.js';
import { bar_chart, figure_table } from './chart.js';
import { date_after, day_of, days_of } from './dates.js';
import { show_figure } from './form_tools.js';
import { icon } from './kit.js';
import { between, lasting } from './lasting.js';
import { model } from './model.js';
import { empty, failed, skeleton } from './parts.js';
import { chosen_period, figure_tabs, period_picker } from './period.js';
import { Read } from './read.js';
import { address } from './route.js';
import { w } from './words.js';

class Times extends LitElement {
  static properties = { practitioner_id: { state: true }, tables: { state: true } };

  constructor() {
    super();
    this.practitioner_id = 0;
    this.tables = false;
    const whom = () => (this.practitioner_id ? { practitioner_id: this.practitioner_id }
      : { clinic_id: model.clinic_id });
    const server = { server: true, every_ms: 20_000 };
    this.indicator = new Read(this, 'response_indicator.get', whom, server);
    this.report = new Read(this, 'report.response_times',
      () => ({ ...whom(), ...chosen_period() }), server);
    this.doctors = new Read(this, 'practitioner.list',
      () => ({ clinic_id: model.clinic_id }), server);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => void this.indicator.again());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  render() {
    return html`<div class="settings figures-page">
      <div class="page-head"><h1>${w('response_times')}</h1>
        ${figure_tabs('response_times', address)}</div>
      ${this.public_card()}
      <section class="card" aria-labelledby="own-title">
        <h2 id="own-title">${w('own_figures')}</h2>
        <div class="figure-tools">${period_picker(this)} ${this.doctor_select()}
          <button type="button" class="filter" aria-pressed=${this.tables}
            @click=${() => { this.tables = !this.tables; }}>${w('as_table')}</button></div>
        ${this.figures()}
      </section>
    </div>`;
  }

  doctor_select() {
    const doctors = this.doctors.value?.practitioners ?? [];
    if (doctors.length < 2) return nothing;
    return html`<label class="inline-select"><span class="visually-hidden">${w('doctor')}</span>
      <select class="plain-select" @change=${(event) => {
        this.practitioner_id = Number(event.target.value);
      }}><option value="0">${w('whole_clinic')}</option>
      ${doctors.map((one) => html`<option value=${one.practitioner_id}
        ?selected=${one.practitioner_id === this.practitioner_id}>${one.name}</option>`)}
      </select></label>`;
  }

  public_card() {
    const { value, error } = this.indicator;
    return html`<section class="card public-card" aria-labelledby="public-title">
      <h2 id="public-title">${w('public_indicator')}</h2>
      <p class="quiet">${w('public_indicator_hint')}</p>
      ${error ? failed(error, () => this.indicator.again()) : !value ? skeleton(1) : html`
        <p class="public-text">${icon('clock')}<span>${value.text}</span></p>
        <dl class="tiles">
          ${tile(w('median'), value.median_ms === null ? '–' : lasting(value.median_ms))}
          ${tile(w('answer_rate'), value.answer_rate === null ? '–'
            : number(value.answer_rate, { style: 'percent' }))}
          ${tile(w('counted'), number(value.total))}
        </dl>
        <p class="small quiet">${w('public_window', { n: value.window_d })}
          ${value.enough ? nothing : w('public_not_enough', { n: value.min_n })}</p>`}
    </section>`;
  }

  figures() {
    const { value, error } = this.report;
    if (error) return failed(error, () => this.report.again());
    if (!value) return skeleton(4);
    if (!value.total) return empty('chart', w('no_figures'), w('no_figures_hint'));
    const { unanswered } = value;
    return html`<dl class="tiles">
        ${tile(w('median'), value.median_ms === null ? '–' : lasting(value.median_ms))}
        ${tile(w('answered_of'), `${number(value.answered)} / ${number(value.total)}`)}
        ${tile(w('unanswered'), unanswered.count ? html`<a href=${address('contact_forms')}
          @click=${() => this.open({ ids: unanswered.contact_form_ids, n: unanswered.count,
            title: w('unanswered') })}>${number(unanswered.count)}</a>` : '0')}
      </dl>
      <h3>${w('distribution_times')}</h3>
      <p class="small quiet">${w('bars_open')}</p>
      ${this.tables ? nothing : bar_chart(this.buckets(value), { label: w('distribution_times') })}
      ${this.tables ? this.bucket_table(value) : nothing}
      <h3>${w('trend')}</h3>
      ${this.tables ? this.trend_table(value) : bar_chart(this.trend(value),
        { label: w('trend'), kind: 'trend' })}`;
  }

  /** Leads to the list with exactly the questions of a figure. @param {any} figure */
  open({ ids, n, title, from, to, more = {} }) {
    const period = from ? { from, to } : chosen_period();
    show_figure({ ids: ids.length === n ? ids : null, title: `${title}, ${
      days_of(period.from, period.to)}`,
    from_at: Date.parse(`${date_after(period.from, -1)}T00:00:00Z`),
    to_at: Date.parse(`${date_after(period.to, 2)}T00:00:00Z`),
    practitioner_id: this.practitioner_id, ...more });
  }

  bucket_word({ from_ms, to_ms }) {
    if (!from_ms) return w('up_to', { time: lasting(to_ms) });
    return to_ms ? `${lasting(from_ms)} – ${lasting(to_ms)}`
      : w('over', { time: lasting(from_ms) });
  }

  bucket_label({ from_ms, to_ms }) {
    if (from_ms && to_ms) return between(from_ms, to_ms);
    return from_ms ? `> ${between(from_ms)}` : `< ${between(to_ms)}`;
  }

  buckets({ buckets }) {
    return buckets.map((bucket) => {
      const title = this.bucket_word(bucket);
      return { label: this.bucket_label(bucket), value: bucket.count, shown: number(bucket.count),
        sentence: `${title}: ${w('n_questions', { n: bucket.count })}`,
        href: address('contact_forms'), open: bucket.count ? () => this.open({
          ids: bucket.contact_form_ids, n: bucket.count, title,
          more: { answer_from_ms: bucket.from_ms, answer_to_ms: bucket.to_ms } }) : undefined };
    });
  }

  bucket_table({ buckets }) {
    return figure_table(w('distribution_times'), [w('answer_time'), w('questions')],
      buckets.map((bucket, at) => [this.bucket_word(bucket), bucket.count
        ? html`<a href=${address('contact_forms')} @click=${this.buckets({ buckets })[at].open}>
          ${number(bucket.count)}</a>` : '0']));
  }

  trend({ trend }) {
    return trend.map((step) => {
      const title = days_of(step.from, step.to);
      const median = step.median_ms;
      return { label: day_of(step.from).replace(/^(\d+ \S{3})\S*.*$/, '$1'), value: median ?? 0,
        shown: median === null ? '' : lasting(median, { narrow: true }),
        sentence: `${title}: ${median === null ? w('no_answers') : lasting(median)}, ${
          w('answered_n_of', { n: step.answered, total: step.total })}`,
        href: address('contact_forms'), open: step.total ? () => this.open({
          ids: step.contact_form_ids, n: step.total, title: w('trend'), from: step.from,
          to: step.to }) : undefined };
    });
  }

  trend_table({ trend }) {
    const bars = this.trend({ trend });
    return figure_table(w('trend'), [w('period'), w('median'), w('answered_of')],
      trend.map((step, at) => [days_of(step.from, step.to),
        step.median_ms === null ? '–' : lasting(step.median_ms),
        step.total ? html`<a href=${address('contact_forms')} @click=${bars[at].open}>
          ${number(step.answered)} / ${number(step.total)}</a>` : '0']));
  }
}

/** @param {string} name @param {unknown} shown */
function tile(name, shown) {
  return html`<div class="tile"><dt class="small quiet">${name}</dt><dd>${shown}</dd></div>`;
}

customElements.define('desk-times', Times);
