/**
 * The frame of the cabinet: whose clinic this is, where one can go, how the line is, who is
 * signed in. It chooses the screen by the address and owns the keyboard help.
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { endSession } from '../shared/api.js';
import { locale, locales, locale_names, onLocale, setLocale } from '../shared/i18n.js';
import { drafts } from './drafts.js';
import { shortcuts, single_keys } from './keys.js';
import { icon, set_theme, theme } from './kit.js';
import { model } from './model.js';
import { failed, skeleton } from './parts.js';
import { address, route } from './route.js';
import { said, w } from './words.js';
import './reviews.js';
import './settings.js';
import './moderator.js';

const theme_icons = { system: 'settings', light: 'sun', dark: 'moon' };

class Shell extends LitElement {
  static properties = { place: { state: true }, help: { state: true }, leaving: { state: true } };

  constructor() {
    super();
    this.place = route();
    this.help = false;
    this.leaving = false;
    this.was_online = true;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', this.moved);
    this.addEventListener('keyboard-help', () => this.open_help());
    this.addEventListener('unread', () => this.requestUpdate());
    this.forget = [model.onChange(() => this.changed()), onLocale(() => this.requestUpdate())];
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.moved);
    for (const forget of this.forget) forget();
  }

  moved = () => {
    this.place = route();
  };

  changed() {
    const { online, signed_out } = model.state;
    if (signed_out) model.to_sign_in();
    if (online !== this.was_online) announce(w(online ? 'back_online' : 'gone_offline'));
    this.was_online = online;
    this.requestUpdate();
  }

  async open_help() {
    this.help = true;
  }

  /** What still waits would be lost with the sign-out, so that is asked first. */
  leave() {
    if (model.waiting) this.leaving = true;
    else void this.sign_out();
  }

  async sign_out() {
    drafts.forget_all();
    await endSession();
    location.replace('/sign-in');
  }

  updated() {
    if (model.started) document.title = this.title_of(this.place.screen);
  }

  render() {
    if (model.failure) return failed(model.failure, () => location.reload());
    if (!model.started) return html`<main class="starting">${skeleton(6)}</main>`;
    return html`
      <a class="skip-link" href="#main" @click=${this.skip}>${w('skip')}</a>
      ${this.bar()}
      ${this.refusals()}
      <main id="main" tabindex="-1">${this.screen()}</main>
      ${this.help_dialog()} ${this.leave_dialog()}`;
  }

  skip(event) {
    event.preventDefault();
    document.getElementById('main')?.focus();
  }

  screen() {
    const { screen, item_id } = this.place;
    if (screen === 'settings' && !model.moderator) return html`<desk-settings></desk-settings>`;
    if (model.moderator) return html`<desk-moderator .review_chat_id=${item_id}></desk-moderator>`;
    return html`<desk-reviews .review_id=${screen === 'reviews' ? item_id : null}
      .review_chat_id=${screen === 'review_chat' ? item_id : null}></desk-reviews>`;
  }

  title_of(screen) {
    const name = model.moderator ? w('chats') : w(screen === 'settings' ? 'settings' : 'reviews');
    const unread = model.unread ? `(${model.unread}) ` : '';
    return `${unread}${name} · ${model.session.clinic_name ?? 'Clinicdesk'}`;
  }

  bar() {
    const { session } = model;
    return html`<header class="bar">
      <div class="bar-name">
        <span class="bar-mark">${icon(model.moderator ? 'shield' : 'home')}</span>
        <span class="bar-clinic">${session.clinic_name
          ?? (model.moderator ? said('role.moderator') : 'Clinicdesk')}</span>
      </div>
      <nav class="bar-nav" aria-label=${w('menu')}>
        ${model.moderator ? this.link('review_chats', 'message', 'chats')
          : [this.link('reviews', 'star', 'reviews'),
            this.link('settings', 'settings', 'settings')]}
      </nav>
      <div class="bar-end">
        ${this.line()} ${this.language_menu()} ${this.person_menu()}
      </div>
    </header>`;
  }

  link(screen, name, word) {
    const settings = this.place.screen === 'settings';
    const here = settings === (screen === 'settings');
    return html`<a href=${address(screen)} aria-current=${here ? 'page' : nothing}>
      ${icon(name)}<span>${w(word)}</span></a>`;
  }

  line() {
    const { online, ready } = model.state;
    const { waiting } = model;
    const words = [online && waiting ? '' : w(online ? 'online' : 'offline'),
      waiting ? w('waiting', { n: waiting }) : ''].filter(Boolean);
    return html`<span role="status"
      class="line ${ready ? 'ready' : ''} ${online ? '' : 'off'} ${waiting ? 'waits' : ''}"
      title=${w(online ? 'online_hint' : 'offline_hint')}>
      ${icon(online ? 'cloud' : 'cloud-off')}
      <span class="line-word">${words.join(' · ')}</span></span>`;
  }

  language_menu() {
    return html`<wa-dropdown class="menu-language" placement="bottom-end"
      @wa-select=${(event) => setLocale(event.detail.item.value)}>
      <wa-button slot="trigger" size="s" appearance="plain" with-caret>
        ${icon('globe')}<span class="visually-hidden">${w('language')}:</span>
        <span class="short">${locale()}</span></wa-button>
      ${locales.map((code) => html`<wa-dropdown-item value=${code} type="checkbox" lang=${code}
        ?checked=${code === locale()}>${locale_names[code]}</wa-dropdown-item>`)}
    </wa-dropdown>`;
  }

  person_menu() {
    const { session } = model;
    return html`<wa-dropdown class="menu-person" placement="bottom-end"
      @wa-select=${(event) => this.chosen(event.detail.item.value)}>
      <wa-button slot="trigger" size="s" appearance="plain" with-caret>
        ${icon('user')}<span class="visually-hidden">${w('account', { name: session.name })}</span>
        <span class="person" aria-hidden="true">${session.name}</span></wa-button>
      <div class="menu-about"><strong>${session.name}</strong>
        <span class="quiet small">${said(`role.${session.actor.role}`)}</span></div>
      ${['system', 'light', 'dark'].map((kind) => html`<wa-dropdown-item value="theme ${kind}"
        type="checkbox" ?checked=${theme() === kind}>
        <span slot="icon">${icon(theme_icons[kind])}</span>
        ${w('theme')}: ${w(`theme_${kind}`)}</wa-dropdown-item>`)}
      <wa-dropdown-item value="help"><span slot="icon">${icon('key')}</span>
        ${w('shortcuts')}</wa-dropdown-item>
      <wa-dropdown-item value="sign_out"><span slot="icon">${icon('sign-out')}</span>
        ${w('sign_out')}</wa-dropdown-item>
    </wa-dropdown>`;
  }

  chosen(value) {
    if (value === 'help') this.open_help();
    else if (value === 'sign_out') this.leave();
    else set_theme(value.split(' ')[1]);
    this.requestUpdate();
  }

  /** What the server did not accept after all: said plainly, never dropped in silence. */
  refusals() {
    const refused = model.state.refused.filter(({ op }) => op !== 'review_chat.mark_read');
    if (!refused.length) return nothing;
    return html`<div class="refusals" role="alert">${refused.map((entry) => html`
      <section class="refusal">${icon('warning')}
        <div><p><strong>${w('refused_later')}.</strong> ${w('refused_item',
          { what: this.op_word(entry.op), message: entry.error.message })}</p>
          ${entry.in.text ? html`<blockquote dir="auto">${entry.in.text}</blockquote>` : nothing}
        </div>
        <wa-button size="s" appearance="outlined" @click=${() => model.replica.dismiss(entry)}>
          ${w('dismiss')}</wa-button>
      </section>`)}</div>`;
  }

  op_word(op) {
    const known = ['review.reply', 'review_chat.open', 'review_chat.post'];
    return w(known.includes(op) ? `op_${op.replace('.', '_')}` : 'op_other');
  }

  leave_dialog() {
    return html`<wa-dialog class="leave" label=${w('leave_title')} ?open=${this.leaving}
      @wa-after-hide=${() => { this.leaving = false; }}>
      <p>${w('leave_text', { n: model.waiting })}</p>
      <wa-button slot="footer" appearance="plain" @click=${() => { this.leaving = false; }}>
        ${w('cancel')}</wa-button>
      <wa-button slot="footer" variant="danger" @click=${() => this.sign_out()}>
        ${w('leave_button')}</wa-button>
    </wa-dialog>`;
  }

  help_dialog() {
    return html`<wa-dialog class="help" label=${w('shortcuts')} ?open=${this.help} light-dismiss
      @wa-after-hide=${(event) => { if (event.target.matches('.help')) this.help = false; }}>
      <dl class="keys">${shortcuts.map(({ keys, word }) => html`<div>
        <dt>${keys.map((key, at) => html`${at ? html` ${w('key_or')} ` : nothing}
          <kbd>${key}</kbd>`)}</dt><dd>${w(word)}</dd></div>`)}</dl>
      <wa-switch ?checked=${single_keys.on} hint=${w('keys_on_hint')}
        @change=${(event) => { single_keys.on = event.target.checked; }}>${w('keys_on')}</wa-switch>
    </wa-dialog>`;
  }
}

customElements.define('desk-shell', Shell);

