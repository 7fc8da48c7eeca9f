// /api/{op}: a body or a query in, the core's reply out. Adds who asks, in which language and
// under which idempotency key; asks visitors for work and reads their phone numbers; changes
// nothing else. Read next: openapi.js, which describes it, and public.js, the other door.
import { DeskRefusal } from './engine.js';
import { HostError } from './errors.js';
import { openapiOf } from './openapi.js';
import { askAndForget } from './outbox.js';
import { internationalPhone } from './phones.js';

/** Asked by a page on its own, without a person: that does not keep a session awake. A page says so
 * of what it asks again because something changed, by `Desk-Attended: no`. */
const UNATTENDED = new Set(['sync.pull']);
const attended = (request, op) => !UNATTENDED.has(op) && request.headers['desk-attended'] !== 'no';
const OP = /^[a-z_]{1,40}(\.[a-z_]{1,40})?$/;
/** Whose views are written down, which changes nothing for anybody: they may read by GET. A clinic
 * that looks at a question has read it, so it looks by POST. */
const LOGGED = ['moderator', 'integration'];
/** What pages of other sites may ask (public.js). A write costs a visitor work at both doors:
 * robots would find the other one. */
export const OPEN = {
  reads: ['contact_form.preview', 'response_indicator.get', 'response_indicator.proof',
    'review.list', 'rating.get', 'clinic.list', 'practitioner.list', 'text.list'],
  writes: ['contact_form.send'],
};

/** @param {any} app @param {any} host */
export function serveApi(app, host) {
  const { engine } = host;
  const description = JSON.stringify(engine.description);
  const openapi = JSON.stringify(openapiOf(engine.description, host.config.base_url ?? '/', OPEN));
  const json = (reply, text) => reply.header('cache-control', 'no-cache')
    .type('application/json; charset=utf-8').send(text);
  app.get('/api/describe', (request, reply) => json(reply, description));
  app.get('/openapi.json', (request, reply) => json(reply, openapi));
  app.get('/push.json', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return { public_key: host.adapters.push.public_key ?? null };
  });
  app.get('/healthz', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (!engine.healthy) reply.code(503);
    return { ok: engine.healthy, rev: engine.rev, queued: engine.queued.requests };
  });
  app.post('/api/:op', (request, reply) => {
    if (request.body === null) throw new HostError('invalid.malformed');
    return carry(host, request, reply, request.params.op, request.body ?? {});
  });
  app.get('/api/:op', (request, reply) => {
    const { op } = request.params;
    if (engine.knows(op) && !engine.isRead(op)) throw new HostError('invalid.method');
    return carry(host, request, reply, op, inputOf(engine.fieldsOf(op), request.query));
  });
}

/** One request through the core.
 * @param {any} host @param {any} request @param {any} reply @param {string} op
 * @param {object} input */
export async function carry(host, request, reply, op, input) {
  if (!OP.test(op)) throw new HostError('invalid.unknown_op', 'op');
  const principal = await host.sessions.principalOf(request.claim,
    { active: attended(request, op) });
  const { role } = principal.actor;
  const changes = host.engine.knows(op) && !host.engine.isRead(op, role) && !LOGGED.includes(role);
  if (changes && request.method !== 'POST') throw new HostError('invalid.method');
  const envelope = { op, actor: principal.actor, in: input };
  const id = idOf(request.headers['idempotency-key']);
  if (principal.kind === 'visitor' && OPEN.writes.includes(op)) {
    host.work.spend(request.headers['desk-work'], id);
    envelope.in = await withPhone(host.engine, input);
  }
  if (id !== undefined) envelope.id = id;
  if (request.locale !== undefined) envelope.locale = request.locale;
  const answer = await askAndForget(host, envelope);
  if (answer.error) {
    if (answer.error.category === 'denied') await lookAgain(host.sessions, principal);
    throw new DeskRefusal(answer.error);
  }
  reply.header('desk-rev', String(answer.rev)).header('cache-control', 'no-store')
    .type('application/json; charset=utf-8');
  return reply.send(JSON.stringify(answer.ok));
}

/** People write numbers as their country does. */
async function withPhone(engine, input) {
  if (typeof input.phone !== 'string' || !Number.isSafeInteger(input.clinic_id)) return input;
  const { ok } = await engine.request({
    op: 'clinic.list', actor: { role: 'visitor' }, in: { clinic_id: input.clinic_id },
  });
  const [clinic] = ok?.clinics ?? [];
  return { ...input, phone: internationalPhone(input.phone, clinic?.phone) };
}

/** Whoever is denied may have lost the role or the session since they were last looked at. */
async function lookAgain(sessions, { session_id: sessionId }) {
  if (sessionId === null) return;
  const session = await sessions.sessionOf(sessionId, { fresh: true });
  if (!session) throw new HostError('denied.expired_session');
}

/** The core keeps each principal's keys apart. */
export function idOf(key) {
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(key)) {
    throw new HostError('invalid.idempotency_key');
  }
  return key;
}

/** A query's texts, as the types that the op's fields have.
 * @param {any[]} fields @param {Record<string, any>} query @returns {Record<string, any>} */
export function inputOf(fields, query) {
  const input = {};
  for (const [key, value] of Object.entries(query)) {
    const field = fields.find((each) => each.name === key);
    input[key] = field ? typed(field, value) : value;
  }
  return input;
}

function typed({ name, type }, value) {
  if (type === 'texts') return [value].flat();
  const wrong = new HostError('invalid.wrong_type', name);
  if (Array.isArray(value)) throw wrong;
  if (type === 'integer' || type === 'number') {
    if (!/^-?\d{1,16}(\.\d+)?$/.test(value)) throw wrong;
    return Number(value);
  }
  if (type === 'boolean') {
    if (!['true', 'false'].includes(value)) throw wrong;
    return value === 'true';
  }
  if (type !== 'object' && type !== 'objects') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw wrong;
  }
}
