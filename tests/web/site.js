/**
 * Somebody else's site: another origin under a policy that allows the widgets' script, their
 * questions to its server, and nothing else; no inline style, no Trusted Types policy.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';

const STYLE = `:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 1rem auto; padding: 0 1rem; font-family: sans-serif; }
main > * + * { margin-top: 1rem; }
clinicdesk-contact-form:not(:defined) { display: block; min-height: 60rem; }
.dressed { --clinicdesk-accent: #7a1f5c; --clinicdesk-radius: 0; }`;

/** @param {string} server the origin of the widgets
 * @param {{body:string, lang?:string, module?:boolean, strict?:boolean, style?:string}} content */
export async function start_site(server, { body, lang = 'ru', module = false, strict = true,
  style = STYLE }) {
  const policy = [`default-src 'none'`, `script-src ${server}`, `connect-src ${server}`,
    `style-src 'self'`, 'img-src data:', `base-uri 'none'`, `form-action 'none'`,
    `require-trusted-types-for 'script'`, `trusted-types 'none'`].join('; ');
  const page = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>Site</title>
    <link rel="icon" href="data:,"><link rel="stylesheet" href="/site.css"></head>
    <body><main><h1>Стоматология</h1>${body}<p id="below">Адрес и часы работы</p></main>
    <script ${module ? 'type="module" ' : ''}src="${server}/widgets/clinicdesk.js"></script>
    </body></html>`;
  const http = createServer((request, response) => {
    const [type, text] = request.url === '/site.css' ? ['text/css', style] : ['text/html', page];
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`,
      ...(strict && { 'content-security-policy': policy }) });
    response.end(text);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}/`,
    stop: () => new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    }) };
}
