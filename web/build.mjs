/**
 * Bundles the pages into build/web: `node web/build.mjs [page …]`. Splits code, so that each
 * page's first load carries only what it shows; names files by their content, so that they may be
 * cached for ever; writes .gz and .br beside them. The folder is replaced in one step.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { write_app } from './cabinet/app_files.mjs';
import { icon_paths } from './shared/icons.js';

const web = dirname(fileURLToPath(import.meta.url));
const root = dirname(web);
const out = process.env.CLINICDESK_WEB_OUT ?? join(root, 'build', 'web');

/** Address of the page → its script. */
const pages = { cabinet: 'cabinet/cabinet.js', chat: 'patient/chat_page.js',
  form: 'patient/form_page.js', 'sign-in': 'sign-in/sign-in.js', platform: 'platform/platform.js',
  outbox: 'outbox/outbox.js' };

const page_target = ['chrome109', 'firefox115', 'safari16.4'];
const widget_target = ['chrome94', 'firefox93', 'safari15'];

/** @param {string|Uint8Array} content */
const short_hash = (content) => createHash('sha256').update(content).digest('hex').slice(0, 10);

/** Web Awesome's own controls take their icons from this file. */
function sprite() {
  const symbols = Object.entries(icon_paths).map(([name, path]) =>
    `<symbol id="${name}" viewBox="0 0 24 24"><path d="${path}" fill="none" stroke="currentColor"`
    + ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></symbol>');
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

/** The core for the browser is built apart; its content names it, so that it can be cached. */
async function wasm_url() {
  const path = [join(root, 'build', 'desk.wasm'), join(root, 'build', 'wasm', 'desk.wasm')]
    .find(existsSync);
  return path ? `/desk.wasm?v=${short_hash(await readFile(path))}` : '/desk.wasm';
}

/** @param {string[]} names @param {string} folder @param {string} sprite_url */
async function bundle(names, folder, sprite_url) {
  const { metafile } = await build({
    entryPoints: Object.fromEntries(names.map((name) => [name, join(web, pages[name])])),
    absWorkingDir: root,
    outdir: folder,
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/part-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: page_target,
    legalComments: 'none',
    charset: 'utf8',
    // Files are for Node only; a page's core lives in memory.
    external: ['*/wasi.js'],
    metafile: true,
    logLevel: 'warning',
    plugins: [colours_for_old_phones],
    define: { SPRITE_URL: JSON.stringify(sprite_url), WASM_URL: JSON.stringify(await wasm_url()) },
  });
  return metafile.outputs;
}

/** @param {string} name @param {string} folder @param {any} outputs */
async function page(name, folder, outputs) {
  const source = relative(root, join(web, pages[name]));
  const [script, output] = Object.entries(outputs).find(([, one]) => one.entryPoint === source);
  const url = (path) => `/${relative(folder, join(root, path))}`;
  const parts = output.imports.filter((one) => one.kind === 'import-statement');
  const tags = [
    output.cssBundle && `<link rel="stylesheet" href="${url(output.cssBundle)}">`,
    `<script type="module" src="${url(script)}"></script>`,
    ...parts.map((part) => `<link rel="modulepreload" href="${url(part.path)}">`),
  ].filter(Boolean);
  const html = await readFile(join(web, dirname(pages[name]), 'index.html'), 'utf8');
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'index.html'),
    html.replace('<!--assets-->', tags.join('\n  ')));
}

/** The colours of our pages, light and dark. */
async function palette() {
  const tokens = await readFile(join(web, 'shared', 'tokens.css'), 'utf8');
  const colour = '(#\\w+|rgb\\([^()]*\\))';
  const declared = new RegExp(
    `--([\\w-]+): (?:light-dark\\(${colour}, ${colour}\\)|${colour});`, 'g');
  return Object.fromEntries([...tokens.matchAll(declared)]
    .map(([, name, light, dark, one]) => [name, [light ?? one, dark ?? one]]));
}

/** Phones of before 2024 do not know light-dark(); without it there would be no colours at all. */
const colours_for_old_phones = {
  name: 'colours for old phones',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onLoad }) => {
    onLoad({ filter: /shared\/tokens\.css$/ }, async ({ path }) => {
      const pairs = Object.entries(await palette());
      const list = (dark) => `{color-scheme:${dark ? 'dark' : 'light'};${pairs.map(([name, pair]) =>
        `--${name}:${pair[dark]}`).join(';')}}`;
      return { loader: 'css', contents: `${await readFile(path, 'utf8')}
        @supports not (color: light-dark(red, red)) {
          :root ${list(0)}
          @media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) ${list(1)} }
          :root[data-theme="dark"] ${list(1)}
        }` };
    });
  },
};

/** The emergency notice in each language: the one sentence that must not wait for a server. */
async function emergency() {
  const texts = await Promise.all(['ru', 'pl', 'en'].map(async (locale) => [locale,
    JSON.parse(await readFile(join(root, 'core', 'texts', `${locale}.json`), 'utf8'))]));
  return Object.fromEntries(texts.map(([locale, text]) => [locale, text['notice.emergency']]));
}

/** Style sheets as text: a shadow root on a page with a strict policy takes no other form. */
const styles_as_text = {
  name: 'styles as text',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onLoad, esbuild }) => {
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({ loader: 'text',
      contents: (await esbuild.transform(await readFile(path, 'utf8'),
        { loader: 'css', minify: true, target: widget_target })).code }));
  },
};

/** One script with one name for ever: other sites name it in their pages. Older browsers than for
 * our own pages, because a clinic's site is met by any phone. @param {string} folder */
async function widgets(folder) {
  await build({
    entryPoints: [join(web, 'widgets', 'clinicdesk.js')],
    outfile: join(folder, 'widgets', 'clinicdesk.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: widget_target,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    plugins: [styles_as_text],
    define: { PALETTE: JSON.stringify(await palette()),
      EMERGENCY: JSON.stringify(await emergency()) },
  });
}

/** @param {string} folder */
async function compress(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const content = await readFile(path);
    await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }));
    await writeFile(`${path}.br`, brotliCompressSync(content,
      { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  }
}

async function main() {
  const folder = `${out}.${process.pid}`;
  const wanted = process.argv.slice(2);
  const names = Object.keys(pages).filter((name) => (!wanted.length || wanted.includes(name))
    && existsSync(join(web, pages[name])));
  const icons = sprite();
  const sprite_url = `/assets/icons-${short_hash(icons)}.svg`;
  try {
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, sprite_url), icons);
    const outputs = await bundle(names, folder, sprite_url);
    for (const name of names) await page(name, folder, outputs);
    if (names.includes('cabinet')) await write_app(folder, outputs, sprite_url);
    await widgets(folder);
    await compress(folder);
    await rm(out, { recursive: true, force: true });
    await rename(folder, out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`web: ${names.join(' ')} → ${relative(process.cwd(), out)}`);
}

await main();
