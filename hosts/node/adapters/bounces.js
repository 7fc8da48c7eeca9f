/* Delivery reports of mail servers (RFC 3464): out of a Maildir folder, or one raw message.
 * `Action` decides: a message given up after days says "failed" with the status 4.7.1 of its
 * last attempt. Whom it is about says the VERP address it was sent to, never its text: mail of
 * unknown origin is told from a report by the tag in that address. */
import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { knownKey } from './effect-key.js';

const READ_BYTES_MAX = 256 * 1024;
const ACTIONS = new Map([
  ['failed', { status: 'failed' }],
  ['delivered', { status: 'delivered' }],
  ['relayed', { status: 'sent' }],
  ['expanded', { status: 'sent' }],
  ['delayed', { status: 'sent' }], // the mail server goes on trying, so we must not
]);

/** @param {string | Buffer} raw @param {{secret?: string | Buffer}} services
 *  @returns {{channel: "email", provider_id: string, status: string, error?: string}[]} */
export function readBounce(raw, { secret }) {
  const [head, body] = splitHead(raw.toString('latin1').replace(/\r\n/g, '\n'));
  const type = head.get('content-type')?.[0] ?? '';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!/^multipart\/report/i.test(type) || !boundary) return [];
  const parts = body.split(`\n--${boundary}`).map((part) => splitHead(part.replace(/^\s+/, '')));
  const status = parts.find(([fields]) =>
    /^message\/(global-)?delivery-status/i.test(fields.get('content-type')?.[0] ?? ''));
  const provider_id = keyOf(head, secret);
  if (!status || !provider_id) return [];
  // The first block is about the message, each further one about one recipient.
  return status[1].trim().split(/\n\n+/).slice(1).flatMap((block) => {
    const fields = splitHead(`${block}\n\n`)[0];
    const known = ACTIONS.get(fields.get('action')?.[0].toLowerCase());
    if (!known) return [];
    const digits = /\d\.\d{1,3}\.\d{1,3}/.exec(fields.get('status')?.[0] ?? '')?.[0];
    const error = known.status === 'delivered' ? undefined : `bounce.${digits ?? 'none'}`;
    return [{ channel: 'email', provider_id, error, ...known }];
  });
}

/* The addresses that the mail server itself wrote come first. */
function keyOf(head, secret) {
  for (const name of ['x-original-to', 'delivered-to', 'envelope-to', 'to']) {
    for (const value of head.get(name) ?? []) {
      const local = /\+([^@+\s<>]+)@/.exec(value)?.[1];
      const key = local && knownKey(local, { secret });
      if (key) return key;
    }
  }
  return null;
}

function splitHead(text) {
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  const lines = (end < 0 ? text : text.slice(0, end)).replace(/\n[ \t]+/g, ' ').split('\n');
  const head = new Map();
  for (const line of lines) {
    const [, name, value] = /^([!-9;-~]+):\s*(.*)$/.exec(line) ?? [];
    if (!name) continue;
    const key = name.toLowerCase();
    const values = head.get(key);
    if (values) values.push(value);
    else head.set(key, [value]);
  }
  return [head, end < 0 ? '' : text.slice(end + 1)];
}

/** Reads new mail of a Maildir again and again; a message leaves `new` only after its report was
 *  stored, so that a stop in between repeats it.
 *  @param {{bounce_folder: string, bounce_interval_ms: number}} settings */
export function bounceFolder(settings, { log, report, secret }) {
  const { bounce_folder: folder, bounce_interval_ms } = settings;
  let closing = false;
  let timer;
  let running = Promise.resolve();

  async function scan() {
    for (const name of (await readdir(join(folder, 'new'))).sort()) {
      if (closing) return;
      for (const event of readBounce(await readStart(join(folder, 'new', name)), { secret })) {
        await report(event);
      }
      await mkdir(join(folder, 'cur'), { recursive: true });
      await rename(join(folder, 'new', name), join(folder, 'cur', `${name}:2,S`));
    }
  }

  function next() {
    running = scan().catch((error) => {
      // The folder appears with the first bounce.
      if (error.code !== 'ENOENT') log.warn({ code: error.code }, 'smtp: bounces not read');
    }).then(() => { if (!closing) timer = setTimeout(next, bounce_interval_ms); });
  }

  next();
  return { async close() { closing = true; clearTimeout(timer); await running; } };
}

async function readStart(path) {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES_MAX), 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
