import { html, svg } from 'lit';
import { icon_paths } from './icons.js';
import { t } from './i18n.js';

const STEP = 26;
const row = [0, 1, 2, 3, 4].map((n) => svg`<path transform="translate(${n * STEP} 0)"
  d=${icon_paths.star}></path>`);

/** A rating or a mean as five stars, read out as one phrase.
 * @param {number|null} rating @param {{annulled?:boolean}} [options] */
export function stars(rating, { annulled = false } = {}) {
  if (!rating) return '';
  // Whole stars count with their gap; the part of a star is a part of its own width.
  const width = Math.floor(rating) * STEP + (rating % 1) * 24;
  return html`<span class="stars ${annulled ? 'annulled' : ''}" role="img"
    aria-label=${t('stars', { n: Math.round(rating * 100) / 100 })}><svg viewBox="0 0 128 24"
      aria-hidden="true"><g class="off">${row}</g>
      <svg class="on" width=${width} height="24">${row}</svg></svg></span>`;
}
