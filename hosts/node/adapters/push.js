/* Web push (RFC 8030): one message, encrypted for one device (8291), signed by this installation
 * (8292), handed to the push service that the device named. A copy does no harm, because topic and
 * tag let it replace the first one; so whatever may have been lost is sent again.
 * Refuses addresses inside our own network: they come from browsers. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import webpush from 'web-push';
import { isPrivate, lookupPublic } from '../networks.js';
import { httpCall, retryAfter } from './http-call.js';
import { pushKeys } from './push-keys.js';

export const config_schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    private_key: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
    subject: { type: 'string', pattern: '^(mailto:[^@\\s]+@[^@\\s]+|https://\\S+)$' },
    allow_private: { type: 'boolean', default: false },
    send_timeout_ms: { type: 'integer', minimum: 1, maximum: 50000, default: 15000 },
  },
};

/* What a push service answers. 404 and 410: the device is gone, and the core forgets it. 401 and
 * 403: another installation's key is bound to this device; only the device can bind ours. */
const ANSWERS = {
  200: { status: 'sent' }, 201: { status: 'sent' }, 202: { status: 'sent' },
  404: { status: 'failed', error: 'gone' }, 410: { status: 'failed', error: 'gone' },
  408: { status: 'retry' }, 425: { status: 'retry' }, 429: { status: 'retry' },
};
const TTL_S_MAX = 2_419_200;

export function push(config, { log, data, base_url }) {
  const { public_key, private_key } = pushKeys(config, data);
  const vapid = {
    publicKey: public_key, privateKey: private_key,
    // Push services want somebody to write to; what is not on the Internet has nobody.
    subject: config.subject
      ?? (base_url?.startsWith('https:') ? base_url : 'mailto:desk@localhost'),
  };

  async function send(effect) {
    const sealed = seal(effect, vapid);
    const refused = sealed.error ?? addressRefused(sealed.endpoint, config);
    if (refused) return { status: 'failed', error: refused };
    const { endpoint, headers, body } = sealed;
    const lookup = config.allow_private ? undefined : lookupPublic;
    try {
      const answer = await httpCall(endpoint,
        { method: 'POST', headers, body, lookup, timeout_ms: config.send_timeout_ms });
      const outcome = classify(answer);
      if (outcome.error) log.warn({ effect_id: effect.effect_id, error: outcome.error }, 'push');
      return outcome;
    } catch (error) {
      const code = error.code ?? error.name;
      return { status: code === 'EPRIVATE' ? 'failed' : 'retry', error: `push.${code}` };
    }
  }

  return { kinds: ['push.send'], send, public_key, async close() {} };
}

/* The request, or what is wrong with the subscription. */
function seal({ to, subject, text, link, deadline_at }, vapidDetails) {
  const url = link?.path ?? '/cabinet/';
  const tag = url.split('#/')[1] ?? 'clinicdesk';
  const left_s = Math.floor(((deadline_at ?? Infinity) - Date.now()) / 1000);
  try {
    return webpush.generateRequestDetails(JSON.parse(to),
      JSON.stringify({ title: subject, body: text, url, tag }), {
        vapidDetails, urgency: 'high', TTL: Math.min(TTL_S_MAX, Math.max(0, left_s)),
        topic: createHash('sha256').update(tag).digest('base64url').slice(0, 32),
      });
  } catch {
    return { error: 'push.bad_subscription' };
  }
}

function addressRefused(endpoint, { allow_private }) {
  if (allow_private) return null;
  const { protocol, hostname, username } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:' || username) return 'push.endpoint_refused';
  return isIP(host) && isPrivate(host) ? 'push.EPRIVATE' : null;
}

function classify({ status, headers }) {
  const known = ANSWERS[status] ?? { status: status >= 500 ? 'retry' : 'failed' };
  if (known.status === 'sent') return known;
  const retry_after_ms = known.status === 'retry' ? retryAfter(headers) : undefined;
  return { error: `push.${status}`, ...known, retry_after_ms };
}
