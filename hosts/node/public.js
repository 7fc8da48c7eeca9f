// /public/{op}: what pages of other sites may ask, by the widgets that they embed. Everybody is a
// visitor here: cookies and keys are not looked at (see meetRequest in server.js), so that such a
// page can do nothing in the name of its reader. What a visitor sends costs a proof of work.
// Read next: api.js, which carries the request; work.js.
import { OPEN, carry, inputOf } from './api.js';
import { HostError } from './errors.js';
import { networkOf } from './networks.js';

/** Without the size of any field: those are the core's. */
const BODY_BYTES_MAX = 262_144;
const PREFLIGHT_S = 7200;
const LOCALES = ['ru', 'pl', 'en'];

/** @param {any} app a scope of its own, below /public @param {any} host */
export function servePublic(app, host) {
  const { origins } = host.config.widgets;
  const { public_requests_per_minute: requests, public_sends_per_minute: sends }
    = host.config.limits;
  const config = (max) => ({ anonymous: true, rateLimit: {
    max, timeWindow: 60_000, keyGenerator: (request) => networkOf(request.ip),
    allowList: () => false,
  } });
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    reply.headers(corsHeaders(origins, origin));
    const allowed = origins.includes('*') || origin === undefined
      || [...origins, ...host.origins()].includes(origin);
    if (!allowed) throw new HostError('denied.origin');
  });
  app.options('/*', { config: config(requests) }, (request, reply) => reply.code(204).headers({
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'content-type, desk-work, desk-locale, idempotency-key',
    'access-control-max-age': String(PREFLIGHT_S),
  }).send());
  app.get('/challenge', { config: config(requests) }, (request, reply) =>
    reply.header('cache-control', 'no-store').send(host.work.challenge()));
  app.get('/:op', { config: config(requests) }, (request, reply) => read(host, request, reply));
  app.post('/:op', { config: config(sends), bodyLimit: BODY_BYTES_MAX }, (request, reply) => {
    const { op } = request.params;
    if (OPEN.reads.includes(op)) throw new HostError('invalid.method');
    if (!OPEN.writes.includes(op)) throw new HostError('invalid.unknown_op', 'op');
    if (request.body === null) throw new HostError('invalid.malformed');
    request.locale = localeOf(request);
    return carry(host, request, reply, op, request.body ?? {});
  });
}

function read(host, request, reply) {
  const { op } = request.params;
  if (OPEN.writes.includes(op)) throw new HostError('invalid.method');
  if (!OPEN.reads.includes(op)) throw new HostError('invalid.unknown_op', 'op');
  const fields = host.engine.fieldsOf(op);
  const { locale, ...query } = request.query;
  request.locale = localeOf(request);
  const isField = fields.some((field) => field.name === 'locale');
  const asked = isField ? { locale: locale ?? request.locale, ...query } : query;
  return carry(host, request, reply, op, inputOf(fields, asked));
}

/** A page that embeds a widget may say its language in the address, without a header. */
function localeOf({ query, locale }) {
  return LOCALES.includes(query.locale) ? query.locale : locale;
}

/** Never with credentials. @param {string[]} origins @param {string|undefined} origin */
function corsHeaders(origins, origin) {
  const shared = {
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-expose-headers': 'retry-after, desk-rev',
  };
  if (origins.includes('*')) return { ...shared, 'access-control-allow-origin': '*' };
  const named = origin !== undefined && origins.includes(origin);
  return { ...shared, vary: 'origin', ...(named && { 'access-control-allow-origin': origin }) };
}
