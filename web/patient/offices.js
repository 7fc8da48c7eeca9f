/**
 * The choice of another office after a rejection or an offer. Nothing leaves the first office
 * but by the person's own tap on a button that names where it goes and what.
 */
import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon } from '../shared/icons.js';
import { day, number, t } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';

/** @param {any} form */
export function offices_view(form) {
  if (!form.way) return '';
  return html`<section class="offices" aria-labelledby="offices-title">
    <h2 id="offices-title">${t(form.way === 'forward' ? 'offices_rejected'
      : 'offices_offered')}</h2>
    <p class="quiet">${form.reply.texts.consent}</p>
    ${list_view(form)}
  </section>`;
}

/** @param {any} form */
function list_view(form) {
  const { offices, offices_problem } = form;
  if (offices_problem) {
    return html`<p class="problem" role="alert">${icon('warning')}<span>${
      words_of(offices_problem)}</span></p>
      <wa-button appearance="outlined" @click=${() => form.load_offices()}
        >${t('retry')}</wa-button>`;
  }
  if (!offices) {
    return html`<span class="skeleton office-wait"></span>
      <span class="visually-hidden">${t('loading')}</span>`;
  }
  if (offices.clinics.length === 0) return html`<p>${t('offices_none')}</p>`;
  return html`<ul class="office-list">${offices.clinics.map((office) =>
    office_view(form, office))}</ul>`;
}

/** @param {any} form @param {any} office */
function office_view(form, office) {
  const doctors = office.practitioners.map(({ name }) => name).join(', ');
  return html`<li class="office">
    <div class="office-head"><h3>${office.name}</h3>
      ${office.distance_km === null ? '' : html`<p class="distance">${distance(office)}</p>`}</div>
    ${office.address ? html`<p class="quiet">${office.address}</p>` : ''}
    ${doctors ? html`<p class="doctors"><span class="quiet">${t('doctors')}</span> ${doctors}</p>`
      : ''}
    <wa-button class="wide" variant="brand" appearance="outlined" ?disabled=${form.busy}
      @click=${() => form.choose(office)}>${t('ask_there')}<span class="visually-hidden">:
        ${office.name}</span></wa-button>
  </li>`;
}

/** @param {{distance_km:number}} office */
function distance({ distance_km: km }) {
  return km < 1 ? number(Math.max(Math.round(km * 10) * 100, 100),
    { style: 'unit', unit: 'meter' })
    : number(km, { style: 'unit', unit: 'kilometer', maximumFractionDigits: km < 10 ? 1 : 0 });
}

/** What the dialog asks before the question goes there. @param {any} form */
export function question_of(form) {
  const { office } = form;
  if (!office) return undefined;
  return { name: 'send_there', variant: 'brand', no: 'cancel', text: html`
    <p>${t('send_there_to', { name: office.name })}${office.address
      ? html`<br><span class="quiet">${office.address}</span>` : ''}</p>
    ${form.way === 'forward' && office.practitioners.length > 1 ? html`
      <label class="ask-field">${t('doctor')}
        <select @change=${(event) => { form.practitioner_id = event.target.value; }}>
          <option value="">${t('any_doctor')}</option>
          ${office.practitioners.map(({ practitioner_id, name }) =>
            html`<option value=${practitioner_id}>${name}</option>`)}
        </select></label>` : ''}
    ${form.words ? html`<label class="ask-field">${t('send_there_words')}
      <textarea rows="4" .value=${live(form.words)}
        @input=${(event) => { form.words = event.target.value; }}></textarea></label>` : ''}
    <p class="quiet small">${t('send_there_note')}</p>` };
}

/** Where the question has gone already. @param {any} form */
export function forwarded_view({ forwarded }) {
  if (forwarded.length === 0) return '';
  return html`<section class="forwarded" aria-labelledby="forwarded-title">
    <h2 id="forwarded-title">${t('forwarded')}</h2>
    <ul>${forwarded.map(({ clinic_name, sent_at }) => html`<li>${icon('send')}<span>
      <strong>${clinic_name}</strong><span class="quiet small">${t('forwarded_on',
        { when: day(sent_at) })}</span></span></li>`)}</ul>
    <p class="quiet small">${t('forwarded_mail')}</p>
  </section>`;
}
