/**
 * Three elements for any site: <clinicdesk-contact-form>, <clinicdesk-response-time> and
 * <clinicdesk-reviews>. One script tag, nothing else; how to dress them stands in README.md.
 */
import { ContactForm } from './contact_form.js';
import { ResponseTime } from './response_time.js';
import { Reviews } from './reviews.js';

const elements = { 'clinicdesk-contact-form': ContactForm,
  'clinicdesk-response-time': ResponseTime, 'clinicdesk-reviews': Reviews };

for (const [name, element] of Object.entries(elements)) {
  // A page may carry the script twice.
  if (!customElements.get(name)) customElements.define(name, element);
}
