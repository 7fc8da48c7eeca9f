/** The period that figures are about: a few usual ones, or two dates. Kept between the pages. */
import { html, nothing } from 'lit';
import { date_after, today } from './dates.js';
import { w } from './words.js';

const usual = [7, 30, 90, 365];

export const shown_period = { days: 90, from: '', to: '' };

/** @returns {{from: string, to: string}} local dates, both included */
export function chosen_period() {
  if (shown_period.days) return { from: date_after(today(), 1 - shown_period.days), to: today() };
  return { from: shown_period.from, to: shown_period.to };
}

/** @param {{requestUpdate: () => void}} host */
export function period_picker(host) {
  const set = (change) => {
    Object.assign(shown_period, change);
    host.requestUpdate();
  };
  const own = () => set({ ...chosen_period(), days: 0 });
  return html`<div class="period-picker" role="group" aria-label=${w('period')}>
    ${usual.map((days) => html`<button type="button" class="filter"
      aria-pressed=${shown_period.days === days} @click=${() => set({ days })}>
      ${w('last_days', { n: days })}</button>`)}
    <button type="button" class="filter" aria-pressed=${!shown_period.days} @click=${own}>
      ${w('own_period')}</button>
    ${shown_period.days ? nothing : html`<span class="period-dates">
      ${['from', 'to'].map((edge) => html`<label class="small"><span class="quiet">
        ${w(`date_${edge}`)}</span> <input type="date" .value=${shown_period[edge]}
        min=${edge === 'to' ? shown_period.from : nothing}
        max=${edge === 'from' ? shown_period.to : today()}
        @change=${(event) => event.target.value && set({ [edge]: event.target.value })}></label>`)}
    </span>`}</div>`;
}

/** @param {'response_times' | 'team'} here @param {(screen: string) => string} address */
export function figure_tabs(here, address) {
  return html`<nav class="segments page-tabs" aria-label=${w('figures')}>
    ${['response_times', 'team'].map((screen) => html`<a class="segment" href=${address(screen)}
      aria-current=${here === screen ? 'page' : nothing}>${w(screen)}</a>`)}</nav>`;
}
