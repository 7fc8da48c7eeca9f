/**
 * Bars that are links: each opens what it counts. They are a list for a screen reader and for
 * the Tab key, and the same figures stand in a table below; a canvas could be neither.
 */
import { html, nothing } from 'lit';
import { styled } from './styled.js';

/**
 * @typedef {{label: string, value: number, shown: string, sentence: string, href: string,
 *   open?: () => void, quiet?: boolean}} Bar
 */

/** @param {Bar[]} bars @param {{label: string, kind?: string}} options */
export function bar_chart(bars, { label, kind = '' }) {
  const most = Math.max(...bars.map((bar) => bar.value), 1);
  return html`<ol class="chart ${kind}" aria-label=${label}>${bars.map((bar) => html`<li>
    ${bar.value || bar.open ? html`<a class="bar-link" href=${bar.href} title=${bar.sentence}
        aria-label=${bar.sentence} @click=${bar.open}>${column(bar, most)}</a>`
      : html`<span class="bar-link" role="img" aria-label=${bar.sentence}>${column(bar, most)}
        </span>`}
    <span class="bar-label small quiet" aria-hidden="true">${bar.label}</span></li>`)}</ol>`;
}

function column(bar, most) {
  const height = bar.value ? `${Math.max(2, (100 * bar.value) / most)}%` : '0';
  return html`<span class="bar-room" aria-hidden="true">
    <span class="bar-value small">${bar.shown}</span>
    <span class="bar-fill ${bar.quiet ? 'quiet-fill' : ''}" ${styled({ height })}></span>
  </span>`;
}

/** @param {string} caption @param {string[]} heads @param {unknown[][]} rows */
export function figure_table(caption, heads, rows) {
  return html`<table class="figures"><caption class="visually-hidden">${caption}</caption>
    <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>
      ${rest.map((cell) => html`<td>${cell ?? nothing}</td>`)}</tr>`)}</tbody></table>`;
}
