/** What stands around every conversation: whom one talks to, the bad line, the way out. */
import { html } from 'lit';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '../shared/kit.js';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import { t } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';
import { composer_view } from './composer.js';

/** @param {any} talk @param {{name:string, about:string, side_name:string, side:any, main:any}}
 *   parts */
export function frame_view(talk, { name, about, side_name, side, main }) {
  return html`
    <a class="skip-link" href="#talk">${t('skip_to_content')}</a>
    <header class="top">
      <div class="top-in">
        <span class="badge" aria-hidden="true">${initials(name)}</span>
        <div class="who"><h1>${name}</h1><p class="quiet small">${about}</p></div>
        ${language_switch()}
      </div>
      ${talk.state.online ? '' : html`<p class="offline" role="status">${icon('cloud-off')}
        <span><strong>${t('offline')}.</strong> ${t('offline_hint')}</span></p>`}
    </header>
    <div class="columns">
      <aside class="side" aria-label=${side_name}>${side}${privacy_view(talk)}</aside>
      <main class="talk" id="talk" tabindex="-1" aria-label=${t('conversation')}>
        ${problem_view(talk)}
        ${main}
      </main>
    </div>
    ${composer_view(talk)}`;
}

/** Who reads this, and how to leave nothing of it behind. @param {any} talk */
function privacy_view(talk) {
  return html`<p class="privacy">${icon('lock')}<span>${talk.visibility}
    <button type="button" class="link leave" @click=${() => talk.ask('leave')}
      >${t('leave')}</button></span></p>`;
}

/** Before the first answer. @param {any} talk */
export function first_view(talk) {
  if (talk.problem) {
    return html`<main class="door"><div class="door-mark quiet-mark">${icon('cloud-off')}</div>
      <h1>${t('error_title')}</h1>
      <p class="door-text">${words_of(talk.problem)}</p>
      <wa-button class="wide" @click=${() => talk.refresh()}>${t('retry')}</wa-button></main>`;
  }
  return html`<main class="loading" aria-busy="true">
    <span class="visually-hidden">${t('loading')}</span>
    <span class="skeleton bar"></span><span class="skeleton card"></span>
    <span class="skeleton theirs"></span><span class="skeleton mine"></span>
    <span class="skeleton theirs"></span></main>`;
}

/** @param {any} talk */
function problem_view(talk) {
  return talk.problem ? html`<wa-callout variant="danger" appearance="filled-outlined" role="alert">
    ${words_of(talk.problem)}
    <wa-button appearance="outlined" @click=${() => talk.refresh()}>${t('retry')}</wa-button>
  </wa-callout>` : '';
}

/** @param {string} name */
function initials(name) {
  return name.replace(/[^\p{L}\p{N} ]/gu, ' ').split(' ').filter(Boolean).slice(0, 2)
    .map((word) => word[0].toUpperCase()).join('');
}

const plain = { name: 'leave', variant: 'brand', no: 'cancel' };

/** What is asked before it is done. @param {any} talk
 * @param {{name?:string, variant?:string, no?:string, text?:any}} [question] of this page; leaving
 *   is asked alike on all */
export function dialog_view(talk, question = {}) {
  const { name, variant, no, text } = talk.asking === 'leave' || !question.name
    ? { ...plain, text: t(talk.state.pending.length ? 'leave_unsent' : 'leave_text') } : question;
  return html`<wa-dialog class="ask" label=${t(`${name}_ask`)} ?open=${Boolean(talk.asking)}
    @wa-hide=${(hide) => hidden(hide, talk)}>
    ${typeof text === 'string' ? html`<p>${text}</p>` : text}
    <wa-button slot="footer" appearance="outlined" ?disabled=${talk.busy} autofocus
      @click=${() => talk.ask(null)}>${t(no)}</wa-button>
    <wa-button slot="footer" variant=${variant} ?loading=${talk.busy}
      @click=${() => talk.confirm()}>${t(`${name}_yes`)}</wa-button>
  </wa-dialog>`;
}

/** @param {Event} hide @param {any} talk */
function hidden(hide, talk) {
  if (hide.target !== hide.currentTarget) return;
  if (talk.busy) hide.preventDefault();
  else talk.ask(null);
}
