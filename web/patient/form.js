/**
 * A question that was sent from a contact form, as the person who asked sees it: what became of
 * it, the answer, and after a rejection or an offer the choice of another office.
 * Read next: talk.js, what every conversation does; offices.js, the choice.
 */
import { html } from 'lit';
import { announce } from '../shared/announce.js';
import { api, tap } from '../shared/api.js';
import { icon } from '../shared/icons.js';
import { day, day_time, locale, t } from '../shared/i18n.js';
import { numbers_in } from '../shared/numbers.js';
import { openReplica } from '../shared/replica.js';
import { dialog_view, first_view, frame_view } from './frame.js';
import { forwarded_view, offices_view, question_of } from './offices.js';
import { Talk } from './talk.js';
import { thread_view } from './thread.js';

/** @param {any} opened what POST /session/open or GET /session answered
 * @param {{draw:() => void, leave:(problem?:any) => void}} page */
export async function open_talk(opened, page) {
  const { actor, now, item } = opened;
  const replica = await openReplica({ actor, role: 'patient', now, item });
  return new Form(item.item_id, replica, page);
}

class Form extends Talk {
  /** @type {any} the other offices, when there is a choice */ offices = null;
  /** @type {any} */ offices_problem = null;
  /** @type {any} the office that the dialog asks about */ office = null;
  /** @type {any[]} where the question has gone already */ forwarded = [];
  /** What would be sent there. */ words = '';
  practitioner_id = '';
  #choice = '';

  /** @param {number} id @param {any} replica @param {any} page */
  constructor(id, replica, page) {
    super(id, { kind: 'contact_form', post: 'reply', draft: `contact_form/${id}`, local: true },
      replica, page);
  }

  get visibility() {
    return this.reply.texts.visibility;
  }

  /** How the question may go elsewhere now: the core says. */
  get way() {
    return ['forward', 'accept_offer'].find((event) => this.reply?.allowed.includes(event)) ?? '';
  }

  async refresh() {
    await super.refresh();
    this.#went(this.reply);
    const choice = this.way && JSON.stringify([this.way, this.forwarded.length, locale()]);
    if (choice === this.#choice) return;
    this.#choice = choice;
    if (choice) await this.load_offices();
  }

  /** The page's own core holds this question only; where else it went is the server's word, which
   * the first reply is. @param {any} reply */
  #went(reply) {
    const { forwarded = [] } = reply ?? {};
    if (forwarded.length > this.forwarded.length) this.forwarded = forwarded;
  }

  async load_offices() {
    try {
      this.offices = await api('contact_form.offers', this.key);
      this.offices_problem = null;
    } catch (error) {
      this.offices_problem = error;
      this.#choice = '';
    }
    this.draw();
  }

  /** @param {any} office */
  choose(office) {
    const [first] = this.more ? [] : this.messages();
    this.office = office;
    this.words = first?.author === 'patient' ? first.text : '';
    this.practitioner_id = '';
    this.ask('send_there');
  }

  /** The one tap that lets the question go there. When its answer got lost, the next tap is the
   * same one. @param {string} event */
  async answer(event) {
    const { office, way, words } = this;
    await tap(`/api/contact_form.${way}`, { ...this.key, clinic_id: office.clinic_id,
      ...(words.trim() && { text: words.trim() }),
      ...(this.practitioner_id && { practitioner_id: Number(this.practitioner_id) }) });
    announce(t('went_there', { name: office.name }));
    this.#went(await api('contact_form.get', { ...this.key, limit: 1 }).catch(() => null));
  }

  /** @param {any} message a phone answer or a rejection */
  event_words(message) {
    if (message.kind === 'phone') {
      return { mark: 'phone', title: t('by_phone'),
        text: message.called_at ? t('called_at', { when: day_time(message.called_at) }) : '' };
    }
    return { mark: 'xmark', title: t('rejected'),
      text: this.reply.texts[`reason_${message.reason}`] };
  }

  /** @param {any} message @returns {string} */
  words_of_message(message) {
    if ((message.kind ?? 'text') === 'text') return message.text;
    const { title, text } = this.event_words(message);
    return [title, text, message.text].filter(Boolean).join('. ');
  }

  view() {
    if (!this.reply) return first_view(this);
    const { contact_form } = this.reply;
    return frame_view(this, {
      name: contact_form.clinic_name,
      about: contact_form.practitioner_name || t('title'),
      side_name: t('question'),
      side: side_view(this),
      main: html`${thread_view(this)}${fate_view(this)}${forwarded_view(this)}
        ${offices_view(this)}${dialog_view(this, question_of(this))}`,
    });
  }
}

/** @param {Form} form */
function side_view({ reply: { contact_form, texts } }) {
  return html`
    <p class="notice emergency">${icon('warning')}<span>${numbers_in(texts.emergency)
      .map(({ text, call }) => (call ? html`<a href="tel:${call}">${text}</a>` : text))}</span></p>
    <section class="question">
      <h2>${t('question')}</h2>
      <dl>
        ${contact_form.practitioner_name ? html`<dt>${t('doctor')}</dt>
          <dd>${contact_form.practitioner_name}</dd>` : ''}
        ${contact_form.service ? html`<dt>${t('service')}</dt><dd>${contact_form.service}</dd>`
          : ''}
        <dt>${t('sent_on')}</dt><dd>${day(contact_form.delivered_at)}</dd>
      </dl>
    </section>`;
}

const marks = { new: 'clock', read: 'eye', answered: 'check', answered_by_phone: 'phone',
  rejected: 'xmark' };

/** What has become of the question, until an answer speaks for itself. @param {Form} form */
function fate_view({ reply: { contact_form } }) {
  const { state, answered_at } = contact_form;
  const waits = state === 'new' || state === 'read';
  if (!waits) return '';
  return html`<p class="fate-line" role="status">${icon(marks[state])}<span>
    <strong>${t(answered_at ? 'fate_reaction' : `fate_${state}`)}</strong>
    ${t('fate_mail')}</span></p>`;
}
