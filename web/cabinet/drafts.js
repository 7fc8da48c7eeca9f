/**
 * What an administrator has begun to write, kept per chat or reply while the tab lives. It is
 * session storage on purpose: a draft may speak of an illness, so it must not outlive the
 * tab or the sign-out on a shared computer.
 */
const prefix = 'clinicdesk.draft.';

export const drafts = {
  /** @param {string} key @returns {string | null} null when nothing was begun */
  get: (key) => sessionStorage.getItem(prefix + key),

  /** @param {string} key @param {string} text an empty text forgets the draft */
  set(key, text) {
    if (text) sessionStorage.setItem(prefix + key, text);
    else sessionStorage.removeItem(prefix + key);
  },

  /** @param {string} key */
  forget: (key) => sessionStorage.removeItem(prefix + key),

  forget_all() {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(prefix)) sessionStorage.removeItem(key);
    }
  },
};
