/* SMS by SMSAPI.pl. Its idx is our key: with check_idx the provider refuses a second message of
 * the same key, so a lost answer is safely repeated, and its callback repeats the key to us. */
import { effectKey, knownKey } from './effect-key.js';
import { httpCall, retryAfter } from './http-call.js';

const text = { type: 'string', minLength: 1 };

export const config_schema = {
  type: 'object',
  additionalProperties: false,
  required: ['token', 'report_url'],
  properties: {
    url: { type: 'string', pattern: '^https?://', default: 'https://api.smsapi.pl/sms.do' },
    token: text,
    from: { type: 'string', pattern: '^[A-Za-z0-9 .-]{1,11}$' },
    report_url: { type: 'string', pattern: '^https?://[^#]+$' },
    send_timeout_ms: { type: 'integer', minimum: 1, maximum: 50000, default: 15000 },
  },
};

/* Error codes of sms.do. 53: this idx was taken before, so an earlier attempt of ours arrived.
 * Failed for good is what is wrong with this one message or number; trouble with the account
 * (token, credit, addresses allowed) and with the provider waits for its repair. A code that is
 * not listed is tried again until the deadline of the effect. */
const ACCOUNT_WAIT_MS = 60_000;
const ERRORS = {
  53: { status: 'sent' },
  ...each([11, 12, 13, 14, 17, 18, 20, 25, 27, 28, 30, 33, 54, 56, 57, 59, 70, 74, 76, 94, 112],
    { status: 'failed' }),
  ...each([98, 101, 102, 103, 105, 110, 401, 997, 1000],
    { status: 'retry', retry_after_ms: ACCOUNT_WAIT_MS }),
  ...each([8, 52, 200, 201, 202, 203, 999], { status: 'retry' }),
};

/* Delivery reports. 402 is a message that expired: it may be tried again. 401 (not found) and
 * 408 (unknown) tell nothing. */
const REPORTS = new Map(Object.entries({
  402: { status: 'failed', final: false },
  ...each([403, 409, 410, 411], { status: 'sent' }),
  404: { status: 'delivered' },
  ...each([405, 406, 407, 412], { status: 'failed' }),
}));

export function smsapi(config, { log, epoch, secret }) {
  async function send(effect) {
    const key = effectKey(effect, { epoch, secret });
    try {
      const outcome = classify(await post(effect, key, config));
      if (outcome.status === 'sent') return { ...outcome, provider_id: key };
      log.warn({ effect_id: effect.effect_id, error: outcome.error }, 'smsapi: refused');
      return outcome;
    } catch (error) {
      // Also when the request arrived: the provider knows the idx.
      return { status: 'retry', error: `smsapi.${error.code ?? error.name}` };
    }
  }

  /* One callback tells of up to five messages, their fields joined by commas. */
  async function receive({ query, rawBody }) {
    const posted = Object.fromEntries(new URLSearchParams(String(rawBody ?? '')));
    const { idx = '', status = '' } = { ...posted, ...query };
    const states = String(status).split(',');
    const events = String(idx).split(',').flatMap((name, place) => {
      const provider_id = knownKey(name, { secret });
      const known = REPORTS.get(states[place]);
      if (!provider_id || !known) return [];
      const error = known.status === 'failed' ? `smsapi.report_${states[place]}` : undefined;
      return [{ channel: 'sms', provider_id, error, ...known }];
    });
    return { events, reply: { status: 200, body: 'OK' } };
  }

  return { kinds: ['sms.send'], send, receive, async close() {} };
}

function post(effect, key, { url, token, from, report_url, send_timeout_ms }) {
  const form = new URLSearchParams({
    to: effect.to.replace(/^\+/, ''), message: effect.text, encoding: 'utf-8', format: 'json',
    idx: key, check_idx: '1', notify_url: report_url,
  });
  if (from) form.set('from', from);
  return httpCall(url, {
    method: 'POST', body: form.toString(), timeout_ms: send_timeout_ms,
    headers: { authorization: `Bearer ${token}`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  });
}

function classify({ status, headers, body }) {
  const reply = readJson(body);
  const code = reply?.error ?? reply?.list?.[0]?.error;
  if (code) return { status: 'retry', ...ERRORS[code], error: `smsapi.${code}` };
  if (status === 200 && reply?.list?.length === 1) return { status: 'sent' };
  const refused = status >= 400 && status < 500 && ![401, 403, 408, 425, 429].includes(status);
  return { status: refused ? 'failed' : 'retry', error: `smsapi.http_${status}`,
    retry_after_ms: retryAfter(headers) };
}

function readJson(body) {
  try { return JSON.parse(body); } catch { return null; }
}

function each(codes, meaning) {
  return Object.fromEntries(codes.map((code) => [code, meaning]));
}
