// Who is asking: an API key, a staff cookie, a patient cookie, or nobody.
// A cookie is a session's id and a proof; whether the session still lives is the core's answer,
// which a small cache repeats until the core says otherwise. Read next: sign-in.js.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { HostError } from './errors.js';

const CACHE_MAX = 20_000;
const TOUCH_EVERY_MS = 60_000;
/** Longer than any link that is bound to a browser is good. */
const MARK_S = 30 * 86_400;

/** @typedef {{kind: 'visitor'|'integration'|'staff'|'patient', actor: any,
 *   session_id: number|null, key: string, locale?: string}} Principal */

const VISITOR = { role: 'visitor' };

export class Sessions {
  #links;
  #call;
  #keys;
  #now;
  /** @type {Map<number, {session: any, touched_at: number}>} */
  #cache = new Map();

  /** @param {{links: ReturnType<typeof import('./links.js').openLinks>,
   *   call: (op: string, input: object) => Promise<any>, base_url: string,
   *   api_keys: {name: string, sha256: string}[], now?: () => number}} options */
  constructor({ links, call, base_url: baseUrl, api_keys: apiKeys, now = Date.now }) {
    this.#links = links;
    this.#call = call;
    this.#now = now;
    this.#keys = apiKeys.map((key) => Buffer.from(key.sha256, 'hex'));
    this.secure = baseUrl.startsWith('https:');
    // The prefix makes the browser refuse the cookie from another host or without TLS.
    this.prefix = this.secure ? '__Host-' : '';
  }

  /** What the request claims, as far as signatures prove it; the core is not asked.
   * @param {{headers: any, cookies?: Record<string, string|undefined>}} request
   * @param {unknown} [wanted] which of two sessions the page means, where no header can say it
   * @returns {{kind: 'visitor'|'integration'|'staff'|'patient'|'unknown_key',
   *   session_id: number|null, key: string}} */
  claimOf(request, wanted = request.headers['desk-role']) {
    const bearer = /^Bearer (.{1,200})$/.exec(request.headers.authorization ?? '');
    if (request.headers.authorization !== undefined) {
      const kind = bearer && this.#isApiKey(bearer[1]) ? 'integration' : 'unknown_key';
      return { kind, session_id: null, key: kind };
    }
    const order = wanted === 'staff' || wanted === 'patient' ? [wanted] : ['staff', 'patient'];
    for (const kind of /** @type {('staff'|'patient')[]} */ (order)) {
      const id = this.sessionIdIn(request.cookies, kind);
      if (id !== null) return { kind, session_id: id, key: `session:${id}` };
    }
    return { kind: 'visitor', session_id: null, key: 'visitor' };
  }

  /** @param {Record<string, string|undefined>|undefined} cookies @param {'staff'|'patient'} kind */
  sessionIdIn(cookies, kind) {
    return this.#links.sessionId(cookies?.[`${this.prefix}desk_${kind}`]);
  }

  #isApiKey(given) {
    const digest = createHash('sha256').update(given).digest();
    return this.#keys.reduce((found, key) => timingSafeEqual(key, digest) || found, false);
  }

  /** The actor that the core will see. Who claims a session that has ended is told so, and is
   * not taken for a visitor: a page must not show half of what it showed before.
   * @param {ReturnType<Sessions['claimOf']>} claim
   * @param {{active?: boolean}} [how] active: a person did something, so the session is kept
   * @returns {Promise<Principal>} */
  async principalOf(claim, { active = false } = {}) {
    if (claim.kind === 'integration') {
      return { ...claim, kind: 'integration', actor: { role: 'integration' } };
    }
    if (claim.session_id === null) {
      return { ...claim, kind: 'visitor', actor: VISITOR, session_id: null };
    }
    const session = await this.sessionOf(claim.session_id);
    if (!session) throw new HostError('denied.expired_session');
    if (active) this.#touch(claim.session_id);
    return {
      kind: claim.kind === 'patient' ? 'patient' : 'staff',
      actor: { ...session.actor, session_id: claim.session_id },
      session_id: claim.session_id,
      key: claim.key,
      locale: session.locale,
    };
  }

  /** @param {number} sessionId @returns {Promise<any|null>} null when it has ended */
  async sessionOf(sessionId, { fresh = false } = {}) {
    const cached = this.#cache.get(sessionId);
    if (cached && !fresh) return cached.session;
    try {
      const session = await this.#call('session.get', { session_id: sessionId });
      this.#keep(sessionId, session);
      return session;
    } catch (error) {
      this.forget(sessionId);
      if (error.refusal?.category === 'busy' || error.refusal?.category === 'storage') throw error;
      return null;
    }
  }

  #keep(sessionId, session) {
    const touched = this.#cache.get(sessionId)?.touched_at ?? 0;
    this.#cache.delete(sessionId);
    this.#cache.set(sessionId, { session, touched_at: touched });
    if (this.#cache.size > CACHE_MAX) this.#cache.delete(this.#cache.keys().next().value);
  }

  /** Activity moves the idle limit, which the core keeps; once a minute is exact enough. */
  #touch(sessionId) {
    const entry = this.#cache.get(sessionId);
    const now = this.#now();
    if (!entry || Math.abs(now - entry.touched_at) < TOUCH_EVERY_MS) return;
    entry.touched_at = now;
    this.#call('session.touch', { session_id: sessionId }).catch(() => this.forget(sessionId));
  }

  /** @param {number|null} sessionId */
  forget(sessionId) {
    if (sessionId !== null) this.#cache.delete(sessionId);
  }

  /** Set-Cookie for a new session. @param {'staff'|'patient'} kind @param {number} sessionId
   * @param {number|null} expiresAt a patient's device keeps its cookie until then; a staff cookie
   *   ends with the browser */
  cookieFor(kind, sessionId, expiresAt) {
    const age = kind === 'patient' && expiresAt
      ? Math.max(0, Math.floor((expiresAt - this.#now()) / 1000)) : null;
    return this.#cookie(`desk_${kind}`, this.#links.sessionToken(sessionId),
      kind === 'staff' ? 'Strict' : 'Lax', age);
  }

  /** @param {'staff'|'patient'} kind */
  endCookie(kind) {
    return this.#cookie(`desk_${kind}`, '', kind === 'staff' ? 'Strict' : 'Lax', 0);
  }

  /** The mark of the browser that asks for a sign-in link, or opens one; only its digest leaves
   * this file.
   * @param {Record<string, string|undefined>|undefined} cookies
   * @param {{intent?: string, lasting?: boolean}} [how] intent: a new mark is made from it, so that
   *   a tap whose answer got lost, and the mark with it, is the same browser when it comes again;
   *   lasting: it outlives this run of the browser
   * @returns {{digest: string, cookie: string|null}} */
  browserOf(cookies, { intent = randomBytes(16).toString('hex'), lasting = false } = {}) {
    const name = `${this.prefix}desk_browser`;
    const old = cookies?.[name];
    const valid = typeof old === 'string' && /^[A-Za-z0-9_-]{22}$/.test(old);
    const mark = valid ? old : this.#links.browserMark(intent);
    const cookie = this.#cookie('desk_browser', mark, 'Lax', lasting ? MARK_S : null);
    return {
      digest: createHash('sha256').update(mark).digest('hex'),
      cookie: valid && !lasting ? null : cookie,
    };
  }

  /** @param {Record<string, string|undefined>|undefined} cookies */
  hasBrowser(cookies) {
    return cookies?.[`${this.prefix}desk_browser`] !== undefined;
  }

  #cookie(name, value, sameSite, maxAgeS) {
    return `${this.prefix}${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}`
      + (this.secure ? '; Secure' : '') + (maxAgeS === null ? '' : `; Max-Age=${maxAgeS}`);
  }
}
