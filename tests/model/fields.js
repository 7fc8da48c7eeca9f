// What may stand in a field, by the core's own description of its operations: a value that is
// right, and ids of one's own and of others'. A field that this file cannot fill stops the tests
// that use it by name, so that no operation passes by unasked.

const TEXTS = { email: 'somebody@else.example', author_email: 'somebody@else.example',
  phone: '+48500000999', author_phone: '+48500000999', zone: 'Europe/Warsaw', from: '2026-03-01',
  to: '2026-03-02', key: 'mute.after', reason: 'spam', base_url: 'https://p.example',
  endpoint: 'https://push.example/x', p256dh: Buffer.alloc(65, 4).toString('base64url'),
  auth: Buffer.alloc(16, 1).toString('base64url') };
const NUMBERS = { rating: 3, published_at: 1_772_438_400_000, value: 2, lat: 52, lon: 21,
  lease_ms: 60_000, ttl_ms: 60_000 };
/** Places in a list, and what other programs call their things: nobody's own. */
const CURSORS = ['before_id', 'after_id', 'last_message_id', 'external_id', 'provider_id'];
/** Ids that no other clinic has one of, or that only the host may say. */
const LOST = 999_999;
const NOBODYS = ['task_id', 'effect_id', 'link_id', 'code_id'];

/** @typedef {{name: string, type: string, required: boolean, one_of?: string[], min?: number,
 *   max?: number}} Field */
/** @typedef {{name: string, roles: string[], writes: string[], in: Field[]}} Op */

export const isId = (/** @type {Field} */ { name, type }) =>
  type === 'integer' && name.endsWith('_id') && !CURSORS.includes(name);

/** @param {Field} field @param {Record<string, number>} ids @returns {unknown} */
export function valueOf(field, ids) {
  const { name, type, one_of: oneOf } = field;
  if (isId(field) && name !== 'item_id') {
    const id = ids[name] ?? (NOBODYS.includes(name) ? LOST : undefined);
    if (id === undefined) throw new Error(`whose is ${name}? fields.js does not know`);
    return id;
  }
  if (name === 'item_id') return ids.review_chat_id;
  if (name === 'kind' && oneOf?.includes('review_chat')) return 'review_chat';
  if (oneOf) return oneOf[0];
  if (type === 'text') return TEXTS[name] ?? 'text';
  if (type === 'integer' || type === 'number') return NUMBERS[name] ?? 1;
  const empty = { boolean: true, texts: [], objects: [], object: {} };
  if (empty[type] === undefined) throw new Error(`what is ${type}? fields.js does not know`);
  return empty[type];
}

/** An input that is right, of what must be given.
 * @param {Op} op @param {Record<string, number>} ids */
export const inputOf = (op, ids) => Object.fromEntries(op.in.filter((field) => field.required)
  .map((field) => [field.name, valueOf(field, ids)]));

/** The same with one thing of another clinic in it, in every place where one can stand.
 * @param {Op} op @param {Record<string, number>} own @param {Record<string, number>} other
 * @returns {{field: string, input: Record<string, unknown>}[]} */
export function foreignInputs(op, own, other) {
  const kinds = op.in.find((field) => field.name === 'kind')?.one_of ?? [];
  return op.in.filter(isId).flatMap(({ name }) => {
    const input = inputOf(op, own);
    const put = (more) => ({ ...input, ...more });
    return name !== 'item_id' ? [{ field: name, input: put({ [name]: other[name] ?? LOST }) }]
      : kinds.map((kind) => ({ field: `${kind} ${name}`,
        input: put({ kind, item_id: other[`${kind}_id`] ?? LOST }) }));
  });
}
