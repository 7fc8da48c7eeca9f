/** Where this person is signed in, each with its end; a stranger's session is ended here. */
import { LitElement, html, nothing } from 'lit';
import { endSession } from '../shared/api.js';
import { day_time, onLocale, relative } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { badge, failed, problem, skeleton } from './parts.js';
import { Read } from './read.js';
import { w } from './words.js';

class SessionList extends LitElement {
  static properties = { asked: { state: true }, error: { state: true } };

  constructor() {
    super();
    /** @type {any} */ this.error = null;
    this.asked = null;
    this.list = new Read(this, 'session.list', () => ({}), { server: true });
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = onLocale(() => this.requestUpdate());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.forget();
  }

  async end(session) {
    this.asked = null;
    this.error = null;
    if (session.current) {
      drafts.forget_all();
      await endSession();
      location.replace('/sign-in');
      return;
    }
    try {
      await model.call('session.end', { session_id: session.session_id });
      toast(w('session_ended'), { kind: 'good' });
      await this.list.again();
    } catch (error) {
      this.error = error;
    }
  }

  render() {
    if (this.list.error) return failed(this.list.error, () => this.list.again());
    if (!this.list.value) return skeleton(2);
    return html`${problem(this.error)}
      <ul class="sessions">${this.list.value.sessions.map((session) => this.line(session))}</ul>`;
  }

  line(session) {
    const here = session.current;
    return html`<li class="session">
      ${icon(here ? 'user' : 'key')}
      <div><p>${w('session_since', { time: day_time(session.opened_at) })}
          ${here ? badge('soft', 'check', w('session_this')) : nothing}</p>
        <p class="small quiet">${w('session_seen', { time: relative(session.seen_at) })} ·
          ${w('session_expires', { time: relative(session.expires_at) })}</p></div>
      ${this.asked === session.session_id ? html`<div class="buttons" role="group"
          aria-label=${w('session_end_confirm')}>
          <wa-button size="s" variant="danger" @click=${() => this.end(session)}>
            ${w('session_end')}</wa-button>
          <wa-button size="s" appearance="plain" @click=${() => { this.asked = null; }}>
            ${w('cancel')}</wa-button></div>`
        : html`<wa-button size="s" appearance="outlined"
          @click=${() => { this.asked = session.session_id; }}>
          ${w(here ? 'session_end_this' : 'session_end')}</wa-button>`}
    </li>`;
  }
}

customElements.define('desk-session-list', SessionList);
