/**
 * <clinicdesk-response-time clinic="1"> or practitioner="2": how fast questions get their answer,
 * what is counted, and a check on the reader's own device that nothing was left out afterwards.
 */
import css from './response_time.css';
import { fill, h, icon } from './dom.js';
import { DeskElement } from './element.js';
import { ask } from './server.js';
import { fingerprint } from './work.js';

export class ResponseTime extends DeskElement {
  #asked = 0;

  constructor() {
    super(css);
  }

  async show() {
    const asked = ++this.#asked;
    const { t } = this.language;
    if (!this.body.firstChild) {
      fill(this.body, h('p', { class: 'loading', role: 'status' },
        h('span', { class: 'unseen' }, t('loading'))));
    }
    try {
      const found = await ask(this.from, 'response_indicator.get', this.whose);
      if (asked === this.#asked) this.#draw(found);
    } catch {
      if (asked === this.#asked) fill(this.body, h('p', { class: 'quiet' }, t('unavailable')));
    }
  }

  /** Asks again; a page that knows of news may call it. Who is reading on is not disturbed. */
  refresh() {
    return this.body.querySelector('#how:not([hidden])') ? undefined : this.show();
  }

  /** @param {any} found */
  #draw(found) {
    const { t } = this.language;
    const panel = h('div', { id: 'how', class: 'how', hidden: true, part: 'how' });
    const button = h('button', { type: 'button', class: 'link', 'aria-expanded': 'false',
      'aria-controls': 'how', onclick: () => this.#open(button, panel, found) }, t('how'));
    fill(this.body, h('div', { class: 'indicator', role: 'group',
      'aria-label': t('response_title') },
      icon('clock'),
      h('div', {}, h('p', { class: 'median', part: 'median' }, found.text),
        found.enough && h('p', { class: 'quiet' }, t('answered', found)),
        button, panel)));
  }

  /** @param {HTMLElement} button @param {HTMLElement} panel @param {any} found */
  #open(button, panel, found) {
    const open = panel.hidden;
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open && !panel.firstChild) this.#explain(panel, found);
  }

  /** What is counted, then the proof. @param {HTMLElement} panel @param {any} found */
  async #explain(panel, found) {
    const { t, day } = this.language;
    const verdict = h('p', { class: 'verdict', role: 'status' }, t('checking'));
    const samples = h('div', {});
    fill(panel, h('p', {}, t('counted', { n: found.window_d }), ' ', t('counted_what')),
      h('p', {}, t('answered', found), '. ', found.waiting > 0 && t('counted_waiting', found), ' ',
        found.exclude_absence && t('counted_absence'), ' ', t('counted_min', found), ' ',
        t('counted_at', { day: day(found.as_of_at) })),
      verdict, samples);
    try {
      const proof = await ask(this.from, 'response_indicator.proof',
        { ...this.whose, as_of_at: found.as_of_at });
      const own = fingerprint(proof.canonical);
      const fits = own === proof.hash && own === found.hash && adds_up(proof.canonical, found);
      verdict.textContent = t(fits ? 'proof_ok' : 'proof_bad');
      verdict.classList.add(fits ? 'good' : 'bad');
      fill(samples, this.#samples(proof.samples), h('p', { class: 'quiet' }, t('fingerprint'), ' ',
        h('code', {}, own)));
    } catch {
      verdict.textContent = t('unavailable');
    }
  }

  /** @param {{day:string, answer_ms:number|null}[]} samples */
  #samples(samples) {
    const { t, duration } = this.language;
    if (samples.length === 0) return null;
    return h('details', {}, h('summary', {}, t('proof_list')), h('div', { class: 'scroll',
      tabindex: 0, role: 'group', 'aria-label': t('proof_list') }, h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t('proof_day')),
        h('th', { scope: 'col' }, t('proof_time')))),
      h('tbody', {}, samples.map(({ day, answer_ms }) => h('tr', {}, h('td', {}, day),
        h('td', {}, answer_ms === null ? t('proof_none') : duration(answer_ms))))))));
  }
}

/** Counts again what the fingerprint stands for.
 * @param {string} canonical a line for each question: its day and the milliseconds to the answer
 * @param {{answered:number, total:number, waiting:number, median_ms:number|null}} found */
function adds_up(canonical, found) {
  const lines = canonical.match(/^\d{4}-\d\d-\d\d (\d+|-)$/gm) ?? [];
  const times = lines.map((line) => line.slice(11)).filter((time) => time !== '-').map(Number)
    .sort((a, b) => a - b);
  const middle = times.length / 2;
  const median = Math.ceil((times[Math.ceil(middle) - 1] + times[Math.floor(middle)]) / 2);
  return times.length === found.answered && lines.length === found.total + found.waiting
    && (found.median_ms === null || found.median_ms === median);
}
