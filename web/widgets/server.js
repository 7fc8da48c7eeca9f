/**
 * The public door of the server, from whatever site the widget stands on: no cookies, no secrets,
 * and every failure in the reader's language. Knows transport, never a rule.
 */
const script = /** @type {HTMLScriptElement|null} */ (document.currentScript)
  ?? [...document.scripts].find(({ src }) => /\/widgets\/clinicdesk\.js(\?|$)/.test(src));

/** The server that this script came from. */
export const script_origin = script ? new URL(script.src).origin : location.origin;

const PATIENCE_MS = 30_000;

/** Why something did not work: the core's own words, or what the line did. */
export class Problem extends Error {
  /** @param {any} document RFC 9457, as the server sends it, or { category, code } */
  constructor(document) {
    super(document.detail ?? '');
    this.category = document.category;
    this.code = document.code;
    /** @type {string|null} */
    this.field = document.field ?? null;
  }
}

/** Reads. @param {{server:string, locale:string}} from @param {string} op @param {object} input */
export function ask({ server, locale }, op, input = {}) {
  const wanted = Object.entries({ ...input, locale })
    .filter(([, value]) => value !== null && value !== undefined && value !== '');
  return answer_of(`${server}/public/${op}?${new URLSearchParams(wanted)}`, {});
}

/** Changes something, once for one `key`.
 * @param {{server:string, locale:string}} to @param {string} op @param {object} input
 * @param {{key:string, work:string}} proof */
export function send({ server, locale }, op, input, { key, work }) {
  return answer_of(`${server}/public/${op}?${new URLSearchParams({ locale })}`, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: { 'content-type': 'application/json', 'idempotency-key': key, 'desk-work': work },
  });
}

/** @param {string} url @param {RequestInit} request @returns {Promise<any>} */
async function answer_of(url, request) {
  // A line that hangs is a line that failed: the same key makes asking again harmless.
  const hurry = new AbortController();
  const timer = setTimeout(() => hurry.abort(), PATIENCE_MS);
  try {
    const response = await fetch(url, { ...request, mode: 'cors', credentials: 'omit',
      cache: 'no-store', referrerPolicy: 'no-referrer', signal: hurry.signal });
    const text = await response.text();
    const out = parsed(text);
    if (response.ok && out) return out;
    throw out?.code ? new Problem(out) : new Problem(failure(response.status));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ category: 'offline', code: 'offline.network' });
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {number} status something between the page and the server has answered */
function failure(status) {
  const category = status === 429 || status >= 500 || status === 200 ? 'busy' : 'bug';
  return { category, code: status === 429 ? 'busy.too_many' : `${category}.http_${status}` };
}

/** After these the same request may succeed later. @param {Problem} problem */
export const passing = (problem) => ['offline', 'busy', 'storage'].includes(problem.category)
  && problem.code !== 'busy.too_many';
