import { html } from 'lit';
import { icon } from './icons.js';
import { locale, locale_names, locales, setLocale, t } from './i18n.js';

/** The switch of languages: the system's own list, which every phone shows well. */
export function language_switch() {
  return html`<label class="language">
    ${icon('globe')}
    <span class="visually-hidden">${t('language')}</span>
    <select @change=${(event) => setLocale(event.target.value)}>
      ${locales.map((one) => html`<option value=${one} lang=${one}
        ?selected=${one === locale()} .selected=${one === locale()}
        >${locale_names[one]}</option>`)}
    </select>
    ${icon('chevron-down')}
  </label>`;
}
