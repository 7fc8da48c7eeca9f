/** What must be known before the list is read: letters that do not arrive, and who is away. */
import { html, nothing } from 'lit';
import { day_of, today } from './dates.js';
import { icon } from './kit.js';
import { address } from './route.js';
import { w } from './words.js';

/** @param {any[]} [bounces] addresses of the clinic that refuse mail */
export function bounce_banner(bounces = []) {
  if (!bounces.length) return nothing;
  return html`<div class="list-banner bad" role="alert">${icon('mail')}<div>
    ${bounces.map((one) => html`<p><strong>${w('bounce', { address: one.address })}</strong></p>`)}
    <p class="small">${w('bounce_hint')} <a href=${address('notices')}>${w('bounce_more')}</a></p>
    </div></div>`;
}

/** Absences that hold today. @param {any[]} [absences] */
export function absent_now(absences = []) {
  return absences.filter((one) => one.from <= today() && today() <= one.to);
}

/** @param {any[]} [absences] */
export function away_banner(absences) {
  const away = absent_now(absences);
  if (!away.length) return nothing;
  return html`<div class="list-banner quiet-banner">${icon('sun')}<p class="small">
    ${away.map((one) => html`<span>${w('away_until', {
      name: one.practitioner_name ?? w('whole_clinic'), when: day_of(one.to) })}</span> `)}
    <a href=${address('hours')}>${w('hours')}</a></p></div>`;
}
