/**
 * The clinic's answer to a question. Whoever writes holds the claim (B15); what is written is
 * kept on the server a moment after each pause, and on this device until then. When a colleague
 * was faster, the text stays and stands beside the colleague's answer.
 * Read next: form_deeds.js (the telephone answer and the rejection).
 */
import { LitElement, html, nothing } from 'lit';
import { announce } from '../shared/announce.js';
import { api } from '../shared/api.js';
import { day_time, onLocale } from '../shared/i18n.js';
import { toast } from '../shared/toast.js';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { model } from './model.js';
import { focus_in, problem, rule_chip } from './parts.js';
import { said, w } from './words.js';
import './form_deeds.js';

const CLAIM_EVERY_MS = 60_000;
const SAVE_AFTER_MS = 1000;

const deeds = ['answer', 'answer_by_phone', 'reject'];
const deed_icons = { answer: 'send', answer_by_phone: 'phone', reject: 'xmark' };

/** The text that came back before what stands there; the same words are not said twice, wherever
 * they came back from first (the core's draft or the queue). */
function with_text(back, standing) {
  if (!standing.trim() || standing.trim() === back.trim()) return back;
  return standing.includes(back.trim()) ? standing : `${back}\n\n${standing}`;
}

class FormAnswer extends LitElement {
  static properties = {
    contact_form_id: {}, value: {}, text: { state: true }, error: { state: true },
    other: { state: true }, taken: { state: true }, busy: { state: true }, kept: { state: true },
    panel: { state: true },
  };

  constructor() {
    super();
    /** @type {number | null} */ this.contact_form_id = null;
    /** @type {any} */ this.value = null;
    this.text = '';
    /** @type {any} */ this.error = null;
    /** @type {any} */ this.other = null;
    /** @type {any} */ this.taken = null;
    this.busy = false;
    this.kept = '';
    this.panel = '';
    this.claimed_at = 0;
    this.base_id = 0;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.forget = [model.onChange(() => this.look_at_refusals()),
      onLocale(() => this.requestUpdate())];
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const forget of this.forget) forget();
    this.leave();
  }

  willUpdate(changed) {
    if (changed.has('contact_form_id')) this.begin_with(drafts.get(this.key) ?? this.value?.draft);
    if (changed.has('value')) this.look_for_answers();
  }

  get key() {
    return `contact_form.${this.contact_form_id}`;
  }

  get last_id() {
    return this.value.contact_form.last_message_id;
  }

  begin_with(text) {
    this.text = text ?? '';
    this.base_id = this.last_id;
    this.error = this.other = this.taken = null;
    this.kept = '';
    if (drafts.get(this.key)) this.save_later();
    this.look_at_refusals();
  }

  /** What a colleague answers while this person writes is shown before anything is sent. */
  look_for_answers() {
    if (!this.text.trim()) {
      this.base_id = this.last_id;
      return;
    }
    const newer = this.value.messages.filter((one) => one.message_id > this.base_id
      && one.author === 'clinic');
    if (newer.length) this.other = newer.at(-1);
    else this.base_id = this.last_id;
  }

  /** An answer decided here that the server refused after all: its text comes back. */
  look_at_refusals() {
    const mine = model.state.refused.filter((entry) => entry.op === 'contact_form.answer'
      && entry.in.contact_form_id === this.contact_form_id);
    for (const entry of mine) {
      model.replica.dismiss(entry);
      this.text = with_text(entry.in.text, this.text);
      drafts.set(this.key, this.text);
      this.base_id = entry.in.last_message_id;
      this.refused(entry.error);
    }
    this.requestUpdate();
  }

  write(text) {
    if (!this.text.trim()) this.base_id = this.last_id;
    this.text = text;
    this.error = null;
    drafts.set(this.key, text);
    this.save_later();
    if (text.trim()) void this.claim();
    else this.release();
  }

  save_later() {
    this.kept = '';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = null;
    const { text, key, contact_form_id } = this;
    try {
      await api('contact_form.save_draft', { contact_form_id, text });
      if (drafts.get(key) === text) drafts.forget(key);
      if (this.text === text) this.kept = 'server';
    } catch {
      // The text lies on this device; the next pause or the next visit tries again.
      this.kept = 'device';
    }
  }

  /** Says that somebody is at it: at once, then at most once a minute while keys are pressed. */
  async claim(take_over = false) {
    if (!take_over && performance.now() - this.claimed_at < CLAIM_EVERY_MS && this.claimed_at) {
      return;
    }
    this.claimed_at = performance.now();
    try {
      await api('contact_form.claim', { contact_form_id: this.contact_form_id,
        ...(take_over && { take_over }) });
      this.taken = null;
      if (take_over) this.tell();
    } catch (error) {
      if (error.code === 'refused.claimed') this.taken = error.refusal.facts ?? {};
      else if (take_over) this.error = error;
    }
  }

  async take_over() {
    await this.claim(true);
    focus_in(this, 'wa-textarea');
  }

  release() {
    if (!this.claimed_at) return;
    this.claimed_at = 0;
    api('contact_form.release', { contact_form_id: this.contact_form_id }).catch(() => {});
  }

  /** Whoever leaves an empty field gives the question back; a text is saved and holds it. */
  leave() {
    if (this.timer) void this.save();
    if (!this.text.trim()) this.release();
  }

  tell() {
    this.dispatchEvent(new CustomEvent('form-changed', { bubbles: true }));
  }

  async send() {
    const text = this.text.trim();
    if (this.busy || !text) return;
    this.busy = true;
    this.error = this.other = null;
    clearTimeout(this.timer);
    this.timer = null;
    try {
      await model.deed('contact_form.answer', { contact_form_id: this.contact_form_id, text,
        last_message_id: this.base_id });
      this.sent();
    } catch (error) {
      this.refused(error);
    } finally {
      this.busy = false;
    }
  }

  sent() {
    this.text = '';
    this.kept = '';
    this.claimed_at = 0;
    this.taken = null;
    drafts.forget(this.key);
    announce(w(model.state.online ? 'answer_sent' : 'answer_queued'));
    this.tell();
  }

  /** @param {any} error */
  refused(error) {
    if (error.code === 'refused.stale') this.other = error.refusal?.facts ?? {};
    else if (error.code === 'refused.claimed') this.taken = error.refusal?.facts ?? {};
    else this.error = error;
    if (error.code === 'refused.stale') {
      announce(error.message, 'assertive');
      this.tell();
    }
  }

  /** A follow-up to the colleague's answer, by a person who has read it. */
  send_anyway() {
    this.base_id = Math.max(this.other.message_id ?? 0, this.last_id);
    void this.send();
  }

  discard() {
    const kept = this.text;
    this.other = null;
    this.write('');
    toast(w('draft_discarded'), { undo: () => this.write(kept), undo_label: w('undo') });
  }

  /** @param {string} what answer, phone or reject */
  begin(what) {
    if (what === 'answer') return focus_in(this, 'wa-textarea');
    const deed = what === 'phone' ? 'answer_by_phone' : 'reject';
    if (this.value.allowed.includes(deed)) this.panel = deed;
  }

  pressed(event) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!this.other) void this.send();
  }

  /** An earlier answer of this person that has not left yet: its number is not final. */
  get unsent() {
    return model.pending('contact_form.answer').some((entry) =>
      entry.in.contact_form_id === this.contact_form_id);
  }

  render() {
    const { allowed, refused = [] } = this.value;
    const why = refused.find(({ event }) => event === 'answer');
    // Whoever has begun to write keeps the field, also while a colleague is answering.
    const can = allowed.includes('answer') || Boolean(this.text) || why?.code === 'refused.claimed';
    return html`<div class="thread-foot form-foot">
      ${this.claim_banner()} ${this.stale()} ${problem(this.error)}
      ${this.unsent && !model.state.online ? html`<p class="notice quiet-notice">
        ${icon('cloud-off')}<span>${w('answer_waits')}</span></p>` : nothing}
      ${can ? this.field() : nothing}
      <div class="composer-foot">
        ${can ? html`<span class="quiet small composer-hint">${this.hint()}</span>` : nothing}
        ${this.text && !this.other ? html`<button type="button" class="text-button"
          @click=${this.discard}>${w('draft_discard')}</button>` : nothing}
        <div class="deeds">${deeds.toReversed().map((deed) => this.button(deed, can))}</div>
      </div>
      ${this.reasons(refused)}
      <desk-form-deeds .value=${this.value} .panel=${this.panel}
        @closed=${() => { this.panel = ''; }} @done=${() => this.tell()}></desk-form-deeds>
    </div>`;
  }

  hint() {
    if (!this.text) return w('composer_hint');
    return this.kept ? w(`draft_${this.kept}`) : w('draft_saving');
  }

  field() {
    return html`<div class="composer"><wa-textarea size="m" rows="3" resize="auto"
      label=${w('answer_to', { name: this.value.contact_form.name })} maxlength="4000"
      placeholder=${w('answer_placeholder')} .value=${this.text}
      @input=${(event) => this.write(event.target.value)} @keydown=${this.pressed}
      @blur=${() => this.timer && this.save()}></wa-textarea></div>`;
  }

  button(deed, can) {
    const allowed = this.value.allowed.includes(deed);
    const main = deed === 'answer';
    if (main && !can && this.value.refused?.every((one) => one.event !== 'answer')) return nothing;
    return html`<wa-button class="deed-${deed}" size="s" variant=${main ? 'brand' : 'neutral'}
      appearance=${main ? 'accent' : 'outlined'} ?loading=${main && this.busy}
      ?disabled=${!allowed || (main && (!this.text.trim() || Boolean(this.other) || this.unsent))}
      @click=${() => (main ? void this.send() : (this.panel = deed))}>
      <span slot="start">${icon(deed_icons[deed])}</span>${said(`button.${deed}`)}</wa-button>`;
  }

  /** Why a button is off, in the core's sentence; what several share is said once. */
  reasons(refused) {
    const said_of = refused.filter(({ event }) => deeds.includes(event));
    const sentences = new Map(said_of.map((one) => [one.message, one]));
    return [...sentences.values()].map(({ message, rule }) => html`<p class="small quiet why-not">
      ${icon('info')}<span>${message}</span> ${rule_chip(rule)}</p>`);
  }

  claim_banner() {
    const { claim } = this.value.contact_form;
    const other = claim && !claim.mine && claim.until_at > model.now() ? claim : this.taken;
    if (!other) return nothing;
    return html`<div class="notice warn claim" role="status">${icon('pencil')}
      <span><strong>${w('answers_now', { name: other.agent_name ?? '' })}</strong>
        ${w('answers_now_hint')}</span>
      <wa-button size="s" appearance="outlined" @click=${this.take_over}>
        ${w('take_over')}</wa-button></div>`;
  }

  stale() {
    if (!this.other) return nothing;
    const { agent_name, text, sent_at, kind } = this.other;
    const what = kind === 'phone' ? said('state.contact_form.answered_by_phone')
      : kind === 'rejection' ? said('state.contact_form.rejected') : '';
    return html`<section class="stale" role="alert" aria-labelledby="stale-title">
      <h3 id="stale-title">${icon('warning')}
        ${w('stale_title', { name: agent_name ?? w('you_clinic') })}</h3>
      <blockquote><p dir="auto">${what ? html`<strong>${what}</strong> ` : nothing}${text}</p>
        ${sent_at ? html`<footer class="small quiet">${day_time(sent_at)}</footer>` : nothing}
      </blockquote>
      <p class="small">${w('stale_hint')}</p>
      <div class="buttons">
        <wa-button size="s" appearance="outlined" ?loading=${this.busy}
          @click=${this.send_anyway}>${w('stale_send')}</wa-button>
        <wa-button size="s" appearance="plain" @click=${this.discard}>
          ${w('stale_discard')}</wa-button></div>
    </section>`;
  }
}

customElements.define('desk-form-answer', FormAnswer);
