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
import { counted } from './form_tools.js';
import { model } from './model.js';
import { empty, failed, skeleton } from './parts.js';
import { push_unsubscribe } from './push.js';
import { Read } from './read.js';
import { address, route } from './route.js';
import { screens, stay_at_item, tab_of, tabs } from './screens.js';
import { has_word, said, w } from './words.js';

const theme_icons = { system: 'settings', light: 'sun', dark: 'moon' };

class Shell extends LitElement {
  static properties = { place: { state: true }, help: { state: true }, leaving: { state: true } };

  constructor() {
    super();
    this.place = route();
    this.help = false;
    this.leaving = false;
    this.was_online = true;
    this.inbox = new Read(this, 'contact_form.list', () => (model.started && !model.moderator
      && !model.limited ? { scope: 'waiting', limit: 1 } : null));
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
    this.stay();
  };

  changed() {
    const { online, signed_out } = model.state;
    if (signed_out) model.to_sign_in();
    this.stay();
    if (online !== this.was_online) announce(w(online ? 'back_online' : 'gone_offline'));
    this.was_online = online;
    this.requestUpdate();
  }

  /** Whoever came by the link of one question stays at it. */
  stay() {
    if (model.limited && this.place.item_id !== model.session.item.item_id) stay_at_item();
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
    // Whoever signs out is told nothing more on this device.
    await push_unsubscribe().catch(() => {});
    await endSession();
    location.replace('/sign-in');
  }

  updated() {
    if (model.started) document.title = this.title_of(this.place.screen);
  }

  render() {
    if (model.failure) return this.nothing_works();
    if (!model.started) return html`<main class="starting">${skeleton(6)}</main>`;
    return html`
      <a class="skip-link" href="#main" @click=${this.skip}>${w('skip')}</a>
      ${this.bar()}
      ${this.refusals()}
      <main id="main" tabindex="-1">${this.screen()}</main>
      ${this.help_dialog()} ${this.leave_dialog()}`;
  }

  /** Without a line the shell still opens, and says what is the matter. */
  nothing_works() {
    const { failure } = model;
    if (failure.category !== 'offline') return failed(failure, () => location.reload());
    return html`<main class="starting">${empty('cloud-off', w('offline_start'),
      w('offline_start_hint'), html`<wa-button size="s" @click=${() => location.reload()}>
        ${w('retry')}</wa-button>`)}</main>`;
  }

  skip(event) {
    event.preventDefault();
    document.getElementById('main')?.focus();
  }

  screen() {
    return screens[tab_of(this.place.screen)?.screen ?? tabs()[0].screen](this.place);
  }

  get counts() {
    return this.inbox.value?.counts ?? {};
  }

  title_of(screen) {
    const name = w((tab_of(screen) ?? tabs()[0]).word);
    const n = model.unread + (this.counts.new ?? 0);
    return `${n ? `(${n}) ` : ''}${name} · ${model.session.clinic_name ?? 'Clinicdesk'}`;
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
        ${model.limited ? nothing : tabs().map((tab) => this.link(tab))}
      </nav>
      <div class="bar-end">
        ${model.limited ? html`<wa-button size="s" appearance="outlined"
          @click=${() => model.to_sign_in()}>${w('limited_sign_in')}</wa-button>` : nothing}
        ${this.line()} ${this.language_menu()} ${this.person_menu()}
      </div>
    </header>`;
  }

  link(tab) {
    const { screen, word, picture } = tab;
    const news = { contact_forms: this.counts.new, reviews: model.unread };
    const n = news[screen] ?? 0;
    return html`<a href=${address(screen)}
      aria-current=${tab === tab_of(this.place.screen) ? 'page' : nothing}>
      ${icon(picture)}<span class="nav-word">${w(word)}</span>
      ${n ? html`<span class="unread-count"><span aria-hidden="true">${counted(n)}</span>
        <span class="visually-hidden">${w('unread', { n })}</span></span>` : nothing}</a>`;
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
    // An answer to the question on the screen comes back into its own field.
    const refused = model.state.refused.filter(({ op, in: input }) =>
      op !== 'review_chat.mark_read' && !(op === 'contact_form.answer'
        && input.contact_form_id === this.place.item_id));
    if (!refused.length) return nothing;
    return html`<div class="refusals" role="alert">${refused.map((entry) => html`
      <section class="refusal">${icon('warning')}
        <div><p><strong>${w('refused_later')}.</strong> ${w('refused_item',
          { what: this.op_word(entry.op), message: entry.error.message })}</p>
          ${entry.in.text ? html`<blockquote dir="auto">${entry.in.text}</blockquote>` : nothing}
          ${entry.in.contact_form_id ? html`<p><a href=${address('contact_form',
            entry.in.contact_form_id)}>${w('refused_open')}</a></p>` : nothing}
        </div>
        <wa-button size="s" appearance="outlined" @click=${() => model.replica.dismiss(entry)}>
          ${w('dismiss')}</wa-button>
      </section>`)}</div>`;
  }

  op_word(op) {
    const word = `op_${op.replace('.', '_')}`;
    return w(has_word(word) ? word : 'op_other');
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
      ${shortcuts.map(({ group, rows }) => html`<h3 class="keys-group">${w(group)}</h3>
        <dl class="keys">${rows.map(({ keys, word }) => html`<div>
          <dt>${keys.map((key, at) => html`${at ? html` ${w('key_or')} ` : nothing}
            <kbd>${key}</kbd>`)}</dt><dd>${w(word)}</dd></div>`)}</dl>`)}
      <wa-switch ?checked=${single_keys.on} hint=${w('keys_on_hint')}
        @change=${(event) => { single_keys.on = event.target.checked; }}>${w('keys_on')}</wa-switch>
    </wa-dialog>`;
  }
}

customElements.define('desk-shell', Shell);

