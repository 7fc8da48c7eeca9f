// The settings: one JSON file, overridden key by key from the environment, checked as a whole.
// Refuses to guess: an unknown key, a wrong type or a missing value stops the start, by name.
// The key `sms.port` is CLINICDESK_SMS_PORT in the environment.
import {
  closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Ajv } from 'ajv';

const PREFIX = 'CLINICDESK_';
/** Names that others read. */
const NO_KEYS = ['CLINICDESK_CONFIG', 'CLINICDESK_WEB_OUT'];
const SECRET_BYTES = 32;
/** Nothing leaves the machine by itself. A push goes only to devices whose owners asked for it. */
const ADAPTER_BY_DEFAULT = { mail: 'local', sms: 'local', push: 'push' };
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
const text = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 1 };

/** Without the adapters' own keys: each adapter's file brings those as `config_schema`. */
const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    listen: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        host: { ...text, default: '127.0.0.1' },
        port: { type: 'integer', minimum: 0, maximum: 65535, default: 8080 },
        trust_proxy: { type: 'boolean', default: false },
        proxies: { ...count, default: 1 },
      },
    },
    base_url: { type: 'string', pattern: '^https?://[^/?#\\s]+$' },
    data: { ...text, default: 'data' },
    secret: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    api_keys: {
      type: 'array',
      default: [],
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'sha256'],
        properties: { name: text, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
      },
    },
    mail: { type: 'object' },
    sms: { type: 'object' },
    push: { type: 'object' },
    widgets: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        origins: {
          type: 'array', default: ['*'],
          items: { type: 'string', pattern: '^(\\*|https?://[^/?#\\s]+)$' },
        },
        work_bits: { type: 'integer', minimum: 0, maximum: 30, default: 14 },
      },
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        visitor_requests_per_minute: { ...count, default: 600 },
        session_requests_per_minute: { ...count, default: 1200 },
        sign_in_requests_per_minute: { ...count, default: 30 },
        public_requests_per_minute: { ...count, default: 300 },
        public_sends_per_minute: { ...count, default: 20 },
        batch_requests: { ...count, default: 256 },
        batch_bytes: { ...count, default: 4194304 },
        queue_requests: { ...count, default: 10000 },
        queue_bytes: { ...count, default: 67108864 },
        live_connections: { ...count, default: 15000 },
      },
    },
    log: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        level: {
          enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info',
        },
      },
    },
  },
};

export class ConfigError extends Error {
  /** @param {string} key @param {string} why */
  constructor(key, why) {
    super(`configuration: ${key}: ${why}`);
    this.code = 'config';
    this.key = key;
  }
}

/** Reads, overrides, checks and completes the settings.
 * @param {{path?: string, env?: Record<string, string|undefined>,
 *   schemaOf?: (channel: string, adapter: string) => Promise<any>}} [from] schemaOf: the keys
 *   that an adapter knows, or undefined when it does not say; throws when there is no such adapter
 * @returns {Promise<any>} */
export async function loadConfig({ path, env = process.env, schemaOf } = {}) {
  const named = path ?? env.CLINICDESK_CONFIG;
  const config = readConfig(named ?? join('data', 'clinicdesk.json'), named !== undefined);
  return completeConfig(config, { env, schemaOf });
}

/** The same from settings that were read already; they are changed.
 * @param {any} config @param {{env: Record<string, string|undefined>,
 *   schemaOf?: (channel: string, adapter: string) => Promise<any>}} from */
export async function completeConfig(config, { env, schemaOf }) {
  const chosen = {};
  for (const [section, adapter] of Object.entries(ADAPTER_BY_DEFAULT)) {
    chosen[section] = await pickSection(config, env, schemaOf, section, adapter);
  }
  const schema = { ...SCHEMA, properties: { ...SCHEMA.properties, ...chosen } };
  override(config, schema, env);
  check(config, schema);
  // Cookies and links are bound to an address; only on this machine itself is it known.
  if (!config.base_url && !LOOPBACK.includes(config.listen.host)) {
    throw new ConfigError('base_url', `must be given when listen.host is ${config.listen.host}`);
  }
  config.data = resolve(config.data);
  return config;
}

/** The schema of a channel's section, for the adapter that file or environment name. */
async function pickSection(config, env, schemaOf, section, byDefault) {
  const name = env[`${PREFIX}${section.toUpperCase()}_ADAPTER`]
    ?? config[section]?.adapter ?? byDefault;
  let own;
  try {
    own = await schemaOf?.(section, name);
  } catch (error) {
    throw new ConfigError(`${section}.adapter`, error.message);
  }
  own ??= { type: 'object' };
  return {
    ...own,
    type: 'object',
    default: {},
    properties: { ...own.properties, adapter: { const: name, default: name } },
  };
}

function readConfig(path, mustExist) {
  if (!existsSync(path)) {
    if (mustExist) throw new ConfigError('--config', `there is no file ${path}`);
    return {};
  }
  let config;
  try {
    config = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(path, `not readable as JSON: ${error.message}`);
  }
  if (config === null || typeof config !== 'object' || Array.isArray(config)) {
    throw new ConfigError(path, 'must be one JSON object');
  }
  return config;
}

/** Lays CLINICDESK_… over the file. A name that no key has is an error, so that a misspelt
 * override does not pass in silence. */
function override(config, schema, env) {
  const keys = new Map();
  collectKeys(schema, [], keys);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || NO_KEYS.includes(name) || value === undefined) continue;
    const found = keys.get(name);
    if (!found) throw new ConfigError(name, 'no key of the configuration has this name');
    setAt(config, found.path, typed(name, value, found.schema));
  }
}

function collectKeys(schema, path, keys) {
  for (const [key, sub] of Object.entries(schema.properties ?? {})) {
    const here = [...path, key];
    if (sub.type === 'object') collectKeys(sub, here, keys);
    else keys.set(PREFIX + here.join('_').toUpperCase(), { path: here, schema: sub });
  }
}

function typed(name, value, schema) {
  if (schema.type === 'integer' || schema.type === 'number') {
    if (value.trim() === '' || Number.isNaN(Number(value))) {
      throw new ConfigError(name, 'must be a number');
    }
    return Number(value);
  }
  if (schema.type === 'boolean') {
    if (value !== 'true' && value !== 'false') {
      throw new ConfigError(name, 'must be true or false');
    }
    return value === 'true';
  }
  if (schema.type !== 'array') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw new ConfigError(name, 'must be a JSON list');
  }
}

function setAt(config, path, value) {
  let place = config;
  for (const key of path.slice(0, -1)) {
    place[key] ??= {};
    if (typeof place[key] !== 'object') throw new ConfigError(key, 'must be an object');
    place = place[key];
  }
  place[path[path.length - 1]] = value;
}

function check(config, schema) {
  const ajv = new Ajv({ useDefaults: true, allErrors: false, strict: false });
  if (ajv.validate(schema, config)) return;
  const [error] = ajv.errors ?? [];
  const path = (error?.instancePath ?? '').split('/').filter(Boolean);
  if (error?.keyword === 'additionalProperties') {
    throw new ConfigError([...path, error.params.additionalProperty].join('.'),
      'there is no such key');
  }
  if (error?.keyword === 'required') {
    throw new ConfigError([...path, error.params.missingProperty].join('.'), 'must be given');
  }
  const allowed = error?.params?.allowedValues ? `: ${error.params.allowedValues.join(', ')}` : '';
  throw new ConfigError(path.join('.') || 'file', `${error?.message}${allowed}`);
}

export const SECRET_FILE = 'secret';
export const EPOCH_FILE = 'epoch';
export const PUSH_KEY_FILE = 'push_key';

/** The secret of the installation: from the settings, else from its file, which the first start
 * makes. Losing it ends every session and link that was given out, nothing more.
 * @param {{secret?: string, data: string}} config @returns {Buffer} */
export function loadSecret(config) {
  if (config.secret) return Buffer.from(config.secret, 'hex');
  const path = join(config.data, SECRET_FILE);
  if (!existsSync(path)) writePrivate(path, randomBytes(SECRET_BYTES).toString('hex'));
  const digits = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(digits)) {
    throw new ConfigError(path, 'must hold 64 hexadecimal digits');
  }
  return Buffer.from(digits, 'hex');
}

/** Part of every effect's key towards providers. A restored database gets another one, because
 * its effects are numbered like others that were already sent.
 * @param {string} folder @returns {string} */
export function loadEpoch(folder) {
  const path = join(folder, EPOCH_FILE);
  if (!existsSync(path)) writePrivate(path, newEpoch());
  return readFileSync(path, 'utf8').trim();
}

export function newEpoch() {
  return randomBytes(5).toString('hex');
}

/** A new file that only its owner reads, durable before anything is made with what it holds.
 * @param {string} path @param {string} text */
export function writePrivate(path, text) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, `${text}\n`);
  fsyncSync(file);
  closeSync(file);
  syncFolder(dirname(path));
}

/** @param {string} folder whose new names are to survive a power cut */
export function syncFolder(folder) {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
