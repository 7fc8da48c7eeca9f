/**
 * The public face of the demo's review platform: what "my problem is solved" changes for
 * everybody. Shows what visitors may see, nothing else; ratings are counted by the core.
 */
import './platform.css';
import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { request } from '../shared/api.js';
import { add_words, day, number, onLocale, t } from '../shared/i18n.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import { stars } from '../shared/stars.js';
import '../shared/page.js';
import { platform_words } from './words.js';

add_words(platform_words);

const REFRESH_MS = 3000;
const root = document.getElementById('page');
const state = { page: null, problem: false, asking: false };

async function refresh() {
  if (state.asking) return;
  state.asking = true;
  try {
    state.page = (await request('/platform.json')).out;
    state.problem = false;
  } catch {
    state.problem = true;
  }
  state.asking = false;
  draw();
}

function draw() {
  document.title = `${t('title')} · ${state.page?.name ?? 'Clinicdesk'}`;
  render(view(), root);
}

function view() {
  const clinics = state.page?.clinics ?? [];
  return html`
    <header class="top">
      <p class="brand">${icon('star', 'filled')}<span>${state.page?.name ?? 'Clinicdesk'}</span>
        <span class="demo">${t('demo')}</span></p>
      <nav>
        <a href="/cabinet/">${t('cabinet')}</a>
        <a href="/outbox">${t('outbox')}</a>
      </nav>
      ${language_switch()}
    </header>
    <main>
      <h1>${t('title')}</h1>
      <p class="lead">${t('lead')}</p>
      ${state.problem ? html`<p class="problem" role="alert">${icon('cloud-off')}
        ${t('error_offline')}</p>` : ''}
      ${state.page ? repeat(clinics, (clinic) => clinic.clinic_id, clinic_view) : waiting()}
    </main>`;
}

function waiting() {
  return html`<div aria-busy="true"><span class="visually-hidden">${t('loading')}</span>
    <span class="skeleton wait"></span><span class="skeleton wait"></span></div>`;
}

/** @param {any} clinic */
function clinic_view(clinic) {
  const reviews = clinic.reviews ?? [];
  const solved = reviews.filter((review) => review.state === 'annulled').length;
  return html`<section class="clinic" aria-labelledby="clinic-${clinic.clinic_id}">
    <header>
      <div>
        <h2 id="clinic-${clinic.clinic_id}">${clinic.name}</h2>
        ${clinic.address ? html`<p class="quiet small">${clinic.address}</p>` : ''}
      </div>
      ${rating_view(clinic.rating ?? { mean: null, count: 0 }, solved)}
    </header>
    ${reviews.length ? html`<ol class="reviews">${repeat(reviews, (review) => review.review_id,
      (review) => review_view(review, clinic))}</ol>`
      : html`<p class="quiet">${t('no_reviews')}</p>`}
  </section>`;
}

/** @param {{mean:number|null, count:number}} rating @param {number} solved */
function rating_view({ mean, count }, solved) {
  if (mean === null) return html`<p class="quiet rating">${t('no_rating')}</p>`;
  const shown = number(mean, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return html`<div class="rating">
    <p class="mean" aria-label=${t('rating_of', { mean: shown })}>${shown}</p>
    <div>${stars(mean)}
      <p class="quiet small">${t('reviews_counted', { n: count })}</p>
      ${solved ? html`<p class="solved-count small">${t('annulled_count', { n: solved })}</p>` : ''}
    </div>
  </div>`;
}

/** @param {any} review @param {any} clinic */
function review_view(review, clinic) {
  return html`<li class="review ${review.state}" id="review-${review.review_id}">
    ${review.label ? html`<p class="label">${icon('handshake')}<span>${review.label}</span></p>`
      : ''}
    <div class="head">
      <span class="who">${review.author_name}</span>
      ${review.rating === null ? html`<span class="annulled-note">${t('rating_annulled')}</span>`
        : stars(review.rating)}
      <time class="quiet small" datetime=${new Date(review.published_at).toISOString()}
        >${day(review.published_at)}</time>
    </div>
    ${review.practitioner_name ? html`<p class="quiet small">${t('doctor',
      { name: review.practitioner_name })}</p>` : ''}
    <p class="text" lang=${review.locale ?? ''}>${review.text}</p>
    ${review.reply ? html`<div class="reply">
      <p class="small"><strong>${t('reply_of')}</strong>
        <span class="quiet">${clinic.name}</span></p>
      <p>${review.reply}</p></div>` : ''}
  </li>`;
}

onLocale(draw);
draw();
await refresh();
addEventListener('visibilitychange', refresh);
setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_MS);
