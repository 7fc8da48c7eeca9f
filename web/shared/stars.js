import { html } from 'lit';
import { icon } from './icons.js';
import { t } from './i18n.js';

/** A rating as five stars, read out as one phrase.
 * @param {number|null} rating @param {{annulled?:boolean}} [options] */
export function stars(rating, { annulled = false } = {}) {
  if (!rating) return '';
  return html`<span class="stars ${annulled ? 'annulled' : ''}" role="img"
    aria-label=${t('stars', { n: rating })}>${[1, 2, 3, 4, 5].map((n) =>
      icon('star', n <= Math.round(rating) ? 'filled on' : 'filled off'))}</span>`;
}
