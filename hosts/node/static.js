// The built pages and the browser's core. Refuses any address that is not a page or a built file.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { HostError } from './errors.js';

const PAGES = {
  '/cabinet/': 'cabinet/index.html',
  '/chat': 'chat/index.html',
  '/sign-in': 'sign-in/index.html',
  '/platform': 'platform/index.html',
};
const FOREVER = 'public, max-age=31536000, immutable';

/** @param {import('fastify').FastifyInstance} app @param {any} host */
export async function serveStatic(app, host) {
  const web = join(host.build, 'web');
  if (!existsSync(web)) host.log.warn('the pages are not built: only the API is served');
  await app.register(fastifyStatic, {
    root: web,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: 'ignore',
    index: false,
  });
  const options = { config: { rateLimit: false } };
  const pages = host.mailbox ? { ...PAGES, '/outbox': 'outbox/index.html' } : PAGES;
  app.get('/', options, (request, reply) => reply.redirect('/cabinet/', 302));
  app.get('/cabinet', options, (request, reply) => reply.redirect('/cabinet/', 308));
  app.get('/favicon.ico', options, (request, reply) => reply.code(204).send());
  for (const [path, file] of Object.entries(pages)) {
    app.get(path, options, (request, reply) => {
      if (!existsSync(join(web, file))) throw new HostError('missing.page');
      return reply.header('cache-control', 'no-cache').sendFile(file);
    });
  }
  app.get('/assets/*', options, (request, reply) => {
    const file = join('assets', request.params['*']);
    return sendBuilt(request, reply, file, web);
  });
  app.get('/desk.wasm', options, (request, reply) => sendBuilt(request, reply, 'desk.wasm',
    host.build));
}

/** A file asked for by its content's hash never changes; any other is asked about each time. */
function sendBuilt(request, reply, file, root) {
  if (!file || file.includes('..') || !existsSync(join(root, file))) {
    throw new HostError('missing.page');
  }
  reply.header('cache-control', request.query.v !== undefined ? FOREVER : 'no-cache');
  return reply.sendFile(file, root);
}
