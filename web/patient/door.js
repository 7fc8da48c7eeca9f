import { html } from 'lit';
import { icon } from '../shared/icons.js';
import { language_switch } from '../shared/language.js';
import { t, time } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';

/** What is shown before the conversation. @param {any} door */
export function door_view(door) {
  return html`
    <header class="door-top">${language_switch()}</header>
    <main class="door" aria-busy=${door.busy}>${screens[door.screen](door)}</main>`;
}

const screens = {
  loading: () => html`<span class="skeleton mark"></span><span class="skeleton line"></span>
    <span class="skeleton line short"></span><span class="visually-hidden">${t('loading')}</span>`,

  door: (door) => html`
    <div class="door-mark">${icon('message')}</div>
    <h1>${t('door_title')}</h1>
    <p class="door-text">${t('door_text')}</p>
    <button class="button primary" ?disabled=${door.busy}
      @click=${() => door.open()}>${t('door_open')}</button>
    ${problem_line(door)}
    <p class="door-note">${icon('lock')}<span>${t('door_note')}</span></p>`,

  code: (door) => html`
    <div class="door-mark">${icon('shield')}</div>
    <h1>${t('code_title')}</h1>
    <p class="door-text">${t('code_text')}
      ${door.sent_to && t(door.sent_at ? 'code_sent_to' : 'code_to', { phone: door.sent_to })}</p>
    ${door.sent_at ? code_form(door) : html`
      <button class="button primary" ?disabled=${door.busy}
      @click=${() => door.send_code()}>${t('code_send')}</button>
      ${problem_line(door)}`}
    <p class="door-note">${icon('lock')}<span>${t('code_note')}</span></p>`,

  problem: (door) => html`
    <div class="door-mark quiet-mark">${icon('key')}</div>
    <h1>${t(door.problem_title)}</h1>
    <p class="door-text">${door.problem ? words_of(door.problem) : t('problem_none')}</p>
    ${door.retry ? html`<button class="button primary" @click=${() => door.retry()}>
        ${t('retry')}</button>` : html`
      <section class="door-help">
        <h2>${t('problem_how')}</h2>
        <ol>
          <li>${t('problem_step_1')}</li>
          <li>${t('problem_step_2')}</li>
          <li>${t('problem_step_3')}</li>
        </ol>
      </section>`}`,
};

/** @param {any} door */
function code_form(door) {
  const submit = (event) => {
    event.preventDefault();
    door.enter_code(event.currentTarget.elements.code.value);
  };
  return html`
    <form class="code" novalidate @submit=${submit}>
      <label for="code">${t('code_label')}</label>
      <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7"
        placeholder="000000" enterkeyhint="go" autofocus spellcheck="false"
        aria-invalid=${Boolean(door.error)} aria-describedby="code-error"
        @input=${(event) => completed(event, door)}>
      <div id="code-error">${problem_line(door)}</div>
      <button class="button primary" type="submit" ?disabled=${door.busy}
        >${t('code_enter')}</button>
      <button class="button plain" type="button" ?disabled=${door.busy}
        @click=${() => door.send_code()}>${t('code_again')}</button>
      <p class="quiet small">${t('code_sent', { time: time(door.sent_at) })}</p>
    </form>`;
}

/** The sixth digit is the wish to go on; a phone fills all six at once. */
function completed(event, door) {
  if (event.target.value.replace(/\D/g, '').length === 6) door.enter_code(event.target.value);
}

/** @param {any} door */
function problem_line(door) {
  return door.error
    ? html`<p class="problem">${icon('warning')}<span>${door.error}</span></p>` : '';
}
