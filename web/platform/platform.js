/**
 * The public face of the demo's portal, made of the same widgets that any site may embed: how fast
 * a clinic or a doctor answers, the form, the reviews and what "my problem is solved" changes for
 * everybody. Shows what visitors may see, nothing else.
 */
import './platform.css';
import { html, nothing, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { request } from '../shared/api.js';
import { add_words, onLocale, t } from '../shared/i18n.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import '../shared/page.js';
import { platform_words } from './words.js';

add_words(platform_words);

const REFRESH_MS = 3000;
const root = document.getElementById('page');
const state = { page: null, text: '', problem: false, asking: false,
  /** @type {Record<number, number>} whose profile is shown, by clinic; none: the clinic's own */
  doctors: {},
  /** @type {Set<number>} clinics whose form is open */ open: new Set() };

async function refresh() {
  if (state.asking) return;
  state.asking = true;
  try {
    const { out } = await request('/platform.json');
    const text = JSON.stringify(out);
    if (state.text && state.text !== text) tell_widgets();
    Object.assign(state, { page: out, text, problem: false });
  } catch {
    state.problem = true;
  }
  state.asking = false;
  draw();
}

/** Something is new: they ask again. */
function tell_widgets() {
  for (const widget of document.querySelectorAll('clinicdesk-reviews, clinicdesk-response-time')) {
    /** @type {any} */ (widget).refresh?.();
  }
}

function draw() {
  document.title = `${t('title')} · ${state.page?.name ?? 'Clinicdesk'}`;
  render(view(), root);
}

function view() {
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
      ${state.page ? repeat(state.page.clinics, (clinic) => clinic.clinic_id, clinic_view)
        : waiting()}
    </main>`;
}

function waiting() {
  return html`<div aria-busy="true"><span class="visually-hidden">${t('loading')}</span>
    <span class="skeleton wait"></span><span class="skeleton wait"></span></div>`;
}

/** @param {any} clinic */
function clinic_view(clinic) {
  const { clinic_id } = clinic;
  const doctor = state.doctors[clinic_id] ?? nothing;
  return html`<section class="clinic" aria-labelledby="clinic-${clinic_id}">
    <header>
      <h2 id="clinic-${clinic_id}">${clinic.name}</h2>
      ${clinic.address ? html`<p class="quiet">${clinic.address}</p>` : ''}
    </header>
    ${doctors_view(clinic)}
    <clinicdesk-response-time clinic=${clinic_id} practitioner=${doctor}
      ></clinicdesk-response-time>
    <details class="ask" ?open=${state.open.has(clinic_id)}
      @toggle=${(event) => opened(event, clinic_id)}>
      <summary>${icon('message')}${t('ask')}${icon('chevron-down')}</summary>
      ${state.open.has(clinic_id) ? html`<clinicdesk-contact-form clinic=${clinic_id}
        practitioner=${doctor}></clinicdesk-contact-form>` : ''}
    </details>
    <clinicdesk-reviews clinic=${clinic_id} practitioner=${doctor}></clinicdesk-reviews>
    ${embed_view(clinic_id, doctor)}
  </section>`;
}

/** The clinic's profile or a doctor's: the widgets follow. @param {any} clinic */
function doctors_view({ clinic_id, name, practitioners = [] }) {
  if (practitioners.length === 0) return '';
  const chosen = state.doctors[clinic_id];
  const choice = (id, words) => html`<button type="button" class="choice"
    aria-pressed=${chosen === id} @click=${() => {
      if (id === undefined) delete state.doctors[clinic_id];
      else state.doctors[clinic_id] = id;
      draw();
    }}>${words}</button>`;
  return html`<div class="choices" role="group" aria-label=${t('whose', { name })}>
    ${choice(undefined, t('whole_clinic'))}
    ${practitioners.map((one) => choice(one.practitioner_id, one.name))}</div>`;
}

/** @param {Event} event @param {number} clinic_id */
function opened({ currentTarget }, clinic_id) {
  const { open } = /** @type {HTMLDetailsElement} */ (currentTarget);
  if (open) state.open.add(clinic_id);
  else state.open.delete(clinic_id);
  draw();
}

/** What a site writes to have the same. @param {number} clinic_id @param {any} doctor */
function embed_view(clinic_id, doctor) {
  const whose = `clinic="${clinic_id}"${doctor === nothing ? '' : ` practitioner="${doctor}"`}`;
  const lines = [`<script src="${location.origin}/widgets/clinicdesk.js" async></script>`,
    ...['contact-form', 'response-time', 'reviews'].map((name) =>
      `<clinicdesk-${name} ${whose}></clinicdesk-${name}>`)];
  return html`<details class="embed"><summary>${t('embed')}</summary>
    <pre tabindex="0"><code>${lines.join('\n')}</code></pre></details>`;
}

onLocale(draw);
draw();
await refresh();
addEventListener('visibilitychange', refresh);
setInterval(() => document.visibilityState === 'visible' && refresh(), REFRESH_MS);
