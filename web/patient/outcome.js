/**
 * The patient's two buttons. Which of them stands there, and why one may not be pressed, is read
 * from `allowed` and `refused`; what they mean is said by the core's own texts.
 */
import { html } from 'lit';
import { icon } from '../shared/icons.js';
import { t } from '../shared/i18n.js';
import { dialog_view } from './frame.js';

const questions = {
  mark_solved: { name: 'solved', variant: 'success', no: 'not_yet' },
  end: { name: 'end', variant: 'danger', no: 'keep_talking' },
};

const buttons = [
  { event: 'mark_solved', name: 'solved', icon: 'handshake' },
  { event: 'end', name: 'end', icon: 'xmark' },
];

/** A button that could never be pressed in this chat would only puzzle. */
const absent = new Set(['refused.purpose', 'refused.closed', 'refused.already_solved']);

/** @param {any} chat */
export function outcome_view(chat) {
  const { allowed, refused } = chat.reply;
  const shown = buttons.map((button) => ({ ...button, allowed: allowed.includes(button.event),
    refusal: refused.find((one) => one.event === button.event) }))
    .filter((button) => button.allowed || (button.refusal && !absent.has(button.refusal.code)));
  return html`
    ${solved_view(chat)}
    ${ended_view(chat)}
    ${shown.length ? html`<section class="outcome" aria-label=${t('outcome')}>
      ${shown.map((button) => tile(chat, button))}</section>` : ''}
    ${dialog_view(chat, question_of(chat))}`;
}

/** @param {any} chat @param {any} button */
function tile(chat, button) {
  return html`<button type="button" class="tile ${button.name}" ?disabled=${!button.allowed}
    @click=${() => chat.ask(button.event)}>
    <span class="tile-name">${icon(button.icon)}${chat.names[`button.${button.event}`]}</span>
    <span class="tile-hint">${button.allowed ? t(`${button.name}_hint`)
      : button.refusal.message}</span>
  </button>`;
}

/** What the person's word has changed. @param {any} chat */
function solved_view(chat) {
  const { review_chat, review } = chat.reply;
  if (!review_chat.solved) return '';
  return html`<section class="over good">${icon('handshake')}<div><h2>${t('solved_title')}</h2>
    <p>${t('solved_text', { label: review.label })}</p></div></section>`;
}

/** @param {any} chat */
function ended_view(chat) {
  const { review_chat } = chat.reply;
  if (review_chat.state !== 'ended') return '';
  return html`<section class="over">${icon('lock')}<div><h2>${t('ended_title')}</h2>
    <p class="quiet">${t('ended_text')}</p></div></section>`;
}

/** What the two buttons do is said by the core. @param {any} chat */
function question_of(chat) {
  const question = questions[chat.asking ?? 'end'];
  return question && { ...question, text: chat.reply.texts[`confirm_${question.name}`] };
}
