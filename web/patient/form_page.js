/** /form: a question that was sent from a contact form, behind the link of an e-mail. */
import { form_words } from './form_words.js';
import { start_page } from './page.js';

await start_page({ kind: 'contact_form', words: form_words, load: () => import('./form.js') });
