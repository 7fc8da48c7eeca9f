/**
 * The HTTP door: one generic function for every operation, the session, and live revisions.
 * It knows categories and transport, never a rule. Read next: replica.js.
 */
import { locale } from './i18n.js';

/** A refusal or failure in the core's own words. */
export class DeskError extends Error {
  /** @param {{category:string, code:string, field?:string|null, message:string,
   *   rule?:number|null, detail?:string, status?:number,
   *   retry_after_ms?:number}} refusal */
  constructor(refusal) {
    super(refusal.message || refusal.detail || refusal.code);
    this.name = 'DeskError';
    this.category = refusal.category;
    this.code = refusal.code;
    this.field = refusal.field ?? null;
    this.rule = refusal.rule ?? null;
    this.refusal = refusal;
    this.retry_after_ms = refusal.retry_after_ms ?? 0;
    /** Nobody is signed in any more: the reason does not matter to the page. */
    this.signed_out = refusal.status === 401;
  }
}

/** @type {'staff'|'patient'|null} which of the two cookies this page means */
let page_role = null;

/** Says once, at start, whose page this is. @param {'staff'|'patient'|null} role */
export function use_role(role) {
  page_role = role;
}

/** An id for one intent: sent again it changes nothing. */
export function intent_id() {
  return `${Date.now().toString(36).padStart(9, '0')}-${crypto.getRandomValues(new Uint32Array(3))
    .reduce((text, word) => text + word.toString(36).padStart(7, '0'), '')}`;
}

const ATTENDED_MS = 60_000;
let touched_at = performance.now();

/** A page that stands open asks again whenever somebody has changed something; that nobody is
 * there any more must not keep a session alive. */
for (const event of ['pointerdown', 'keydown', 'input', 'wheel']) {
  addEventListener(event, () => { touched_at = performance.now(); },
    { capture: true, passive: true });
}

const attended = () => performance.now() - touched_at < ATTENDED_MS;

/** @param {string} path @param {{method?:string, body?:object, headers?:object}} [options]
 * @returns {Promise<{out:any, rev:number|null}>} */
export async function request(path, { method = 'GET', body, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: {
        accept: 'application/json',
        'desk-locale': locale(),
        ...(page_role && { 'desk-role': page_role }),
        ...(!attended() && { 'desk-attended': 'no' }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    throw new DeskError({ category: 'offline', code: 'offline.network', message: String(error) });
  }
  const rev = Number(response.headers.get('desk-rev')) || null;
  const text = await response.text();
  const out = parse(text);
  if (response.ok && out !== undefined) return { out, rev };
  throw failure(response, out);
}

/** @param {string} text */
function parse(text) {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Response} response @param {any} out */
function failure(response, out) {
  const retry_after_ms = (Number(response.headers.get('retry-after')) || 0) * 1000;
  if (out && out.code) {
    return new DeskError({ ...out, message: out.detail || out.message || out.title,
      status: response.status, retry_after_ms });
  }
  const category = response.status === 429 || response.status >= 500 ? 'busy'
    : response.status === 401 || response.status === 403 ? 'denied' : 'bug';
  return new DeskError({ category, code: `${category}.http_${response.status}`,
    message: `HTTP ${response.status}`, status: response.status, retry_after_ms });
}

/** Failures after which the same request may succeed later. */
export const passing = new Set(['offline', 'busy', 'storage']);

const taps = new Map();

/** A person's tap. When its answer got lost, the next tap is the same one, so that a link which
 * works once is not spent by it. @param {string} path @param {object} body */
export async function tap(path, body) {
  const what = JSON.stringify([path, body]);
  const id = taps.get(what) ?? intent_id();
  taps.delete(what);
  try {
    return await request(path, { method: 'POST', body, headers: { 'idempotency-key': id } });
  } catch (error) {
    // The cookie came and the words did not: for the server this browser is another one now.
    if (error.code === 'refused.duplicate_command') return tap(path, body);
    if (passing.has(error.category)) taps.set(what, id);
    throw error;
  }
}

/** Runs one operation on the server. With an `id` it is a change that may be sent again.
 * @param {string} op @param {object} [input] @param {{id?:string}} [options]
 * @returns {Promise<any>} */
export async function api(op, input = {}, { id } = {}) {
  return (await send(op, input, id)).out;
}

/** As api(), with the revision that the reply stands for.
 * @param {string} op @param {object} input @param {string} [id] */
export function send(op, input, id) {
  return request(`/api/${op}`, { method: 'POST', body: input,
    headers: id ? { 'idempotency-key': id } : {} });
}

/** Who this browser is signed in as, or null.
 * @returns {Promise<any|null>} */
export async function session() {
  try {
    return (await request('/session')).out;
  } catch (error) {
    if (error instanceof DeskError && ['denied', 'missing'].includes(error.category)) return null;
    throw error;
  }
}

const ending = new Set();

/** Registers what must be forgotten when the person signs out. @param {() => any} forget */
export function on_session_end(forget) {
  ending.add(forget);
}

/** Signs out and destroys what this browser kept for the person. */
export async function endSession() {
  await Promise.allSettled([...ending].map((forget) => forget()));
  await request('/session/end', { method: 'POST', body: {} }).catch(() => {});
}

const LIVE_PAUSE_MS = 500;
const LIVE_PAUSE_MS_MAX = 30_000;

/** Calls `on_rev(rev)` after every commit that may concern this page, and `on_rev(null)` after
 * each (re)connection, because something may have been missed.
 * @param {(rev:number|null) => void} on_rev @param {(connected:boolean) => void} [on_state] */
export function live(on_rev, on_state = () => {}) {
  let socket = null;
  /** @type {any} */
  let timer;
  let attempt = 0;
  let closed = false;
  const connect = () => {
    clearTimeout(timer);
    if (closed || socket) return;
    const where = new URL(`/api/live?role=${page_role ?? ''}`, location.href);
    where.protocol = where.protocol.replace('http', 'ws');
    const mine = new WebSocket(where);
    socket = mine;
    mine.onopen = () => { attempt = 0; on_state(true); on_rev(null); };
    mine.onmessage = (event) => on_rev(parse(event.data)?.rev ?? null);
    mine.onclose = () => {
      if (socket !== mine) return;
      socket = null;
      if (closed) return;
      on_state(false);
      const pause = Math.min(LIVE_PAUSE_MS * 2 ** attempt++, LIVE_PAUSE_MS_MAX);
      timer = setTimeout(connect, pause * (0.5 + Math.random() / 2));
    };
  };
  const hurry = () => { attempt = 0; connect(); };
  addEventListener('online', hurry);
  addEventListener('visibilitychange', hurry);
  connect();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      removeEventListener('online', hurry);
      removeEventListener('visibilitychange', hurry);
      socket?.close();
    },
  };
}
