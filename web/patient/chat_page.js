/** /chat: the conversation about a review, behind the link of an SMS. */
import { chat_words } from './chat_words.js';
import { start_page } from './page.js';

await start_page({ kind: 'review_chat', words: chat_words, load: () => import('./chat.js') });
