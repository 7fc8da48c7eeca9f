// Providers' reports over HTTP: the raw bytes go to the adapter, its events to the core, and the
// provider is answered after the commit, so that what was acknowledged is never lost.
import { HostError } from './errors.js';

const CHANNELS = ['sms', 'mail'];

/** @param {any} app its own scope: any body is taken as bytes
 * @param {any} host */
export function serveHooks(app, host) {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  app.route({
    method: ['GET', 'POST'],
    url: '/hooks/:channel/:adapter',
    exposeHeadRoute: false,
    // A provider tells of many messages from one address.
    config: { rateLimit: false },
    handler: (request, reply) => receive(host, request, reply),
  });
}

async function receive(host, request, reply) {
  const { channel, adapter: name } = request.params;
  const adapter = CHANNELS.includes(channel) && host.config[channel].adapter === name
    ? host.adapters[channel] : null;
  if (!adapter?.receive) throw new HostError('missing.page');
  const { events, reply: answer } = await adapter.receive({
    method: request.method,
    url: request.url,
    query: request.query,
    headers: request.headers,
    rawBody: request.body ?? Buffer.alloc(0),
  });
  for (const event of events) await host.report(event);
  const { status = 200, body = '', type = 'text/plain; charset=utf-8' } = answer ?? {};
  reply.header('cache-control', 'no-store').code(status).type(type);
  return reply.send(body);
}
