/**
 * What makes the cabinet an app on a home screen: the manifest, its icons and the service
 * worker, which is told the files of the shell. Called by ../build.mjs after the bundles.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { icon_png, icon_svg } from './app_icon.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

const manifest = {
  id: '/cabinet/',
  name: 'Clinicdesk',
  short_name: 'Clinicdesk',
  start_url: '/cabinet/',
  scope: '/cabinet/',
  display: 'standalone',
  background_color: '#f5f7f8',
  theme_color: '#0b6572',
  icons: [
    { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
};

const icons = {
  'icon-192.png': () => icon_png(192),
  'icon-512.png': () => icon_png(512),
  'icon-maskable-512.png': () => icon_png(512, { radius: 0, scale: 0.8 }),
  'badge-96.png': () => icon_png(96, { flat: true }),
};

/** Every file that the cabinet may load, also those that it loads later.
 * @param {string} entry @param {any} outputs as the bundler lists them */
function files_of(entry, outputs) {
  const found = new Set();
  const add = (path) => {
    if (found.has(path) || !outputs[path]) return;
    found.add(path);
    if (outputs[path].cssBundle) found.add(outputs[path].cssBundle);
    for (const { path: next } of outputs[path].imports) add(next);
  };
  add(entry);
  return [...found];
}

/** @param {string} folder @param {any} outputs @param {string} sprite_url */
export async function write_app(folder, outputs, sprite_url) {
  const source = relative(root, join(here, 'cabinet.js'));
  const [entry] = Object.entries(outputs).find(([, one]) => one.entryPoint === source);
  const urls = ['/cabinet/', sprite_url, ...files_of(entry, outputs)
    .map((path) => `/${relative(folder, join(root, path))}`)].sort();
  const page = await readFile(join(folder, 'cabinet', 'index.html'));
  const version = createHash('sha256').update(urls.join()).update(page).digest('hex').slice(0, 10);
  await build({
    entryPoints: [join(here, 'service_worker.js')],
    outfile: join(folder, 'cabinet', 'service_worker.js'),
    minify: true,
    target: ['chrome120', 'firefox120', 'safari17.4'],
    charset: 'utf8',
    logLevel: 'warning',
    define: { SHELL_VERSION: JSON.stringify(version), SHELL_URLS: JSON.stringify(urls) },
  });
  const write = (name, content) => writeFile(join(folder, 'cabinet', name), content);
  await write('manifest.webmanifest', `${JSON.stringify(manifest)}\n`);
  await write('icon.svg', icon_svg());
  for (const [name, draw] of Object.entries(icons)) await write(name, draw());
}
