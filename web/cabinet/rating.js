/** The clinic's rating at the head of the list: mean, count and how the ratings are spread. */
import { html, nothing } from 'lit';
import { number } from '../shared/i18n.js';
import { icon } from './kit.js';
import { w } from './words.js';

/** @param {any} rating the reply of rating.get; nothing is counted here */
export function rating_summary(rating) {
  if (!rating) return html`<div class="rating" aria-busy="true"><wa-skeleton></wa-skeleton></div>`;
  const { mean, count, distribution, annulled_count } = rating;
  const most = Math.max(1, ...distribution);
  return html`<section class="rating" aria-label=${w('rating')}>
    <div class="rating-mean">
      <span class="rating-number" aria-hidden="true">${mean === null ? '–' : number(mean,
        { minimumFractionDigits: 2, maximumFractionDigits: 2 })}</span>
      ${mean === null ? nothing : html`<span class="visually-hidden">
        ${w('rating_mean', { mean: number(mean) })}</span>`}
      ${mean === null ? nothing : mean_stars(mean)}
      <span class="quiet small">
        ${w(count ? 'rating_count' : 'rating_none', { n: count })}${annulled_count
        ? html`<br>${w('rating_annulled_count', { n: annulled_count })}` : nothing}</span>
    </div>
    <ul class="rating-bars" aria-label=${w('distribution')}>
      ${[5, 4, 3, 2, 1].map((n) => html`<li>
        <span class="visually-hidden">
          ${w('rating_bar', { stars: n, n: distribution[n - 1] })}</span>
        <span aria-hidden="true">${n}</span>
        <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect height="1"
          width=${100 * distribution[n - 1] / most}></rect></svg>
        <span class="rating-bar-count" aria-hidden="true">${distribution[n - 1]}</span></li>`)}
    </ul>
  </section>`;
}

function mean_stars(mean) {
  return html`<span class="stars" aria-hidden="true">
    ${[1, 2, 3, 4, 5].map((n) => icon('star', `filled ${mean >= n - 0.5 ? 'on' : 'off'}`))}
  </span>`;
}
