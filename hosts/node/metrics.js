// Figures for Prometheus. Labels come from closed lists (operations, statuses, kinds), never from
// what a client sent. Shown to this machine and to holders of an API key only.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { HostError } from './errors.js';

const MS_BUCKETS = [0.5, 1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 5000];

/** @param {{engine: () => import('./engine.js').Engine|null, live: () => number}} from */
export function openMetrics({ engine, live }) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'clinicdesk_request_ms', help: 'HTTP requests, by operation or route', registers,
    labelNames: ['op', 'method', 'status'], buckets: MS_BUCKETS,
  });
  const batchSize = new Histogram({
    name: 'clinicdesk_batch_requests', help: 'Requests in one commit', registers,
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  });
  const commits = new Histogram({
    name: 'clinicdesk_commit_ms', help: 'A batch in the core, its commit included', registers,
    buckets: MS_BUCKETS,
  });
  const outcomes = new Counter({
    name: 'clinicdesk_effect_outcomes_total', help: 'What became of effects at the adapters',
    labelNames: ['kind', 'adapter', 'status'], registers,
  });
  const gauge = (name, help, read) => new Gauge({
    name, help, registers, collect() { this.set(read()); },
  });
  let pending = 0;
  gauge('clinicdesk_queued_requests', 'Requests that wait for the next commit',
    () => engine()?.queued.requests ?? 0);
  gauge('clinicdesk_pending_effects', 'Effects that may be taken now', () => pending);
  gauge('clinicdesk_live_connections', 'Open WebSockets', live);
  gauge('clinicdesk_rev', 'Revision of the database', () => engine()?.rev ?? 0);
  return {
    registry,
    request: (op, method, status, ms) => requests.labels(op, method, String(status)).observe(ms),
    batch: ({ size, ms }) => {
      batchSize.observe(size);
      commits.observe(ms);
    },
    commit: (commit) => { pending = commit.pending; },
    outcome: (kind, adapter, status) => outcomes.labels(kind, adapter, status).inc(),
  };
}

/** For who sits at this machine, or holds an API key; a proxy on it speaks for others.
 * @param {any} request */
export function operatorsOnly(request) {
  const near = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress)
    && request.headers['x-forwarded-for'] === undefined;
  if (!near && request.claim.kind !== 'integration') throw new HostError('missing.page');
}

/** @param {any} app @param {any} host */
export function serveMetrics(app, host) {
  app.get('/metrics', { config: { rateLimit: false } }, async (request, reply) => {
    operatorsOnly(request);
    reply.header('cache-control', 'no-store').type(host.metrics.registry.contentType);
    return host.metrics.registry.metrics();
  });
}
