/**
 * The week as a grid: a column a day, a block a period. Drawn with the pointer or added with a
 * button; moved with the pointer or with arrows; the times are picked below the grid.
 * Read next: week.js (what a change does to the periods).
 */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { announce } from '../shared/announce.js';
import { onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { weekday } from './dates.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { focus_in, problem } from './parts.js';
import { styled } from './styled.js';
import { DAY_MINUTES, STEP, changed, clock_of, copied, days, hours_of, minutes_of, moved,
  next_period, period, periods_of, snapped, span_of } from './week.js';
import { w } from './words.js';

class Week extends LitElement {
  static properties = { hours: {}, editable: {}, periods: { state: true },
    chosen: { state: true }, targets: { state: true }, error: { state: true },
    busy: { state: true } };

  constructor() {
    super();
    /** @type {any[]} */ this.hours = [];
    this.editable = true;
    /** @type {any[]} */ this.periods = [];
    this.chosen = 0;
    /** @type {number[]} */ this.targets = [];
    /** @type {any} */ this.error = null;
    this.busy = false;
    this.dirty = false;
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

  willUpdate(changes) {
    if (changes.has('hours') && !this.dirty) this.take(this.hours);
    if (!this.drag) this.span = span_of(this.periods);
  }

  /** The same week read anew changes nothing: what is pressed or edited stays what it is.
   * @param {any[]} hours */
  take(hours) {
    const { one } = this;
    const fresh = periods_of(hours);
    if (JSON.stringify(hours_of(fresh)) === JSON.stringify(hours_of(this.periods))) return;
    this.periods = fresh;
    if (one) this.chosen = fresh.find(({ day, from }) => day === one.day
      && from === one.from)?.key ?? 0;
  }

  get one() {
    return this.periods.find(({ key }) => key === this.chosen);
  }

  /** @param {any[]} periods */
  set(periods) {
    this.periods = periods;
    this.dirty = JSON.stringify(hours_of(periods)) !== JSON.stringify(hours_of(
      periods_of(this.hours)));
    this.error = null;
  }

  /** @param {any} next the same period with other times */
  replace(next) {
    this.set(this.periods.map((one) => (one.key === next.key ? next : one)));
  }

  say(one) {
    announce(this.name_of(one));
  }

  name_of(one) {
    return `${weekday(one.day)}, ${clock_of(one.from)}–${clock_of(one.to)}`;
  }

  async add(day) {
    const fresh = next_period(this.periods, day);
    this.set([...this.periods, fresh]);
    this.choose(fresh.key);
    this.say(fresh);
    await this.updateComplete;
    focus_in(this, '.week-editor input');
  }

  choose(key) {
    this.chosen = key;
    this.targets = [];
  }

  remove(one) {
    const kept = this.periods;
    this.set(kept.filter((other) => other.key !== one.key));
    this.chosen = 0;
    toast(w('period_removed', { what: this.name_of(one) }), { undo: () => this.set(kept),
      undo_label: w('undo') });
  }

  copy() {
    const { one } = this;
    this.set(copied(this.periods, one.day, this.targets));
    this.choose(one.key);
    announce(w('copied'));
  }

  async save() {
    const before = this.hours;
    this.busy = true;
    this.error = null;
    try {
      await this.store(hours_of(this.periods));
      toast(w('hours_saved'), { kind: 'good', undo_label: w('undo'),
        undo: () => void this.store(before).then(() => toast(w('hours_undone'))) });
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  async store(hours) {
    await model.call('clinic.set_hours', { hours });
    this.dirty = false;
    this.chosen = 0;
    this.dispatchEvent(new CustomEvent('saved'));
  }

  discard() {
    this.set(periods_of(this.hours));
    this.chosen = 0;
  }

  /** Minutes after midnight under the pointer. */
  at(event) {
    const box = this.querySelector('.week-day').getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    return this.span.from + share * (this.span.to - this.span.from);
  }

  /** On an empty place a new period is drawn; on a block its edge or the whole is moved. */
  press(event, day, one, edge) {
    if (!this.editable || event.button !== 0 || this.drag) return;
    // A finger on the grid scrolls the page; it takes an edge, or the times below.
    if (event.pointerType === 'touch' && !['from', 'to'].includes(edge)) return;
    const start = snapped(this.at(event), one ? STEP : 15);
    event.stopPropagation();
    this.drag = { day, edge, start, one, key: one?.key ?? 0, moved: false };
    const column = event.currentTarget.closest('.week-day');
    column.setPointerCapture(event.pointerId);
  }

  pull(event) {
    const { drag } = this;
    if (!drag) return;
    const at = snapped(this.at(event));
    if (at === drag.start && !drag.moved) return;
    drag.moved = true;
    if (!drag.key) {
      const fresh = period(drag.day, drag.start, Math.max(at, drag.start + STEP));
      this.set([...this.periods, fresh]);
      Object.assign(drag, { key: fresh.key, one: fresh, edge: 'draw' });
      this.choose(fresh.key);
    }
    const { one, edge, start } = drag;
    if (edge === 'draw') {
      this.replace({ ...one, from: Math.min(start, at), to: Math.max(start, at, start + STEP) });
    } else if (edge === 'from') this.replace(changed(one, { from: Math.min(at, one.to - STEP) }));
    else if (edge === 'to') this.replace(changed(one, { to: at }));
    else this.replace(moved(one, at - start));
  }

  drop() {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    if (drag.key) this.choose(drag.key);
    if (drag.moved) this.say(this.one);
    this.requestUpdate();
  }

  pressed(event, one) {
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (event.key === 'Enter' || event.key === ' ') return;
    if (!this.editable) return;
    if (event.key === 'Delete' || event.key === 'Backspace') this.remove(one);
    else if (step && event.shiftKey) this.replace(changed(one, { to: one.to + step }));
    else if (step) this.replace(moved(one, step));
    else return;
    event.preventDefault();
    const next = this.periods.find(({ key }) => key === one.key);
    if (next) this.say(next);
  }

  render() {
    return html`${problem(this.error)}
      <div class="week" role="group" aria-label=${w('week')}>
        ${this.axis()}
        ${days.map((day) => this.day(day))}
      </div>
      ${this.one ? this.editor(this.one) : nothing}
      ${this.editable ? html`<p class="small quiet">${w('week_keys')}</p>` : nothing}
      ${this.dirty ? html`<div class="week-save"><span class="accent-text">${w('unsaved')}</span>
        <wa-button size="s" appearance="plain" @click=${this.discard}>${w('discard')}</wa-button>
        <wa-button size="s" variant="brand" ?loading=${this.busy} @click=${this.save}>
          ${w('save')}</wa-button></div>` : nothing}`;
  }

  axis() {
    const { from, to } = this.span;
    const hours = Array.from({ length: (to - from) / 60 + 1 }, (_, n) => from + n * 60);
    return html`<div class="week-axis" aria-hidden="true"><span class="week-head"></span>
      <div class="week-hours">${hours.map((at) => html`<span class="small quiet"
        ${styled({ top: this.percent(at) })}>${clock_of(at).slice(0, 2)}</span>`)}</div>
    </div>`;
  }

  percent(at) {
    return `${(100 * (at - this.span.from)) / (this.span.to - this.span.from)}%`;
  }

  day(day) {
    const mine = this.periods.filter((one) => one.day === day);
    const rows = (this.span.to - this.span.from) / 60;
    return html`<div class="week-column" role="group" aria-label=${weekday(day)}>
      <div class="week-head"><span aria-hidden="true">${weekday(day, 'short')}</span>
        ${this.editable ? html`<button type="button" class="week-add"
          aria-label=${w('period_add', { day: weekday(day) })} @click=${() => this.add(day)}>
          ${icon('plus')}</button>` : nothing}</div>
      <div class="week-day ${mine.length ? '' : 'closed'}"
        ${styled({ '--rows': String(rows) })}
        @pointerdown=${(event) => this.press(event, day, null, 'draw')}
        @pointermove=${this.pull} @pointerup=${this.drop} @pointercancel=${this.drop}>
        ${repeat(mine, (one) => one.key, (one) => this.block(one))}
      </div></div>`;
  }

  block(one) {
    const style = styled({ top: this.percent(one.from),
      height: this.percent(this.span.from + one.to - one.from) });
    return html`<div class="period ${one.key === this.chosen ? 'chosen' : ''}" ${style}
      @pointerdown=${(event) => this.press(event, one.day, one, 'whole')}>
      <button type="button" class="period-button"
        aria-pressed=${one.key === this.chosen} @click=${() => this.choose(one.key)}
        @keydown=${(event) => this.pressed(event, one)}>
        <span class="visually-hidden">${weekday(one.day)},</span>
        <span>${clock_of(one.from)}</span><span class="visually-hidden">–</span>
        <span>${clock_of(one.to)}</span></button>
      ${this.editable ? html`
        <span class="period-edge from" @pointerdown=${(event) =>
          this.press(event, one.day, one, 'from')}></span>
        <span class="period-edge to" @pointerdown=${(event) =>
          this.press(event, one.day, one, 'to')}></span>` : nothing}
    </div>`;
  }

  /** The chosen period's times, and the day's way to other days. */
  editor(one) {
    if (!this.editable) return nothing;
    return html`<section class="week-editor" aria-label=${this.name_of(one)}>
      <h3>${weekday(one.day)}</h3>
      ${this.time_field(one, 'from')} ${this.time_field(one, 'to')}
      <wa-button size="s" appearance="outlined" @click=${() => this.remove(one)}>
        <span slot="start">${icon('trash')}</span>${w('remove')}</wa-button>
      <fieldset class="copy-days"><legend class="small quiet">${w('copy_to')}</legend>
        ${days.filter((day) => day !== one.day).map((day) => html`<button type="button"
          class="filter" aria-pressed=${this.targets.includes(day)} aria-label=${weekday(day)}
          @click=${() => this.aim(day)}>${weekday(day, 'short')}</button>`)}
        <wa-button size="s" appearance="outlined" ?disabled=${!this.targets.length}
          @click=${this.copy}><span slot="start">${icon('copy')}</span>${w('copy')}</wa-button>
      </fieldset>
    </section>`;
  }

  aim(day) {
    this.targets = this.targets.includes(day) ? this.targets.filter((one) => one !== day)
      : [...this.targets, day];
  }

  time_field(one, edge) {
    const value = clock_of(one[edge] % DAY_MINUTES);
    return html`<label class="time-field"><span class="small quiet">${w(`period_${edge}`)}</span>
      <input type="time" step=${STEP * 60} .value=${value} required
        @change=${(event) => this.typed(one, edge, event.target)}></label>`;
  }

  /** Midnight as an end is the end of the day. */
  typed(one, edge, field) {
    if (!field.value) return;
    const minutes = minutes_of(field.value);
    const next = { ...one, [edge]: edge === 'to' && !minutes ? DAY_MINUTES : minutes };
    if (next.to <= next.from) next[edge === 'to' ? 'from' : 'to'] = edge === 'to'
      ? Math.max(0, next.to - 60) : Math.min(DAY_MINUTES, next.from + 60);
    this.replace(next);
  }
}

customElements.define('desk-week', Week);
