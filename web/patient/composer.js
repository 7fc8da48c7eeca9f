import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import { icon } from '../shared/icons.js';
import { t } from '../shared/i18n.js';
import { scroll_to_end } from './scroll.js';

const keyboard = matchMedia('(hover: hover) and (pointer: fine)');

/** Where the person writes; gone when nothing may be written any more. @param {any} talk */
export function composer_view(talk) {
  if (!talk.may_write) return '';
  return html`
    <footer class="composer-bar">
      ${talk.unseen ? html`<button type="button" class="to-newest" @click=${() => {
        talk.unseen = false;
        scroll_to_end();
        talk.draw();
      }}>${icon('chevron-down')}${t('to_newest')}</button>` : ''}
      <form class="composer" @submit=${(event) => {
        event.preventDefault();
        talk.send();
      }}>
        <label class="visually-hidden" for="composer">${t('write')}</label>
        <textarea id="composer" rows="1" placeholder=${t('write')} autocomplete="off"
          enterkeyhint="enter" .value=${live(talk.draft)}
          @input=${(event) => {
            grow(event.target);
            talk.write(event.target.value);
          }}
          @keydown=${(event) => pressed(event, talk)}></textarea>
        <button type="submit" class="send" aria-label=${t('send')}
          ?disabled=${!talk.draft.trim()}>${icon('arrow-up')}</button>
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
 * @param {KeyboardEvent} event @param {any} talk */
function pressed(event, talk) {
  if (event.key !== 'Enter' || event.isComposing) return;
  const wish = event.ctrlKey || event.metaKey || (keyboard.matches && !event.shiftKey);
  if (!wish) return;
  event.preventDefault();
  talk.send();
}
