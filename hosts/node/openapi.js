// The API described for programs: OpenAPI 3.1, made from what the core says of itself.
// Nothing is written here twice: names, types, limits and sentences are the core's.

/** @typedef {{name: string, type: string, required?: boolean, min?: number, max?: number,
 *   one_of?: string[], doc?: string}} Field */
/** @typedef {{name: string, doc: string, roles: string[], writes: string[], in: Field[],
 *   out: string}} Op writes: the roles for whom it changes something; out: a TypeScript type */

/** @param {any} description what desk_describe() prints @returns {Map<string, Op>} */
export function opsOf(description) {
  return new Map(description.ops.map((op) => [op.name, op]));
}

/** A read for somebody; a view that is logged writes for those whose views are. @param {Op} op */
export function readable(op) {
  return op.roles.some((role) => !op.writes.includes(role));
}

/** @param {any} description @param {string} baseUrl
 * @param {{reads: string[], writes: string[]}} open what pages of other sites may ask */
export function openapiOf(description, baseUrl, open = { reads: [], writes: [] }) {
  const paths = {};
  const ops = opsOf(description);
  for (const op of ops.values()) {
    if (op.roles.every((role) => role === 'host')) continue;
    const path = { post: operation(op) };
    if (readable(op)) path.get = readOperation(op);
    paths[`/api/${op.name}`] = path;
  }
  Object.assign(paths, publicPaths(ops, open));
  return {
    openapi: '3.1.0',
    info: { title: 'Clinicdesk', version: String(description.version ?? description.abi ?? 1) },
    servers: [{ url: baseUrl }],
    paths,
    components: {
      securitySchemes: {
        api_key: { type: 'http', scheme: 'bearer' },
        staff: { type: 'apiKey', in: 'cookie', name: 'desk_staff' },
        patient: { type: 'apiKey', in: 'cookie', name: 'desk_patient' },
      },
      schemas: { Problem: problemSchema() },
    },
    security: [{ api_key: [] }, { staff: [] }, { patient: [] }, {}],
  };
}

/** The door for widgets: nobody signs in there, and a write costs work. */
function publicPaths(ops, { reads, writes }) {
  const known = (names) => names.filter((name) => ops.has(name)).map((name) => ops.get(name));
  const nobody = { security: [{}] };
  const get = (op) => (
    { get: { ...readOperation(op), ...nobody, operationId: `public.${op.name}` } });
  const post = (op) => {
    const described = operation(op);
    const parameters = [...described.parameters, {
      name: 'Desk-Work', in: 'header', required: true, schema: { type: 'string' },
      description: 'challenge:nonce, whose SHA-256 begins with as many zero bits as asked.',
    }];
    return { post: { ...described, ...nobody, parameters, operationId: `public.${op.name}` } };
  };
  const paths = [...known(reads).map((op) => [`/public/${op.name}`, get(op)]),
    ...known(writes).map((op) => [`/public/${op.name}`, post(op)])];
  if (paths.length > 0) paths.push(['/public/challenge', { get: challengeOperation() }]);
  return Object.fromEntries(paths);
}

function challengeOperation() {
  return {
    operationId: 'public.challenge',
    summary: 'A proof of work to do before one write.',
    security: [{}],
    responses: { 200: { description: 'Good for one write, until it expires.', content: {
      'application/json': { schema: { type: 'object', properties: {
        challenge: { type: 'string' }, bits: { type: 'integer' }, expires_at: { type: 'integer' },
      } } },
    } } },
  };
}

function operation(op) {
  return {
    operationId: op.name,
    summary: op.doc,
    description: `Roles: ${op.roles.join(', ')}.`,
    parameters: readable(op) ? [] : [{
      name: 'Idempotency-Key', in: 'header', required: false,
      schema: { type: 'string', minLength: 1, maxLength: 64 },
      description: 'One per intent: a repeated key returns the first answer and changes nothing.',
    }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: inputSchema(op.in) } },
    },
    responses: responses(op),
  };
}

function readOperation(op) {
  return {
    operationId: `${op.name}.get`,
    summary: op.doc,
    parameters: op.in.map((field) => ({
      name: field.name, in: 'query', required: field.required === true,
      description: field.doc, schema: fieldSchema(field),
    })),
    responses: responses(op),
  };
}

function responses(op) {
  return {
    200: {
      description: 'Done, and durable.',
      headers: { 'Desk-Rev': { schema: { type: 'integer' } } },
      content: { 'application/json': { schema: { type: 'object', description: op.out } } },
    },
    default: {
      description: 'A problem document (RFC 9457).',
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    },
  };
}

/** A request with an unknown key is refused. */
function inputSchema(fields) {
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
    required: required.length > 0 ? required : undefined,
    additionalProperties: false,
  };
}

function fieldSchema({ type, min, max, one_of: oneOf, doc }) {
  if (type === 'texts') return { type: 'array', items: { type: 'string' }, description: doc };
  if (type === 'object') return { type: 'object', description: doc };
  if (type === 'objects') {
    return { type: 'array', items: { type: 'object' }, description: doc };
  }
  const isText = type === 'text';
  const schema = { type: isText ? 'string' : type, description: doc };
  if (min !== undefined) schema[isText ? 'minLength' : 'minimum'] = min;
  if (max !== undefined) schema[isText ? 'maxLength' : 'maximum'] = max;
  if (oneOf) schema.enum = oneOf;
  return schema;
}

function problemSchema() {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'category'],
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: { ...text, description: 'For people, in the language that was asked for.' },
      code: { ...text, description: 'For programs: "category.word".' },
      category: {
        enum: ['invalid', 'refused', 'missing', 'denied', 'busy', 'storage', 'bug'],
      },
      field: { type: ['string', 'null'] },
      rule: { type: ['integer', 'null'] },
    },
  };
}
