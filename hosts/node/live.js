// Live updates: a WebSocket that tells the newest revision after commits, and nothing else.
// What a page may see of it, it asks for by sync.pull. Refuses other origins and dead sessions,
// and closes when a session ends. Read next: engine.js, whose commits drive it.
import { WebSocketServer } from 'ws';

const THROTTLE_MS = 50;
const RECHECK_EVERY_MS = 60_000;
const PING_EVERY_MS = 30_000;
const BUFFERED_MAX = 65_536;
const SESSION_ENDED = 4401;
const GOING_AWAY = 1001;
/** After these a session may have ended: the next second must not bring it a revision. */
const ENDS_SESSIONS = /^(session|agent|link|person)\./;

/** @param {{server: import('node:http').Server, sessions: import('./sessions.js').Sessions,
 *   origins: () => string[], cookiesOf: (header: string|undefined) => any, headers: object,
 *   rev: () => number, limit: number, log: any}} host */
export function openLive(host) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, clientTracking: true });
  /** @type {Map<number, Set<import('ws').WebSocket>>} */
  const bySession = new Map();
  let timer = null;
  let closed = false;

  host.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    admit(host, request, sockets.clients.size)
      .then((sessionId) => sockets.handleUpgrade(request, socket, head,
        (ws) => join(host, bySession, ws, sessionId)))
      .catch((error) => refuse(host, socket, error.status ?? 500));
  });

  const broadcast = () => {
    timer = null;
    const text = JSON.stringify({ rev: host.rev() });
    for (const ws of sockets.clients) {
      // A reader that does not keep up misses revisions, never memory: the next one tells all.
      if (ws.readyState === ws.OPEN && ws.bufferedAmount < BUFFERED_MAX) ws.send(text);
    }
  };
  const recheck = () => Promise.all([...bySession.keys()].map(async (id) => {
    const session = await host.sessions.sessionOf(id, { fresh: true }).catch(() => undefined);
    if (session === null) end(bySession, id);
  }));
  const rechecks = setInterval(recheck, RECHECK_EVERY_MS);
  const pings = setInterval(() => pingAll(sockets), PING_EVERY_MS);
  rechecks.unref();
  pings.unref();

  return {
    /** @param {string[]} ops what the commit wrote */
    commit(ops) {
      if (closed || ops.length === 0) return;
      if (ops.some((op) => ENDS_SESSIONS.test(op)) && bySession.size > 0) {
        recheck().then(() => { timer ??= setTimeout(broadcast, THROTTLE_MS); });
      } else {
        timer ??= setTimeout(broadcast, THROTTLE_MS);
      }
    },
    end: (/** @type {number} */ sessionId) => end(bySession, sessionId),
    get connections() {
      return sockets.clients.size;
    },
    close() {
      closed = true;
      clearTimeout(timer ?? undefined);
      clearInterval(rechecks);
      clearInterval(pings);
      for (const ws of sockets.clients) ws.close(GOING_AWAY);
      sockets.close();
    },
  };
}

/** @returns {Promise<number>} the session; throws the status of the refusal */
async function admit(host, request, connections) {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname !== '/api/live') throw Object.assign(new Error('no page'), { status: 404 });
  if (!host.origins().includes(request.headers.origin ?? '')) {
    throw Object.assign(new Error('origin'), { status: 403 });
  }
  if (connections >= host.limit) throw Object.assign(new Error('full'), { status: 503 });
  const claim = host.sessions.claimOf(
    { headers: request.headers, cookies: host.cookiesOf(request.headers.cookie) },
    url.searchParams.get('role'));
  const alive = claim.session_id !== null
    && await host.sessions.sessionOf(claim.session_id, { fresh: true });
  if (!alive) throw Object.assign(new Error('session'), { status: 401 });
  return /** @type {number} */ (claim.session_id);
}

function join(host, bySession, ws, sessionId) {
  const peers = bySession.get(sessionId) ?? new Set();
  bySession.set(sessionId, peers.add(ws));
  ws.alive = true;
  ws.on('pong', () => { ws.alive = true; });
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    peers.delete(ws);
    if (peers.size === 0) bySession.delete(sessionId);
  });
  ws.send(JSON.stringify({ rev: host.rev() }));
}

function end(bySession, sessionId) {
  for (const ws of bySession.get(sessionId) ?? []) ws.close(SESSION_ENDED);
}

function pingAll(sockets) {
  for (const ws of sockets.clients) {
    if (!ws.alive) ws.terminate();
    ws.alive = false;
    ws.ping();
  }
}

const REASONS = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found',
  503: 'Service Unavailable' };

function refuse(host, socket, status) {
  const headers = { ...host.headers, connection: 'close', 'content-length': '0' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${REASONS[status] ?? 'Internal Server Error'}`, ...lines, '', '']
    .join('\r\n'));
}
