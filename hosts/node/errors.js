// The host's own refusals and the one table from the core's categories to HTTP.
// Sentences about the product never stand here: those come with the core's replies.
// Read next: server.js, which turns both kinds into problem documents.

/** @typedef {{category: string, code: string, field?: string|null, message: string,
 *   rule?: number|null, facts?: object, tries_left?: number}} Refusal facts: what the sentence is
 *   about, for programs */

/** HTTP status and title for each category; a code may override its category's status. */
const STATUS_BY_CATEGORY = {
  invalid: [400, 'The request is not valid'],
  refused: [409, 'Refused'],
  missing: [404, 'Not found'],
  denied: [403, 'Not allowed'],
  busy: [503, 'Too busy'],
  storage: [503, 'Storage is not available'],
  bug: [500, 'A fault in the server'],
};

const STATUS_BY_CODE = {
  'busy.too_many': 429,
  'denied.no_session': 401,
  'denied.expired_session': 401,
  'denied.api_key': 401,
  'denied.origin': 403,
  'denied.work': 403,
  'invalid.unknown_op': 404,
  'invalid.method': 405,
  'invalid.content_type': 415,
  'invalid.too_large': 413,
  'invalid.headers_too_large': 431,
};

/** What the host itself refuses: faults of the carriage, in technical English. Where the core
 * has a sentence for the same word, people see that one (see server.js). */
const HOST_REFUSALS = {
  'invalid.malformed': 'The body is not valid JSON in UTF-8.',
  'invalid.request': 'The request cannot be understood.',
  'invalid.content_type': 'The body must be sent as application/json.',
  'invalid.method': 'This method is not served here.',
  'invalid.too_large': 'The body is too large.',
  'invalid.headers_too_large': 'The headers are too large.',
  'invalid.idempotency_key': 'Idempotency-Key must have 1 to 64 printable characters.',
  'invalid.unknown_field': 'There is no such field.',
  'invalid.required': 'This field is missing.',
  'invalid.wrong_type': 'This field is of the wrong type.',
  'missing.page': 'There is nothing at this address.',
  'invalid.unknown_op': 'There is no such operation.',
  'denied.origin': 'The request came from a page of another origin.',
  'denied.work': 'The proof of work is missing, wrong, expired or used; take a new challenge.',
  'denied.no_session': 'There is no session.',
  'denied.expired_session': 'The session has ended.',
  'denied.api_key': 'The API key is not known.',
  'busy.too_many': 'Too many requests; try again later.',
  'busy.overloaded': 'The server is overloaded; try again shortly.',
  'busy.stopping': 'The server is stopping.',
  'storage.unavailable': 'The database cannot be opened.',
  'bug.trap': 'The core failed on this request; nothing was changed by it.',
  'bug.unknown_outcome': 'The core failed; whether the request was done is not known.',
  'bug.host': 'The server failed on this request.',
};

const RETRY_AFTER_S = { 429: 30, 503: 2 };

/** A refusal thrown inside the host. */
export class HostError extends Error {
  /** @param {string} code @param {string|null} [field] @param {number} [retryAfterS] */
  constructor(code, field = null, retryAfterS = undefined) {
    super(HOST_REFUSALS[code] ?? code);
    this.refusal = hostRefusal(code, field);
    this.retry_after_s = retryAfterS;
  }
}

/** @param {string} code @param {string|null} [field] @returns {Refusal} */
export function hostRefusal(code, field = null) {
  const message = HOST_REFUSALS[code];
  if (message === undefined) throw new Error(`no such refusal: ${code}`);
  return { category: code.slice(0, code.indexOf('.')), code, field, message, rule: null };
}

/** A visitor who is denied is asked to sign in: 401 instead of 403.
 * @param {Refusal} refusal @param {boolean} [signedIn] */
export function statusOf(refusal, signedIn = true) {
  const byCode = STATUS_BY_CODE[refusal.code];
  if (byCode !== undefined) return byCode;
  if (refusal.category === 'denied' && !signedIn) return 401;
  return (STATUS_BY_CATEGORY[refusal.category] ?? STATUS_BY_CATEGORY.bug)[0];
}

/** RFC 9457. @param {Refusal} refusal @param {number} status
 * @param {string} [instance] names this one failure, in the answer and in the log */
export function problemOf(refusal, status, instance) {
  const [, title] = STATUS_BY_CATEGORY[refusal.category] ?? STATUS_BY_CATEGORY.bug;
  return {
    ...refusal,
    type: `urn:clinicdesk:${refusal.code}`,
    title,
    status,
    instance,
    detail: refusal.message,
    code: refusal.code,
    category: refusal.category,
    field: refusal.field ?? null,
    rule: refusal.rule ?? null,
    message: undefined,
  };
}

/** @param {number} status @param {number} [seconds] @returns {number|undefined} */
export function retryAfterOf(status, seconds) {
  return seconds ?? RETRY_AFTER_S[status];
}
