/**
 * One review in the list: enough to decide without opening it. The whole row is one link, the
 * chat button (rule 5) stands above it.
 */
import { html, nothing } from 'lit';
import { drafts } from './drafts.js';
import { icon } from './kit.js';
import { badge, chat_badges, moment, stars } from './parts.js';
import { address } from './route.js';
import { said, w } from './words.js';

/** Marks the words that were searched for. @param {string} text @param {string} words */
function marked(text, words) {
  const wanted = words.trim().split(/\s+/).filter((word) => word.length > 1);
  if (!wanted.length) return text;
  const lower = text.toLocaleLowerCase();
  const pieces = [];
  let from = 0;
  while (from < text.length) {
    const next = wanted.map((word) => [lower.indexOf(word.toLocaleLowerCase(), from), word.length])
      .filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0])[0];
    if (!next) break;
    const to = next[0] + next[1];
    pieces.push(text.slice(from, next[0]), html`<mark>${text.slice(next[0], to)}</mark>`);
    from = to;
  }
  return [...pieces, text.slice(from)];
}

/** @param {any} row @param {{open: boolean, words: string}} options */
export function review_row(row, { open, words }) {
  const chat = row.review_chat;
  const unread = chat?.unread_count ?? 0;
  const theirs = chat?.last_author === 'patient';
  const link = address('reviews', row.review_id);
  return html`<li class="row ${open ? 'current' : ''} ${unread ? 'unread' : ''}
      ${row.reply || chat?.last_text ? 'talks' : ''}"
    data-review-id=${row.review_id}>
    <div class="row-head">
      ${stars(row)}
      <a class="row-link" href=${link} aria-current=${open ? 'true' : nothing}
        >${marked(row.author_name, words)}</a>
      ${unread ? html`<span class="unread-count"><span aria-hidden="true">${unread}</span>
        <span class="visually-hidden">${w('unread', { n: unread })}</span></span>` : nothing}
      <span class="row-when quiet small">${moment(chat?.last_at ?? row.published_at)}</span>
    </div>
    <p class="row-about quiet small">${row.practitioner_name
      ? w('about_practitioner', { name: row.practitioner_name }) : w('about_clinic')}</p>
    ${row.label ? html`<p class="row-label small">${icon('handshake')}${row.label}</p>` : nothing}
    <p class="row-text">${marked(row.text, words)}</p>
    ${row.reply ? html`<p class="row-line" title=${w('reply_short')}>${icon('reply')}
      <span class="visually-hidden">${w('reply_short')}:</span>
      <span class="one-line">${marked(row.reply, words)}</span></p>` : nothing}
    ${chat?.last_text ? html`<p class="row-line row-last">${icon(theirs ? 'message' : 'send')}
      <span class="one-line">${chat.last_text}</span></p>` : nothing}
    <div class="row-foot">
      <div class="badges">
        ${chat_badges(chat && { ...chat, solved: chat.solved && !row.label })}
        ${begun(row) ? badge('warn', 'pencil', w('draft')) : nothing}
      </div>
      <button type="button" class="row-chat" @click=${(event) => begin_chat(event, row.review_id)}
        aria-label=${`${said('button.open_review_chat')}: ${row.author_name}`}>
        ${icon('message')}<span>${said('button.open_review_chat')}</span></button>
    </div>
  </li>`;
}

function begun(row) {
  const { review_id } = row;
  return [`review_chat.${review_id}`, `review_chat.${review_id}.solve`,
    `review_chat.${review_id}.thank`, `reply.${review_id}`].some((key) => drafts.get(key));
}

/** Opens the review with the cursor in the chat, whether the chat exists or begins now. */
function begin_chat(event, review_id) {
  event.currentTarget.dispatchEvent(new CustomEvent('begin-chat',
    { bubbles: true, detail: review_id }));
}
