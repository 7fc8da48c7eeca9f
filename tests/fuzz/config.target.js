// Settings as an operator may write them, in the file and in the environment: completed, or refused
// by the name of a key. What is taken has the types and limits that the server relies on, and no
// object is changed by it but the settings themselves. A schema is compiled for each choice of
// adapters, not for each input: that would take twenty milliseconds.
import { Ajv } from 'ajv';
import { ConfigError, completeConfig } from '../../hosts/node/config.js';
import { schemaOf } from '../../hosts/node/host.js';
import { choicesIn, expect, textIn } from './choices.js';

const SECTIONS = ['listen', 'base_url', 'data', 'secret', 'api_keys', 'mail', 'sms', 'push',
  'widgets', 'limits', 'log'];
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const GOOD = { listen: { port: 8080, trust_proxy: true, proxies: 2 }, base_url: 'https://c.example',
  data: 'data', secret: 'a'.repeat(64), sms: { adapter: 'smpp', host: 'h', system_id: 'i',
    password: 'p', from: 'CLINIC' }, mail: { adapter: 'smtp', host: 'h', from: 'a@b.example' },
  limits: { batch_requests: 1 }, log: { level: 'warn' },
  widgets: { origins: ['*'], work_bits: 3 } };

export const name = 'config';
export const bytesMax = 1024;
export const words = [...SECTIONS.map((key) => `"${key}":`), '"adapter":', '"local"', '"smtp"',
  '"smpp"', '"kannel"', '"__proto__":', '{}', '[]', 'null', '1', '-1', '"x"', 'true',
  'CLINICDESK_LISTEN_PORT=', 'CLINICDESK_SMS_ADAPTER=', 'CLINICDESK_DATA_X=', '\n'];
export const seeds = ['\x00{}', `\x00${JSON.stringify(GOOD)}`, '\x00{"__proto__":{"data":"x"}}',
  '\x01CLINICDESK_LISTEN_PORT=80\nCLINICDESK_SMS_ADAPTER=kannel\n{}',
  '\x01CLINICDESK_LIMITS_BATCH_BYTES=0\n{"limits":{}}', '\x00{"sms":{"adapter":"constructor"}}',
  '\x01CLINICDESK_WIDGETS_ORIGINS=["*"]\n{"widgets":null}', '\x00{"listen":[]}'];

const compiled = new Map();
const validate = Ajv.prototype.validate;
/** @type {any} */ (Ajv.prototype).validate = function compiledOnce(
  /** @type {any} */ schema, /** @type {any} */ data,
) {
  if (!schema?.properties?.base_url) return validate.call(this, schema, data);
  const key = JSON.stringify(schema);
  const check = compiled.get(key) ?? this.compile(schema);
  compiled.set(key, check);
  const good = check(data);
  this.errors = check.errors;
  return good;
};

/** The first lines are the environment's, where the input says so. */
function read(bytes) {
  const choices = choicesIn(bytes);
  const withEnv = choices.below(2) === 1;
  const lines = textIn(choices.rest()).split('\n');
  const env = {};
  while (withEnv && lines.length > 1) {
    const [key, ...value] = String(lines.shift()).split('=');
    env[key] = value.join('=');
  }
  try {
    return { env, config: JSON.parse(lines.join('\n')) };
  } catch {
    return { env, config: null };
  }
}

/** @param {typeof completeConfig} complete */
function runWith(complete) {
  return async (/** @type {Uint8Array} */ bytes) => {
    const { env, config } = read(bytes);
    if (config === null || typeof config !== 'object' || Array.isArray(config)) return 'no object';
    let done;
    try {
      done = await complete(config, { env, schemaOf });
    } catch (error) {
      expect(error instanceof ConfigError, String(error.stack));
      return `refused ${SECTIONS.find((key) => error.key.startsWith(key)) ?? 'elsewhere'}`;
    }
    const counts = Object.values(done.limits);
    expect(Object.keys(done).every((key) => SECTIONS.includes(key)), 'a strange key', done);
    expect(Number.isInteger(done.listen.port) && done.listen.port >= 0
      && done.listen.port <= 65_535, 'a port that is none', done.listen);
    expect(counts.every((count) => Number.isInteger(count) && count >= 1), 'a limit', done.limits);
    expect(LEVELS.includes(done.log.level) && typeof done.data === 'string', 'a word', done.log);
    expect(/** @type {any} */ ({}).data === undefined, 'every object was changed');
    return `taken ${done.mail.adapter} ${done.sms.adapter}`;
  };
}

export const run = runWith(completeConfig);

/** Faults that this target must find. */
export const faults = {
  'what is not known is let through': runWith(async (config, from) => {
    const { data = 'data', ...rest } = config;
    return { ...await completeConfig({}, { ...from, env: {} }), ...rest, data };
  }),
  'a limit may be nothing': runWith(async (config, from) => {
    const done = await completeConfig({}, { ...from, env: {} });
    return { ...done, limits: { ...done.limits, batch_bytes: config.limits?.batch_bytes ?? 0 } };
  }),
};
