// A structured log that knows operations, codes, durations and ids, and nobody's name.
// Refuses to print bodies, queries, addresses and tokens: they are never handed to it, and
// `redact` is the second line. Read next: log's users hand it only the fields listed here.
import pino from 'pino';

const PERSONAL = ['to', 'text', 'html', 'subject', 'email', 'phone', 'name', 'in', 'body', 'token',
  'cookie', 'authorization', 'query', 'headers', 'pass', 'password', 'secret', 'link'];

/** @param {{level: string}} config @param {import('pino').DestinationStream} [destination] */
export function openLog(config, destination = pino.destination({ dest: 2, sync: false })) {
  const paths = PERSONAL.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({
    level: config.level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths, censor: '[kept out]' },
    serializers: { err: errorFields },
  }, destination);
}

/** An error's message may quote a recipient, so addresses and long numbers are masked.
 * @param {any} error */
export function errorFields(error) {
  const mask = (text) => String(text ?? '')
    .replace(/[^\s<>"'@]+@[^\s<>"'@]+/g, '[address]')
    .replace(/\+?\d[\d ()-]{6,}\d/g, '[number]')
    .slice(0, 500);
  return {
    type: error?.name ?? typeof error,
    code: error?.code,
    message: mask(error?.message ?? error),
    stack: mask(String(error?.stack ?? '').split('\n').slice(1, 6).join(' | ')),
  };
}
