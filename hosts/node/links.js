// Keys, tokens and codes. The database holds ids only; what proves them is computed here from
// one secret, when a message is sent and when a person comes back with it.
// Refuses: any token that this secret did not make. Read next: sign-in.js, pump.js.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 6;
const MAC_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{30}$/;
const CODE_DIGITS = 6;

/** @param {Buffer} secret 32 bytes
 * @param {() => string} baseUrl what a link in a message begins with */
export function openLinks(secret, baseUrl) {
  const keyFor = (use) => Buffer.from(hkdfSync('sha256', secret, 'clinicdesk', use, 32));
  const linkKey = keyFor('link');
  const sessionKey = keyFor('session');
  const codeKey = keyFor('code');
  const browserKey = keyFor('browser');
  const linkToken = (/** @type {number} */ id) => tokenOf(linkKey, 'link', id);
  const codeFor = (/** @type {number} */ id) => codeOf(codeKey, id);
  const url = (/** @type {{link_id?: number|null, path: string}} */ link) => baseUrl() + link.path
    + (link.link_id ? `#${linkToken(link.link_id)}` : '');

  return {
    /** What adapters sign the names of effects with. */
    effectKey: keyFor('effect'),
    linkToken,
    sessionToken: (/** @type {number} */ id) => tokenOf(sessionKey, 'session', id),
    linkId: (/** @type {unknown} */ token) => idOf(linkKey, 'link', token),
    sessionId: (/** @type {unknown} */ token) => idOf(sessionKey, 'session', token),
    browserMark: (/** @type {string} */ intent) => macOf(browserKey, 'browser', intent)
      .toString('base64url'),
    code: codeFor,
    /** In constant time; a code id of null matches nothing. */
    codeMatches: (/** @type {number|null} */ codeId, /** @type {unknown} */ given) => {
      const right = Buffer.from(codeOf(codeKey, codeId ?? 0));
      const text = typeof given === 'string' ? given.replace(/\s/g, '') : '';
      const tried = Buffer.alloc(CODE_DIGITS);
      tried.write(text.slice(0, CODE_DIGITS), 'latin1');
      const equal = timingSafeEqual(right, tried);
      return equal && codeId !== null && text.length === CODE_DIGITS;
    },
    url,
    render: (/** @type {any} */ effect) => render(effect, url, codeFor),
  };
}

function macOf(key, kind, id) {
  return createHmac('sha256', key).update(`${kind}:${id}`).digest().subarray(0, MAC_BYTES);
}

function tokenOf(key, kind, id) {
  const bytes = Buffer.alloc(ID_BYTES + MAC_BYTES);
  bytes.writeUIntBE(id, 0, ID_BYTES);
  macOf(key, kind, id).copy(bytes, ID_BYTES);
  return bytes.toString('base64url');
}

/** The id that a token proves, or null. One spelling per token: a changed last character, which
 * base64 would forgive, is refused. */
function idOf(key, kind, token) {
  if (typeof token !== 'string' || !TOKEN.test(token)) return null;
  const bytes = Buffer.from(token, 'base64url');
  const id = bytes.readUIntBE(0, ID_BYTES);
  const proven = timingSafeEqual(bytes.subarray(ID_BYTES), macOf(key, kind, id));
  return proven && bytes.toString('base64url') === token ? id : null;
}

function codeOf(key, codeId) {
  const number = createHmac('sha256', key).update(`code:${codeId}`).digest().readBigUInt64BE(0);
  return String(number % 10n ** BigInt(CODE_DIGITS)).padStart(CODE_DIGITS, '0');
}

/** Puts link and code into the core's texts, in one pass: what is put in is never read again. */
function render(effect, url, codeFor) {
  const link = effect.link?.path ? url(effect.link) : null;
  const values = { link, code: effect.code_id ? codeFor(effect.code_id) : null };
  const fill = (text) => (typeof text === 'string'
    ? text.replace(/\{(link|code)\}/g, (whole, name) => values[name] ?? whole)
    : text);
  return {
    ...effect,
    text: fill(effect.text),
    html: fill(effect.html),
    subject: fill(effect.subject),
    link_url: link,
  };
}
