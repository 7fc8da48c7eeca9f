/**
 * The conversation that grew out of a review: the patient's two buttons, and the review itself.
 * Read next: talk.js, what every conversation does; outcome.js, the two buttons.
 */
import { html } from 'lit';
import { announce } from '../shared/announce.js';
import { t } from '../shared/i18n.js';
import { openReplica } from '../shared/replica.js';
import { first_view, frame_view } from './frame.js';
import { outcome_view } from './outcome.js';
import { review_view } from './review.js';
import { Talk } from './talk.js';
import { thread_view } from './thread.js';

/** @param {any} opened what POST /session/open or GET /session answered
 * @param {{draw:() => void, leave:(problem?:any) => void}} page */
export async function open_talk(opened, page) {
  const { actor, now, item } = opened;
  const replica = await openReplica({ actor, role: 'patient', now, item });
  return new Chat(item.item_id, replica, page);
}

class Chat extends Talk {
  review_open = false;

  /** @param {number} id @param {any} replica @param {any} page */
  constructor(id, replica, page) {
    super(id, { kind: 'review_chat', post: 'post', draft: `chat/${id}`, local: true }, replica,
      page);
  }

  get visibility() {
    return this.reply.texts.notice_visibility;
  }

  /** @param {string} event one of the two buttons */
  async answer(event) {
    await this.replica.do(`review_chat.${event}`, { ...this.key,
      ...(event === 'mark_solved' && { confirmed: true }) });
    announce(t(event === 'end' ? 'ended_done' : 'solved_done'));
  }

  view() {
    if (!this.reply) return first_view(this);
    const { review_chat, texts } = this.reply;
    const silent = review_chat.muted && review_chat.state === 'open' ? texts.notice_muted : '';
    return frame_view(this, {
      name: review_chat.clinic_name,
      about: t('title'),
      side_name: t('review'),
      side: review_view(this),
      main: html`${thread_view(this, silent)}${outcome_view(this)}`,
    });
  }
}
