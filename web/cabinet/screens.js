/** Which screens there are, for whom, and what each shows. One table, so that the menu, the
 * title of the window and the address cannot disagree. */
import { html } from 'lit';
import { model } from './model.js';
import { go, address } from './route.js';
import './forms.js';
import './limited.js';
import './moderator.js';
import './reviews.js';
import './settings.js';

/** A tab of the menu: its screen, its word and picture, and the addresses that belong to it. */
const staff_tabs = [
  { screen: 'contact_forms', word: 'questions', picture: 'mail', also: ['contact_form'] },
  { screen: 'reviews', word: 'reviews', picture: 'star', also: ['review_chat'] },
  { screen: 'hours', word: 'hours', picture: 'calendar', also: [] },
  { screen: 'response_times', word: 'figures', picture: 'chart', also: ['team'] },
  { screen: 'settings', word: 'settings', picture: 'settings', also: ['notices'] },
];

const platform_tabs = [
  { screen: 'review_chats', word: 'chats', picture: 'message', also: ['review_chat'] },
  { screen: 'tasks', word: 'tasks', picture: 'check', also: [] },
];

const limited_tabs = [
  { screen: 'contact_form', word: 'question', picture: 'mail', also: [] },
];

export function tabs() {
  return model.limited ? limited_tabs : model.moderator ? platform_tabs : staff_tabs;
}

/** @param {string} screen */
export function tab_of(screen) {
  return tabs().find((tab) => tab.screen === screen || tab.also.includes(screen)) ?? tabs()[0];
}

/** Screens that are opened seldom are loaded when they are. Without a line and without a copy
 * the place stays empty, and the bar above says why. */
function later(load, shown) {
  load().catch((error) => console.info('cabinet: a screen did not come', error));
  return shown;
}

/** @type {Record<string, (place: {screen: string, item_id: number | null}) => unknown>} */
export const screens = {
  contact_forms: ({ screen, item_id }) => html`<desk-forms
    .contact_form_id=${screen === 'contact_form' ? item_id : null}></desk-forms>`,
  contact_form: () => html`<desk-limited></desk-limited>`,
  reviews: ({ screen, item_id }) => html`<desk-reviews
    .review_id=${screen === 'reviews' ? item_id : null}
    .review_chat_id=${screen === 'review_chat' ? item_id : null}></desk-reviews>`,
  review_chats: ({ item_id }) => html`<desk-moderator .review_chat_id=${item_id}></desk-moderator>`,
  hours: () => later(() => import('./hours.js'), html`<desk-hours></desk-hours>`),
  response_times: ({ screen, item_id }) => (screen === 'team'
    ? later(() => import('./team.js'), html`<desk-team .agent_id=${item_id}></desk-team>`)
    : later(() => import('./times.js'), html`<desk-times></desk-times>`)),
  settings: ({ screen }) => (screen === 'notices'
    ? later(() => import('./notices.js'), html`<desk-notices></desk-notices>`)
    : html`<desk-settings></desk-settings>`),
  tasks: () => later(() => import('./tasks.js'), html`<desk-tasks></desk-tasks>`),
};

/** Where a limited person may be: at the one form. */
export function stay_at_item() {
  const { item_id } = model.session.item;
  go(address('contact_form', item_id), { replace: true });
}
