/**
 * What happens before a conversation is open: a tap, perhaps a code, or a link that no longer
 * opens. Only remembers what the server answered.
 */
import { tap } from '../shared/api.js';
import { announce } from '../shared/announce.js';
import { t } from '../shared/i18n.js';
import { words_of } from '../shared/problem.js';

/** @param {string|null} token
 * @param {{draw:() => void, enter:(opened:any) => Promise<void>}} page */
export function make_door(token, { draw, enter }) {
  const door = {
    screen: token ? 'door' : 'problem',
    busy: false,
    sent_to: '',
    sent_at: 0,
    problem: null,
    problem_title: 'problem_title',
    error: '',
    retry: null,

    /** @param {any} problem @param {string} [title] @param {() => any} [retry] */
    fail(problem, title = 'problem_title', retry) {
      Object.assign(door, { screen: 'problem', problem, problem_title: title, retry });
    },

    /** The tap. @param {string} [code] */
    async open(code) {
      await door.work(async () => {
        const { out } = await tap('/session/open', { token, ...(code && { code }) });
        if (!out.code_needed) return enter(out);
        Object.assign(door, { screen: 'code', sent_to: out.sent_to ?? '' });
        announce(t('code_title'));
      });
    },

    async send_code() {
      await door.work(async () => {
        const { out } = await tap('/session/send-code', { token });
        Object.assign(door, { sent_at: Date.now(), sent_to: out.sent_to ?? door.sent_to });
        announce(t('code_sent_to', { phone: door.sent_to }));
      });
      document.getElementById('code')?.focus();
    },

    /** @param {string} text */
    async enter_code(text) {
      const code = text.replace(/\D/g, '');
      if (code.length === 6) return door.open(code);
      door.error = t('code_incomplete');
      draw();
    },

    /** One thing at a time; a refusal is shown where the person is. @param {() => any} work */
    async work(work) {
      if (door.busy) return;
      Object.assign(door, { busy: true, error: '' });
      draw();
      try {
        await work();
      } catch (error) {
        door.show(error);
      }
      door.busy = false;
      draw();
    },

    /** @param {any} error */
    show(error) {
      if (is_dead(error)) {
        sessionStorage.removeItem('token');
        announce(error.message);
        return door.fail(error);
      }
      door.error = words_of(error);
      announce(door.error, 'assertive');
    },
  };
  return door;
}

/** The link will never open again. @param {any} error */
function is_dead(error) {
  return ['refused.expired_link', 'refused.used_link'].includes(error.code)
    || ['missing', 'invalid'].includes(error.category);
}
