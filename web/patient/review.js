import { html } from 'lit';
import { icon } from '../shared/icons.js';
import { stars } from '../shared/stars.js';
import { day, t } from '../shared/i18n.js';

const LONG_TEXT = 220;

/** The review in question, as its author wrote it and as the public sees it now.
 * @param {any} chat */
export function review_view(chat) {
  const { review } = chat.reply;
  const annulled = review.state === 'annulled';
  const long = review.text.length > LONG_TEXT;
  const cut = long && !chat.review_open;
  return html`
    <section class="review">
      ${review.label ? html`<p class="label">${icon('handshake')}<span>${review.label}</span></p>`
        : ''}
      <div class="review-head">
        <h2>${t('review')}</h2>
        <time class="quiet small" datetime=${new Date(review.published_at).toISOString()}
          >${day(review.published_at)}</time>
      </div>
      ${annulled ? html`<p class="annulled-note">${t('rating_annulled')}</p>`
        : stars(review.rating)}
      <blockquote class=${cut ? 'cut' : ''}>${review.text}</blockquote>
      ${long ? html`<button type="button" class="link" aria-expanded=${!cut} @click=${() => {
        chat.review_open = !chat.review_open;
        chat.draw();
      }}>${t(cut ? 'review_more' : 'review_less')}</button>` : ''}
    </section>`;
}
