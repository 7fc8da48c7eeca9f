// Links and sessions over HTTP: asked for, exchanged, ended. Only a POST changes anything.
// Refuses to tell a wrong token from an expired one, and a known address from an unknown one.
// The core decides on devices, tries and expiry; the host proves tokens and compares codes.
import { createHash } from 'node:crypto';
import { idOf } from './api.js';
import { HostError } from './errors.js';
import { DeskRefusal } from './engine.js';

/** A link that no platform has: what a forged token is taken for, so that it is answered like
 * any other dead link, in the same words and the same time. */
const NO_LINK = 2 ** 47;
const BINDING_PURPOSE = 'contact_form_clinic';

/** @param {any} app @param {{engine: import('./engine.js').Engine,
 *   sessions: import('./sessions.js').Sessions,
 *   links: ReturnType<typeof import('./links.js').openLinks>, live: {end: (id: number) => void},
 *   now: () => number, strict: object}} host */
export function serveSignIn(app, host) {
  const config = { rateLimit: host.strict };
  app.post('/session/request', { config }, (request, reply) => askForLink(host, request, reply));
  app.post('/session/open', { config }, (request, reply) => openLink(host, request, reply));
  app.post('/session/send-code', { config }, (request) => sendCode(host, request));
  app.post('/session/end', (request, reply) => endSession(host, request, reply));
  app.get('/session', (request) => showSession(host, request));
}

/** The body's fields, all of them text, and no others. */
function textsOf(request, required, optional = []) {
  const body = request.body;
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new HostError('invalid.request');
  }
  for (const key of Object.keys(body)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new HostError('invalid.unknown_field', key);
    }
  }
  for (const key of required) {
    if (body[key] === undefined) throw new HostError('invalid.required', key);
  }
  for (const key of Object.keys(body)) {
    if (typeof body[key] !== 'string') throw new HostError('invalid.wrong_type', key);
  }
  return body;
}

async function askForLink({ engine, sessions, links }, request, reply) {
  const { email } = textsOf(request, ['email']);
  const browser = sessions.browserOf(request.cookies);
  const { code_id: codeId } = await engine.call('session.request',
    { email, browser: browser.digest }, repeatableAs(request));
  if (browser.cookie) reply.header('set-cookie', browser.cookie);
  return { code: links.code(codeId) };
}

async function openLink(host, request, reply) {
  const { token, code } = textsOf(request, ['token'], ['code']);
  const linkId = host.links.linkId(token) ?? NO_LINK;
  const opened = code === undefined
    ? await openByToken(host, request, reply, linkId)
    : await openByCode(host, request, linkId, code);
  if (opened.code_needed) {
    return { code_needed: true, sent_to: opened.sent_to ?? null, locale: opened.locale ?? null };
  }
  return beginSession(host, reply, opened);
}

/** A link that signs an agent in for one item belongs to the browser that opens it first, which
 * gets a mark for that; whose session is full already keeps it. Any other link that needs a mark
 * was asked for by this browser. */
async function openByToken({ engine, sessions }, request, reply, linkId) {
  const { ok: known } = await engine.request({
    op: 'link.get', actor: { role: 'host' }, in: { link_id: linkId },
  });
  const binds = known?.purpose === BINDING_PURPOSE;
  const input = { link_id: linkId };
  const sessionId = sessions.sessionIdIn(request.cookies, binds ? 'staff' : 'patient');
  if (sessionId !== null) input.session_id = sessionId;
  const as = repeatableAs(request);
  if (binds || sessions.hasBrowser(request.cookies)) {
    const browser = sessions.browserOf(request.cookies,
      { intent: as.id && `${linkId}:${as.id}`, lasting: binds });
    input.browser = browser.digest;
    if (browser.cookie) reply.header('set-cookie', browser.cookie);
  }
  return engine.call('link.open', input, as);
}

/** A tap whose answer got lost may be sent again: a link that works once would be spent else. */
function repeatableAs(request) {
  const key = idOf(request.headers['idempotency-key']);
  const id = key && createHash('sha256').update(`${request.url}:${key}`).digest('base64url');
  return { locale: request.locale, ...(id && { id }) };
}

/** The comparison is the host's, the counting of tries the core's: guesses sent side by side are
 * counted one after another like any requests. Never under the client's own id: a stored answer
 * would not count, and another one would tell that the code was right. */
async function openByCode({ engine, links }, request, linkId, code) {
  const { code_id: codeId } = await engine.call('link.get', { link_id: linkId },
    { locale: request.locale });
  if (!codeId) throw await deadLink(engine, request);
  const entered = await engine.call('link.enter_code',
    { link_id: linkId, code_id: codeId, matched: links.codeMatches(codeId, code) },
    { locale: request.locale });
  if (!entered.wrong_code) return entered;
  // The core stored the wrong try, so to it this was no refusal; to the page it is.
  const { message, tries_left: triesLeft } = entered;
  throw new DeskRefusal({
    category: 'refused', code: 'refused.wrong_code', message, tries_left: triesLeft,
  });
}

/** The core's own answer to a link that does not exist. */
async function deadLink(engine, request) {
  const reply = await engine.request({
    op: 'link.open', actor: { role: 'host' }, in: { link_id: NO_LINK }, locale: request.locale,
  });
  return new DeskRefusal(reply.error);
}

async function sendCode({ engine, links }, request) {
  const { token } = textsOf(request, ['token']);
  const linkId = links.linkId(token) ?? NO_LINK;
  const { expires_at: expiresAt } = await engine.call('link.send_code', { link_id: linkId },
    repeatableAs(request));
  return { expires_at: expiresAt };
}

async function beginSession({ sessions, now }, reply, opened) {
  const kind = opened.actor.role === 'patient' ? 'patient' : 'staff';
  sessions.forget(opened.session_id);
  reply.header('set-cookie', sessions.cookieFor(kind, opened.session_id, opened.expires_at));
  const session = await sessions.sessionOf(opened.session_id, { fresh: true });
  return {
    actor: opened.actor,
    purpose: opened.purpose,
    item: opened.item ?? null,
    locale: opened.locale ?? session?.locale ?? null,
    name: session?.name ?? null,
    now: now(),
  };
}

async function showSession({ engine, sessions, now }, request) {
  const claim = sessions.claimOf(request);
  const session = claim.session_id === null
    ? null : await sessions.sessionOf(claim.session_id, { fresh: true });
  if (!session) {
    throw new HostError(claim.session_id === null ? 'denied.no_session' : 'denied.expired_session');
  }
  return {
    actor: session.actor,
    role: session.role,
    name: session.name ?? null,
    clinic_id: session.clinic_id ?? null,
    clinic_name: session.clinic_name ?? null,
    locale: session.locale,
    purpose: session.purpose ?? null,
    item: session.item ?? null,
    expires_at: session.expires_at,
    now: now(),
    rev: engine.rev,
  };
}

/** Ends the session that the page means; a second end is no error. */
async function endSession({ engine, sessions, live }, request, reply) {
  const claim = sessions.claimOf(request);
  if (claim.session_id === null) throw new HostError('denied.no_session');
  const kind = claim.kind === 'patient' ? 'patient' : 'staff';
  const done = await engine.request({
    op: 'session.end', actor: { role: 'host' }, in: { session_id: claim.session_id },
  });
  if (done.error && !['missing', 'denied'].includes(done.error.category)) {
    throw new DeskRefusal(done.error);
  }
  sessions.forget(claim.session_id);
  live.end(claim.session_id);
  const other = kind === 'staff' ? 'patient' : 'staff';
  // The browser's order to clear everything would also end the other role's session.
  if (sessions.sessionIdIn(request.cookies, other) === null) {
    reply.header('clear-site-data', '"cache", "cookies", "storage"');
  }
  reply.header('set-cookie', sessions.endCookie(kind));
  return { ended: true };
}
