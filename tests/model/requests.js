// Requests that no page of ours would send, drawn from the description of the operations: fields
// that nobody knows, values of every wrong type, names said twice, bodies that are too long, too
// deep or no text at all, wrong types of content, ids of others. As data, which can be shrunk.
import fc from 'fast-check';
import { inputOf, isId } from './fields.js';

/** @typedef {import('./fields.js').Op} Op */
/** @typedef {{asker: string, method: string, path: string, headers: Record<string, string>,
 *   body: Buffer|undefined}} Drawn */

const LONG = 300_000;
const TOO_LONG = 1_100_000;
const ODD = [null, true, false, 0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, '', ' ', '0',
  'x'.repeat(5000), '\u0000', '\ud800', '\u202e\u200b', "'; drop table review; --",
  '%s%n{link}{code}', '../../etc',
  '<img src=x onerror=alert(1)>', '=1+1', '\r\nSet-Cookie: a=b', [], [1], ['a'], {}, { a: 1 },
  [[[[[[]]]]]], ['a', null], { __proto__: null, length: 1 }];
const NAMES = ['nobody_knows_this', '__proto__', 'constructor', 'toString', 'toJSON', 'in', 'actor',
  'op', 'now', 'id', 'role', 'clinic_id', ''];
/** Written, because an object would lose them. */
const WRITTEN = ['{"clinic_id":1,"clinic_id":2}', '{"__proto__":{"role":"host"}}', 'null',
  '[]', '""', '0', '', '{', '{}}', '{"a":1,}', "{'a':1}", '{"a":NaN}', '\ufeff{}',
  '{"text":"\\ud800"}',
  '{"text":"\\u0000"}', '[{}]', `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
  '['.repeat(100_000), `{"text":"${'x'.repeat(LONG)}"}`, `"${'x'.repeat(TOO_LONG)}"`,
  `{${Array.from({ length: 20_000 }, (_, place) => `"f${place}":1`).join(',')}}`,
  '{"actor":{"role":"host"},"in":{}}', '{"batch":[]}', '{"clinic_id":1e400}', '{"clinic_id":-0}'];
const TYPES = ['application/json', 'application/json; charset=utf-8',
  'application/json;charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x', 'text/html',
  'application/JSON', 'application/json, text/plain', 'a', ''];
const HEADERS = [{}, {}, {}, { 'idempotency-key': 'k1' }, { 'idempotency-key': 'x'.repeat(65) },
  { 'idempotency-key': 'a b' }, { 'desk-role': 'host' }, { 'desk-locale': 'xx' },
  { 'desk-locale': 'pl' }, { origin: 'https://evil.example' }, { 'x-forwarded-for': '10.0.0.1' },
  { 'x-http-method-override': 'DELETE' }, { 'accept-language': 'ru,en;q='.repeat(50) },
  { authorization: 'Bearer x' }, { cookie: 'desk_staff=AAAAAAABAAAAAAAAAAAAAAAAAAAAAA' },
  { 'desk-work': '1.0.a.b:c' }, { 'sec-fetch-site': 'cross-site' }, { expect: '100-continue' }];
const PATHS = ['/api/', '/api/x', '/api/__proto__', '/api/core.hold', '/public/contact_form.send',
  '/public/review.list?clinic_id=1', '/session', '/session/open', '/session/request',
  '/session/send-code', '/hooks/sms/local', '/hooks/mail/smtp', '/platform.json',
  '/metrics', '/openapi.json', '/healthz', '/%00', '/api/clinic.list%00', '/..%2f..%2fetc',
  `/${'a'.repeat(3000)}`, '/api/clinic.list?clinic_id=1&clinic_id=2', '/api/live'];

/** A value that is wrong, right, or somebody else's, in one field. */
const change = (op, ids) => fc.oneof(
  fc.record({ name: fc.constantFrom(...NAMES), value: fc.constantFrom(...ODD) }),
  ...(op.in.length > 0 ? [
    fc.record({ name: fc.constantFrom(...op.in.map(({ name }) => name)),
      value: fc.oneof(fc.constantFrom(...ODD), fc.jsonValue({ maxDepth: 4 }),
        fc.string({ unit: 'binary', maxLength: 60 }), fc.integer()) }),
    fc.record({ name: fc.constantFrom(...op.in.map(({ name }) => name)),
      without: fc.constant(true) }),
  ] : []),
  ...op.in.filter(isId).map(({ name }) => fc.record({ name: fc.constant(name),
    value: fc.constantFrom(ids.other[name] ?? 2, ids.own[name] ?? 1, 0, 999_999) })));

/** @param {Record<string, unknown>} input @param {any[]} changes */
function changed(input, changes) {
  const out = { ...input };
  for (const { name, value, without } of changes) {
    if (without) delete out[name];
    else Object.defineProperty(out, name, { value, enumerable: true, configurable: true,
      writable: true });
  }
  return out;
}

/** @param {Op} op @param {{own: any, other: any}} ids */
const bodyFor = (op, ids) => fc.oneof(
  { weight: 2, arbitrary: fc.constant(Buffer.from(JSON.stringify(inputOf(op, ids.own)))) },
  { weight: 6, arbitrary: fc.array(change(op, ids), { minLength: 1, maxLength: 3 })
    .map((changes) => Buffer.from(JSON.stringify(changed(inputOf(op, ids.own), changes)))) },
  { weight: 1, arbitrary: fc.constantFrom(...WRITTEN).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.array(change(op, ids), { maxLength: 2 }).map((changes) => {
    const text = JSON.stringify(changed(inputOf(op, ids.own), changes));
    // The same names once more, with other values.
    return Buffer.from(`${text.slice(0, -1)}${text.length > 2 ? ',' : ''}${text.slice(1)}`);
  }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) });

/** @param {unknown} value */
function encoded(value) {
  const text = String(typeof value === 'object' ? JSON.stringify(value) : value);
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '?'));
}

/** The same fields as a query, some of them twice. */
const queryFor = (op, ids) => fc.array(change(op, ids), { maxLength: 3 }).map((changes) => {
  const pairs = Object.entries(changed(inputOf(op, ids.own), changes))
    .flatMap(([name, value]) => [value].flat().map((each) => `${encoded(name)}=${encoded(each)}`));
  return pairs.length > 0 ? `?${pairs.join('&').slice(0, 6000)}` : '';
});

/** @param {{ops: Op[], own: any, other: any, askers: Record<string, any>}} world
 * @param {string[]} spared operations that would end the attack
 * @returns {fc.Arbitrary<Drawn>} */
export function requestsTo({ ops, own, other, askers }, spared) {
  const ids = { own: { ...own.ids, session_id: own.session_id },
    other: { ...other.ids, session_id: other.session_id } };
  const asker = fc.constantFrom(...Object.keys(askers));
  const headers = fc.tuple(fc.constantFrom(...HEADERS), fc.oneof(
    { weight: 5, arbitrary: fc.constant('application/json') },
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) }))
    .map(([more, type]) => ({ ...more, ...(type && { 'content-type': type }) }));
  const about = ops.filter((op) => !spared.includes(op.name)).map((op) => {
    const path = fc.constantFrom(`/api/${op.name}`, `/api/${op.name}`, `/public/${op.name}`);
    return fc.oneof(
      { weight: 4, arbitrary: fc.record({ asker, method: fc.constant('POST'), path, headers,
        body: bodyFor(op, ids) }) },
      { weight: 2, arbitrary: fc.record({ asker, method: fc.constantFrom('GET', 'GET', 'HEAD'),
        path: fc.tuple(path, queryFor(op, ids)).map((parts) => parts.join('')), headers,
        body: fc.constant(undefined) }) },
      { weight: 1, arbitrary: fc.record({ asker, headers, body: bodyFor(op, ids),
        method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'GET'),
        path: fc.tuple(path, queryFor(op, ids)).map((parts) => parts.join('')) }) });
  });
  const elsewhere = fc.record({ asker, method: fc.constantFrom('GET', 'POST', 'HEAD'),
    path: fc.constantFrom(...PATHS), headers,
    body: fc.constantFrom(undefined, Buffer.from('{}'), Buffer.from('{"token":"x"}')) });
  return /** @type {fc.Arbitrary<any>} */ (fc.oneof(
    { weight: 10, arbitrary: fc.oneof(...about) }, { weight: 1, arbitrary: elsewhere }));
}
