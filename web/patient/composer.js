import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon } from '../shared/icons.js';
import { t } from '../shared/i18n.js';
import { scroll_to_end } from './scroll.js';

const keyboard = matchMedia('(hover: hover) and (pointer: fine)');

/** Where the person writes; gone when nothing may be written any more. @param {any} chat */
export function composer_view(chat) {
  if (!chat.reply.allowed.includes('post')) return '';
  return html`
    <footer class="composer-bar">
      ${chat.unseen ? html`<button type="button" class="to-newest" @click=${() => {
        chat.unseen = false;
        scroll_to_end();
        chat.draw();
      }}>${icon('chevron-down')}${t('to_newest')}</button>` : ''}
      <form class="composer" @submit=${(event) => {
        event.preventDefault();
        chat.send();
      }}>
        <label class="visually-hidden" for="composer">${t('write')}</label>
        <textarea id="composer" rows="1" placeholder=${t('write')} autocomplete="off"
          enterkeyhint="enter" .value=${live(chat.draft)}
          @input=${(event) => {
            grow(event.target);
            chat.write(event.target.value);
          }}
          @keydown=${(event) => pressed(event, chat)}></textarea>
        <button type="submit" class="send" aria-label=${t('send')}
          ?disabled=${!chat.draft.trim()}>${icon('arrow-up')}</button>
      </form>
    </footer>`;
}

/** As high as its words, where the style sheet alone cannot do it.
 * @param {HTMLTextAreaElement} field */
function grow(field) {
  if (CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

/** With a keyboard Enter sends; on a phone it begins a line. Ctrl+Enter sends everywhere.
 * @param {KeyboardEvent} event @param {any} chat */
function pressed(event, chat) {
  if (event.key !== 'Enter' || event.isComposing) return;
  const wish = event.ctrlKey || event.metaKey || (keyboard.matches && !event.shiftKey);
  if (!wish) return;
  event.preventDefault();
  chat.send();
}
