// The built pages and the browser's core. Refuses any address that is not a page or a built file.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import { HostError } from './errors.js';

const PAGES = {
  '/cabinet/': 'cabinet/index.html',
  '/chat': 'chat/index.html',
  '/form': 'form/index.html',
  '/sign-in': 'sign-in/index.html',
  '/platform': 'platform/index.html',
};
/** What makes the cabinet an app: fixed names, because browsers keep coming back for them. */
const APP_FILE = /^(service_worker\.js|manifest\.webmanifest|(icon|badge)[a-z0-9-]*\.(svg|png))$/;
/** Other sites' pages load the widgets, also as modules and under their own policies. */
const FOR_ALL = {
  'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin',
};
const FOREVER = 'public, max-age=31536000, immutable';
/** Named by its content, as the build of the pages names what it bundles. */
const NAMED_BY_CONTENT = /-[0-9A-Za-z]{8,10}\.[a-z0-9]+$/;

/** @param {any} app @param {any} host */
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
    return sendBuilt(request, reply, 'assets', request.params['*'], web);
  });
  app.get('/widgets/*', options, (request, reply) => {
    reply.headers(FOR_ALL);
    return sendBuilt({ query: {} }, reply, 'widgets', request.params['*'], web);
  });
  app.get('/cabinet/:file', options, (request, reply) => {
    const { file } = request.params;
    if (!APP_FILE.test(file)) throw new HostError('missing.page');
    return sendBuilt({ query: {} }, reply, 'cabinet', file, web);
  });
  const core = packedCore(join(host.build, 'desk.wasm'));
  // Ready before the first page asks.
  core('br').catch(() => {});
  app.get('/desk.wasm', options, async (request, reply) => {
    const { encoding, bytes } = await core(request.headers['accept-encoding'] ?? '');
    if (encoding) reply.header('content-encoding', encoding);
    return reply.header('vary', 'accept-encoding').type('application/wasm')
      .header('cache-control', cacheOf(request, '')).send(bytes);
  });
}

/** A file asked for by its content's hash never changes; any other is asked about each time. */
function cacheOf(request, file) {
  return request.query.v !== undefined || NAMED_BY_CONTENT.test(file) ? FOREVER : 'no-cache';
}

/** @param {string} folder below `root`, which the name must not leave @param {string} name */
function sendBuilt(request, reply, folder, name, root) {
  const file = join(folder, name);
  if (!name || name.includes('..') || !existsSync(join(root, file))) {
    throw new HostError('missing.page');
  }
  return reply.header('cache-control', cacheOf(request, file)).sendFile(file, root);
}

/** The browser's core is built apart from the pages, so it is compressed here, once for each
 * build. @param {string} path */
function packedCore(path) {
  const packers = {
    br: (bytes) => promisify(brotliCompress)(bytes,
      { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
  };
  let built = 0;
  let packed = new Map();
  return async (accepted) => {
    if (!existsSync(path)) throw new HostError('missing.page');
    const { mtimeMs } = statSync(path);
    if (mtimeMs !== built) {
      built = mtimeMs;
      packed = new Map([['', Promise.resolve(readFileSync(path))]]);
    }
    const encoding = Object.keys(packers).find((name) => accepted.includes(name)) ?? '';
    if (!packed.has(encoding)) {
      packed.set(encoding, packed.get('').then((bytes) => packers[encoding](bytes)));
    }
    return { encoding, bytes: await packed.get(encoding) };
  };
}
