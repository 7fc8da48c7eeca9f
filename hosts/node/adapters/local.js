/* The embedded default: what would be sent goes into a mailbox that the page /outbox shows.
 * It keeps its messages in a file of the data folder, one JSON line each, and knows an effect by
 * its key, so that a repetition after a crash shows one message, not two. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync }
  from 'node:fs';
import { dirname, join } from 'node:path';
import { effectKey } from './effect-key.js';

const SHOWN_MAX = 2000;

export const config_schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    delivered_after_ms: { type: 'integer', minimum: 0, default: 300 },
  },
};

/** @param {{delivered_after_ms: number}} config
 *  @param {{log: any, report: (event: object) => Promise<unknown>, data: string,
 *    kinds?: string[], epoch?: string, secret?: string | Buffer}} services */
export function local(config, { log, report, data, kinds, epoch, secret }) {
  const path = join(data, 'outbox.jsonl');
  const outbox = readOutbox(path);
  const timers = new Set();
  let closed = false;
  for (const message of outbox.undelivered) deliver(message);

  async function send(effect) {
    const provider_id = effectKey(effect, { epoch, secret });
    if (!outbox.known.has(provider_id)) {
      const { kind, to, name, subject, text, html, link_url } = effect;
      const message = { id: ++outbox.last_id, provider_id, at: Date.now(), kind, to, name, subject,
        text, html, link_url };
      append(message);
      outbox.known.add(provider_id);
      outbox.messages.push(message);
      if (outbox.messages.length > SHOWN_MAX) outbox.messages.shift();
      deliver(message);
    }
    return { status: 'sent', provider_id };
  }

  /* A moment later, as with a real provider; a failed report is told again. */
  function deliver({ id, kind, provider_id }, wait_ms = config.delivered_after_ms) {
    const timer = setTimeout(async () => {
      timers.delete(timer);
      try {
        const channel = kind === 'sms.send' ? 'sms' : 'email';
        await report({ channel, provider_id, status: 'delivered' });
        append({ delivered: id });
      } catch (error) {
        log.warn({ code: error.code }, 'local: delivery not reported');
        if (!closed) deliver({ id, kind, provider_id }, 1000 + wait_ms);
      }
    }, wait_ms);
    timers.add(timer);
  }

  function append(line) {
    appendFileSync(path, `${JSON.stringify(line)}\n`);
  }

  /** What came after the message with this id, oldest first. */
  function messages(after_id = 0) {
    return outbox.messages.filter((message) => message.id > after_id);
  }

  /** Whom the core has erased is erased here: what was sent to these addresses goes, its key
   *  stays. @param {string[]} addresses */
  function forget(addresses) {
    outbox.messages = outbox.messages.filter((message) => !addresses.includes(message.to));
    const lines = readLines(path).map((line) => (addresses.includes(line.to)
      ? { id: line.id, provider_id: line.provider_id, forgotten: true } : line));
    writeFileSync(`${path}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    renameSync(`${path}.new`, path);
  }

  async function close() {
    closed = true;
    for (const timer of timers) clearTimeout(timer);
  }

  return { kinds: kinds ?? ['sms.send', 'email.send'], send, messages, forget, close };
}

function readLines(path) {
  const file = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return file.split('\n').flatMap((line) => {
    try { return line ? [JSON.parse(line)] : []; } catch { return []; }
  });
}

function readOutbox(path) {
  mkdirSync(dirname(path), { recursive: true });
  // A kill in mid-write leaves half a line; the next line must not grow onto it.
  if (existsSync(path) && !readFileSync(path, 'utf8').endsWith('\n')) appendFileSync(path, '\n');
  const lines = readLines(path);
  const sent = lines.filter((line) => line.id);
  const messages = sent.filter((line) => !line.forgotten);
  const delivered = new Set(lines.map((line) => line.delivered));
  return {
    known: new Set(sent.map((message) => message.provider_id)),
    last_id: sent.at(-1)?.id ?? 0,
    messages: messages.slice(-SHOWN_MAX),
    undelivered: messages.filter((message) => !delivered.has(message.id)),
  };
}
