import { t } from './i18n.js';

/** What a person reads when something failed. The core's refusals speak for themselves; what the
 * carriage says in technical English is said here in the reader's language.
 * @param {{category?:string, code?:string, message?:string}} error */
export function words_of(error) {
  if (error.category === 'offline') return t('error_offline');
  if (error.code === 'busy.too_many') return t('error_many');
  if (error.category === 'busy') return t('error_busy');
  if (error.category === 'bug' || !error.message) return t('error_bug');
  return error.message;
}
