/* SMS by the HTTP interface of Kannel (sendsms). Kannel gives no id back, so the address for its
 * delivery reports carries the key of the effect, which is also our id of the message. */
import { effectKey, knownKey } from './effect-key.js';
import { httpCall, retryAfter } from './http-call.js';
import { gsm7 } from './sms-text.js';

const text = { type: 'string', minLength: 1 };

export const config_schema = {
  type: 'object',
  additionalProperties: false,
  required: ['url', 'username', 'password', 'from', 'report_url'],
  properties: {
    url: { type: 'string', pattern: '^https?://' },
    username: text,
    password: text,
    from: text,
    report_url: { type: 'string', pattern: '^https?://[^#]+$' },
    smsc: text,
    send_timeout_ms: { type: 'integer', minimum: 1, maximum: 50000, default: 15000 },
  },
};

/* Kannel's answer to sendsms. 202 says that Kannel keeps the message, also while its SMSC is
 * away. 403 is a wrong password: a matter of the configuration, so the message waits for it. */
const ANSWERS = { 200: 'sent', 202: 'sent', 400: 'failed', 403: 'retry', 404: 'failed',
  503: 'retry' };

/* Delivered, failed, accepted by the SMSC, refused by the SMSC. */
const REPORT_MASK = 1 | 2 | 8 | 16;
const REPORTS = new Map([['1', 'delivered'], ['2', 'failed'], ['4', 'sent'], ['8', 'sent'],
  ['16', 'failed']]);

export function kannel(config, { log, epoch, secret }) {
  async function send(effect) {
    const provider_id = effectKey(effect, { epoch, secret });
    const address = sendAddress(effect, provider_id, config);
    try {
      const answer = await httpCall(address, { timeout_ms: config.send_timeout_ms });
      const status = ANSWERS[answer.status] ?? (answer.status >= 500 ? 'retry' : 'failed');
      if (status === 'sent') return { status, provider_id };
      log.warn({ effect_id: effect.effect_id, status: answer.status }, 'kannel: refused');
      const retry_after_ms = status === 'retry' ? retryAfter(answer.headers) : undefined;
      return { status, error: `kannel.http_${answer.status}`, retry_after_ms };
    } catch (error) {
      const name = `kannel.${error.code ?? error.name}`;
      if (!error.reached) return { status: 'retry', error: name };
      return { status: 'unknown', error: name, provider_id };
    }
  }

  async function receive({ query }) {
    const provider_id = knownKey(query.effect, { secret });
    const status = REPORTS.get(String(query.status));
    if (!provider_id) return { events: [], reply: { status: 403, body: '' } };
    if (!status) return { events: [], reply: { status: 200, body: '' } };
    // The SMSC's own words come in %A; a message that expired may be tried again.
    const state = /\bstat:\s*(\w{1,20})/i.exec(query.answer ?? '')?.[1]?.toUpperCase();
    const failed = status === 'failed' &&
      { error: `kannel.${state ?? `report_${query.status}`}`, final: state !== 'EXPIRED' };
    return { events: [{ channel: 'sms', provider_id, status, ...failed }],
      reply: { status: 200, body: '' } };
  }

  return { kinds: ['sms.send'], send, receive, async close() {} };
}

function sendAddress(effect, provider_id, config) {
  const { username, password, from, report_url, smsc } = config;
  const joint = report_url.includes('?') ? '&' : '?';
  const query = new URLSearchParams({
    username, password, from, to: effect.to, text: effect.text, charset: 'UTF-8',
    // Kannel recodes to GSM-7 silently, with question marks, unless told that it is not enough.
    coding: gsm7(effect.text) ? '0' : '2',
    'dlr-mask': String(REPORT_MASK),
    'dlr-url': `${report_url}${joint}effect=${provider_id}&status=%d&answer=%A`,
  });
  if (smsc) query.set('smsc', smsc);
  return `${config.url}?${query}`;
}
