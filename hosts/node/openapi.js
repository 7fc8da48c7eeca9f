// The API described for programs: OpenAPI 3.1, made from what the core says of itself.
// Nothing is written here twice: names, types, limits and sentences are the core's.

/** @typedef {{name: string, type: string, required?: boolean, min?: number, max?: number,
 *   one_of?: string[], doc?: string}} Field */
/** @typedef {{name: string, doc: string, reads: boolean, roles: string[], in: Field[],
 *   out: Field[]}} Op */

/** @param {any} description what desk_describe() prints @returns {Map<string, Op>} */
export function opsOf(description) {
  return new Map((description.ops ?? []).map((op) => [op.name, {
    name: op.name,
    doc: op.doc ?? '',
    reads: op.reads === true,
    roles: op.roles ?? [],
    in: op.in ?? [],
    out: op.out ?? [],
  }]));
}

/** @param {any} description @param {string} baseUrl */
export function openapiOf(description, baseUrl) {
  const paths = {};
  for (const op of opsOf(description).values()) {
    if (op.roles.length > 0 && op.roles.every((role) => role === 'host')) continue;
    const path = { post: operation(op) };
    if (op.reads) path.get = readOperation(op);
    paths[`/api/${op.name}`] = path;
  }
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

function operation(op) {
  return {
    operationId: op.name,
    summary: op.doc,
    description: op.roles.length > 0 ? `Roles: ${op.roles.join(', ')}.` : undefined,
    parameters: op.reads ? [] : [{
      name: 'Idempotency-Key', in: 'header', required: false,
      schema: { type: 'string', minLength: 1, maxLength: 64 },
      description: 'One per intent: a repeated key returns the first answer and changes nothing.',
    }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: objectSchema(op.in, true) } },
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
      content: { 'application/json': { schema: objectSchema(op.out, false) } },
    },
    default: {
      description: 'A problem document (RFC 9457).',
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    },
  };
}

/** A request with an unknown key is refused; replies may gain keys. */
function objectSchema(fields, closed) {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])),
  };
  const required = closed ? fields.filter((field) => field.required) : [];
  if (required.length > 0) schema.required = required.map((field) => field.name);
  if (closed) schema.additionalProperties = false;
  return schema;
}

function fieldSchema({ type, min, max, one_of: oneOf, doc }) {
  const schema = { description: doc };
  if (type !== 'json') schema.type = type === 'text' ? 'string' : type;
  const [least, most] = type === 'text' ? ['minLength', 'maxLength'] : ['minimum', 'maximum'];
  if (min !== undefined && min !== null && type !== 'json') schema[least] = min;
  if (max && type !== 'json') schema[most] = max;
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
