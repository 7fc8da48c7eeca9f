// HTTP: what every request meets before and after its route. Headers, methods, origins, limits,
// bodies and problem documents are decided here, once, for all routes.
// Read next: api.js and sign-in.js for the routes, errors.js for the table of statuses.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import { HostError, hostRefusal, problemOf, retryAfterOf, statusOf } from './errors.js';
import { DeskRefusal } from './engine.js';
import { networkOf } from './networks.js';
import { serveApi } from './api.js';
import { servePublic } from './public.js';
import { serveSignIn } from './sign-in.js';
import { serveStatic } from './static.js';
import { serveOutbox } from './outbox.js';
import { serveHooks } from './hooks.js';
import { serveMetrics } from './metrics.js';
import { openLive } from './live.js';

const BODY_BYTES_MAX = 1_048_576;
const METHODS = ['GET', 'HEAD', 'POST'];
const LOCALES = ['ru', 'pl', 'en'];
/** Whoever asks a route that does not look at cookies and keys. */
const NOBODY = { kind: 'visitor', session_id: null, key: 'visitor' };
/** What the listener and the framework refuse by themselves, in this host's codes. */
const FRAMEWORK_CODES = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'invalid.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'invalid.content_type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid.request',
  FST_ERR_BAD_URL: 'missing.page',
  FST_ERR_MAX_PARAM_LENGTH: 'missing.page',
  HPE_HEADER_OVERFLOW: 'invalid.headers_too_large',
};

/** @param {any} host the parts that routes use: see host.js
 * @returns {Promise<import('fastify').FastifyInstance>} */
export async function buildServer(host) {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    trustProxy: proxiesOf(host.config.listen),
    logger: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // Looked at in meetRequest, where the refusal gets its headers.
    http: { requireHostHeader: false },
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 100 },
    frameworkErrors: (error, request, reply) => {
      reply.headers(host.headers);
      sendProblem(reply, refusalOf(error));
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(host, error, socket),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' },
    (request, body, done) => parseBody(/** @type {Buffer} */ (body), done));
  app.decorateRequest('claim', null);
  app.decorateRequest('locale', undefined);
  app.decorateRequest('outcome', '');
  app.addHook('onRequest', async (request, reply) => { reply.headers(host.headers); });
  await app.register(cookie);
  app.addHook('onRequest', async (request) => meetRequest(host, request));
  await app.register(rateLimit, limits(host));
  app.addHook('onResponse', async (request, reply) => logRequest(host, request, reply));
  app.setErrorHandler((error, request, reply) => refuse(host, error, request, reply));
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, () => {
    throw new HostError('missing.page');
  });
  await serveAll(app, host);
  return app;
}

/** Our proxies wrote the last addresses of X-Forwarded-For. What stands before them anybody may
 * have written, so nobody is counted by it. */
function proxiesOf({ trust_proxy: trusted, proxies }) {
  return trusted ? (/** @type {string} */ address, /** @type {number} */ hop) => hop < proxies
    : false;
}

async function serveAll(app, host) {
  host.live = openLive({
    server: app.server,
    sessions: host.sessions,
    origins: host.origins,
    cookiesOf: (header) => (header ? app.parseCookie(header) : {}),
    headers: host.headers,
    rev: () => host.engine.rev,
    limit: host.config.limits.live_connections,
    log: host.log,
  });
  app.addHook('preClose', async () => host.live.close());
  serveApi(app, host);
  await app.register(async (scope) => servePublic(scope, host), { prefix: '/public' });
  serveSignIn(app, { ...host, strict: strictLimit(host) });
  serveOutbox(app, host);
  serveMetrics(app, host);
  await app.register(async (scope) => serveHooks(scope, host));
  await serveStatic(app, host);
}

/** Strict UTF-8, then JSON; the core never sees what is neither. */
export function parseBody(bytes, done) {
  if (bytes.length === 0) return done(null, {});
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return done(new HostError('invalid.malformed'));
  }
  return done(null, value);
}

/** Method, identity, language and origin, before anything is read or counted. */
function meetRequest(host, request) {
  const { anonymous = false } = request.routeOptions.config ?? {};
  const preflight = anonymous && request.method === 'OPTIONS';
  if (!METHODS.includes(request.method) && !preflight) throw new HostError('invalid.method');
  const { raw: { httpVersion }, headers } = request;
  if (headers.host === undefined && httpVersion !== '1.0') throw new HostError('invalid.request');
  request.claim = anonymous ? NOBODY : host.sessions.claimOf(request);
  request.locale = localeOf(request.headers);
  if (request.claim.kind === 'unknown_key' && !request.url.startsWith('/hooks/')) {
    throw new HostError('denied.api_key');
  }
  if (!isForeign(host, request)) return;
  throw new HostError('denied.origin');
}

/** A browser adds cookies to requests that other sites make; Origin tells whose page asked. */
function isForeign(host, request) {
  const signedIn = isSignedIn(request);
  if (request.method !== 'POST') {
    return signedIn && request.url.startsWith('/api/')
      && request.headers['sec-fetch-site'] === 'cross-site';
  }
  if (!signedIn && !request.url.startsWith('/session')) return false;
  return !host.origins().includes(request.headers.origin ?? '');
}

function isSignedIn(request) {
  return request.claim?.kind === 'staff' || request.claim?.kind === 'patient';
}

/** The page's wish, else the browser's first language that the product speaks. */
function localeOf(headers) {
  const wished = headers['desk-locale'];
  if (LOCALES.includes(wished)) return wished;
  const accepted = String(headers['accept-language'] ?? '').toLowerCase().split(',', 20);
  return accepted.map((part) => part.trim().slice(0, 2)).find((part) => LOCALES.includes(part));
}

function limits({ config }) {
  const { visitor_requests_per_minute: visitor, session_requests_per_minute: session }
    = config.limits;
  return {
    global: true,
    timeWindow: 60_000,
    cache: 20_000,
    max: (request) => (isSignedIn(request) ? session : visitor),
    keyGenerator: (request) => (isSignedIn(request) ? request.claim.key : networkOf(request.ip)),
    allowList: (request) => request.claim?.kind === 'integration',
    errorResponseBuilder: tooMany,
    addHeadersOnExceeding: NO_HEADERS,
    addHeaders: NO_HEADERS,
  };
}

const NO_HEADERS = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false, 'retry-after': false };

/** For the routes at which somebody might guess or make us send. */
function strictLimit({ config }) {
  return {
    max: config.limits.sign_in_requests_per_minute,
    timeWindow: 60_000,
    keyGenerator: (request) => networkOf(request.ip),
    allowList: () => false,
  };
}

function tooMany(request, context) {
  return new HostError('busy.too_many', null, Math.ceil(context.ttl / 1000));
}

function refusalOf(error) {
  if (error instanceof HostError || error instanceof DeskRefusal) return error.refusal;
  const known = FRAMEWORK_CODES[error.code];
  if (known) return hostRefusal(known);
  if (error.statusCode >= 400 && error.statusCode < 500) return hostRefusal('invalid.request');
  return hostRefusal('bug.host');
}

function refuse(host, error, request, reply) {
  const refusal = refusalOf(error);
  const instance = refusal.category === 'bug' ? `urn:uuid:${randomUUID()}` : undefined;
  if (instance) host.log.error({ instance, err: error }, 'a request failed');
  request.outcome = refusal.code;
  const { kind, session_id: sessionId } = request.claim ?? {};
  if (refusal.code === 'denied.expired_session' && sessionId) {
    host.sessions.forget(sessionId);
    reply.header('set-cookie', host.sessions.endCookie(kind));
  }
  sendProblem(reply, inLanguage(host, error, refusal, request.locale), {
    signedIn: kind !== 'visitor', retry_after_s: error.retry_after_s, instance,
  });
}

/** The core's sentence for the same word, where it has one. */
function inLanguage(host, error, refusal, locale = 'en') {
  if (!(error instanceof HostError)) return refusal;
  const word = refusal.code.slice(refusal.code.indexOf('.') + 1);
  const message = host.texts?.[locale]?.[`error.${word}`];
  return message ? { ...refusal, message } : refusal;
}

/** @param {import('fastify').FastifyReply} reply @param {import('./errors.js').Refusal} refusal
 * @param {{signedIn?: boolean, retry_after_s?: number, instance?: string}} [about] */
function sendProblem(reply, refusal, about = {}) {
  const status = statusOf(refusal, about.signedIn);
  const wait = retryAfterOf(status, about.retry_after_s);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  if (status === 405) reply.header('allow', METHODS.join(', '));
  reply.code(status).header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(refusal, status, about.instance)));
}

/** Bytes that are not HTTP never become a request: the answer is written by hand. */
function answerBrokenRequest(host, error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = hostRefusal(FRAMEWORK_CODES[error.code] ?? 'invalid.request');
  const status = statusOf(refusal);
  const body = JSON.stringify(problemOf(refusal, status));
  const headers = {
    ...host.headers,
    'cache-control': 'no-store',
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} Bad Request`, ...lines, '', body].join('\r\n'));
}

/** The route's pattern, never the address: an address may carry what a person typed. */
function logRequest(host, request, reply) {
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  const op = request.params?.op;
  const known = op !== undefined && host.engine.knows(op) ? op : undefined;
  const route = request.routeOptions?.url ?? 'none';
  host.metrics.request(known ?? route, request.method, reply.statusCode, ms);
  const level = reply.statusCode >= 500 ? 'warn' : 'info';
  host.log[level]({
    route, method: request.method, op: known, status: reply.statusCode,
    code: request.outcome || undefined, ms,
    session_id: request.claim?.session_id ?? undefined,
  }, 'request');
}
