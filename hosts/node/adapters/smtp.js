/* E-mail by SMTP: the pool of connections, and which end of a conversation means what.
 * The mail itself is smtp-mail.js, what comes back later bounces.js. */
import { createTransport } from 'nodemailer';
import { bounceFolder, readBounce } from './bounces.js';
import { effectKey } from './effect-key.js';
import { composeMail, mailRefused, parseSender } from './smtp-mail.js';

const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean', default: false };

export const config_schema = {
  type: 'object',
  additionalProperties: false,
  required: ['host', 'from'],
  dependentRequired: { user: ['pass'], pass: ['user'] },
  properties: {
    host: text,
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 25 },
    secure: flag,
    require_tls: flag,
    ignore_tls: flag,
    user: text,
    pass: text,
    from: { type: 'string', pattern: '^[^\\r\\n]*@[^\\r\\n]*$' },
    hello_name: text,
    bounce_user: { type: 'string', pattern: '^[a-z0-9._-]{1,16}$', default: 'bounces' },
    bounce_domain: text,
    bounce_folder: text,
    bounce_interval_ms: { type: 'integer', minimum: 100, default: 15000 },
    delivery_reports: { type: 'boolean', default: true },
    max_connections: { type: 'integer', minimum: 1, default: 4 },
    max_messages: { type: 'integer', minimum: 1, default: 100 },
    send_timeout_ms: { type: 'integer', minimum: 1, maximum: 50000, default: 40000 },
  },
};

export function smtp(config, { log, report, epoch, secret }) {
  const sender = parseSender(config.from);
  const bounce_domain = config.bounce_domain ?? sender.address.split('@')[1];
  const transport = createTransport(transportOptions(config));
  transport.use('stream', keepStream);
  const folder = config.bounce_folder && bounceFolder(config, { log, report, secret });

  async function send(effect) {
    const refused = mailRefused(effect);
    if (refused) return { status: 'failed', error: refused };
    const key = effectKey(effect, { epoch, secret });
    const signal = AbortSignal.timeout(config.send_timeout_ms);
    const started = { stream: null };
    try {
      const mail = composeMail(effect, { key, sender, bounce_domain, config });
      await transport.sendMail(/** @type {any} */ ({ ...mail, signal, started }));
      return { status: 'sent', provider_id: key };
    } catch (error) {
      return classify(error, started.stream?.readableDidRead === true, key);
    }
  }

  /* A report that a mail server hands over whole, by a pipe that posts it. */
  async function receive({ rawBody }) {
    return { events: readBounce(rawBody, { secret }), reply: { status: 204, body: '' } };
  }

  async function close() {
    await (folder && folder.close());
    transport.close();
  }

  return { kinds: ['email.send'], send, receive, close };
}

/* nodemailer would by itself repeat what a broken connection left open; here it never does. */
function transportOptions(config) {
  const { host, port, secure, user, pass } = config;
  return {
    host, port, secure, pool: true, maxRequeues: 0, auth: user ? { user, pass } : undefined,
    requireTLS: config.require_tls, ignoreTLS: config.ignore_tls, name: config.hello_name,
    maxConnections: config.max_connections, maxMessages: config.max_messages,
    connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: config.send_timeout_ms,
    disableFileAccess: true, disableUrlAccess: true,
  };
}

/* Keeps the stream that nodemailer reads from after the server said 354 to DATA: once it was
 * read, a broken connection leaves it open whether the mail was accepted. */
function keepStream(mail, done) {
  const create = mail.message.createReadStream.bind(mail.message);
  mail.message.createReadStream = (options) => {
    mail.data.started.stream = create(options);
    return mail.data.started.stream;
  };
  done();
}

function classify(error, content_went, provider_id) {
  const code = error.responseCode;
  const extended = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(error.response ?? '')?.[1];
  const name = `smtp.${[code ?? error.code ?? error.name, extended].filter(Boolean).join('_')}`;
  // A refused login is about the configuration, not about this mail.
  if (error.code !== 'EAUTH' && code >= 500) return { status: 'failed', error: name };
  if (code || !content_went) return { status: 'retry', error: name };
  return { status: 'unknown', error: name, provider_id };
}
