/* SMS by SMPP 3.4: which answer to a submit_sm means what. The connection is smpp-session.js and
 * smpp-link.js, the cutting of text sms-text.js, the reports smpp-reports.js. */
import { isId, isReport, readReport, submittedId, textOf } from './smpp-reports.js';
import { SmppSession } from './smpp-session.js';
import { smsParts } from './sms-text.js';

const text = { type: 'string', minLength: 1 };
const pause = { type: 'integer', minimum: 1 };

/** A message is given up within send_timeout_ms + response_timeout_ms, which must stay below
 *  the pump's lease. */
export const config_schema = {
  type: 'object',
  additionalProperties: false,
  required: ['host', 'system_id', 'password', 'from'],
  properties: {
    host: text,
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 2775 },
    tls: { type: 'boolean', default: false },
    system_id: { ...text, maxLength: 15 },
    password: { ...text, maxLength: 8 },
    system_type: { type: 'string', maxLength: 12, default: '' },
    from: { type: 'string', pattern: '^(\\+?[0-9]{3,15}|[A-Za-z0-9 ._&-]{1,11})$' },
    report_ids: { enum: ['same', 'decimal', 'hex'], default: 'same' },
    window: { type: 'integer', minimum: 1, maximum: 1000, default: 10 },
    send_timeout_ms: { ...pause, maximum: 40000, default: 30000 },
    response_timeout_ms: { ...pause, maximum: 12000, default: 10000 },
    enquire_link_ms: { ...pause, default: 30000 },
    throttle_min_ms: { ...pause, default: 500 },
    throttle_max_ms: { ...pause, default: 8000 },
    reconnect_min_ms: { ...pause, default: 500 },
    reconnect_max_ms: { ...pause, default: 30000 },
  },
};

/* Answers that no repetition will change: malformed fields and addresses, refused content.
 * Whatever is not listed is tried again until the deadline of the effect. */
const FAILED_FOR_GOOD = new Set([
  0x01, 0x02, 0x06, 0x07, 0x0a, 0x0b, 0x33, 0x34, 0x40, 0x42, 0x43, 0x48, 0x49, 0x50, 0x51, 0x61,
  0x62, 0x63, 0x65, 0x66, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xfe,
]);

export function smpp(config, { log, report, onMessage }) {
  const source = sourceAddress(config.from);
  const session = new SmppSession(config, { log, deliver });

  async function deliver(pdu) {
    if (!isReport(pdu)) return onMessage?.(inbound(pdu, config));
    const event = readReport(pdu, config.report_ids);
    return event && report(event);
  }

  async function send(effect) {
    const parts = smsParts(effect.text, effect.effect_id % 256);
    if (!parts) return { status: 'failed', error: 'smpp.text_too_long' };
    const address = { ...source, dest_addr_ton: 1, dest_addr_npi: 1,
      destination_addr: effect.to.replace(/^\+/, ''), registered_delivery: 1 };
    const left_ms = (effect.deadline_at ?? Infinity) - Date.now();
    const patience_ms = Math.max(0, Math.min(config.send_timeout_ms, left_ms));
    const results = await Promise.all(parts.map((part) =>
      session.submit({ ...address, ...part }, patience_ms)));
    return outcome(results, config.report_ids);
  }

  return { kinds: ['sms.send'], send, close: () => session.close() };
}

/* Refused for good comes first, because then the whole can no longer be read. A lost answer
 * comes before a temporary refusal, because a repetition could show the text twice. It comes
 * without the ids of the other parts: their reports would speak for the whole. */
function outcome(results, report_ids) {
  const refused = results.find((result) => FAILED_FOR_GOOD.has(result.command_status));
  if (refused) return { status: 'failed', error: statusName(refused) };
  if (results.some((result) => result.lost)) {
    return { status: 'unknown', error: 'smpp.no_answer' };
  }
  const open = results.find((result) => result.unsent || result.command_status);
  if (open) return { status: 'retry', error: statusName(open) };
  const provider_ids = results.filter((result) => isId(result.message_id))
    .map((result) => submittedId(result.message_id, report_ids));
  return { status: 'sent', provider_id: provider_ids[0], provider_ids };
}

function statusName({ command_status }) {
  if (!command_status) return 'smpp.not_accepted_in_time';
  return `smpp.0x${command_status.toString(16).padStart(8, '0')}`;
}

function inbound(pdu, { system_id }) {
  return { channel: 'sms', account: system_id, from: { id: pdu.source_addr }, text: textOf(pdu),
    provider_id: `${pdu.source_addr}.${pdu.sequence_number}` };
}

function sourceAddress(from) {
  if (!/^\+?\d+$/.test(from)) {
    return { source_addr_ton: 5, source_addr_npi: 0, source_addr: from };
  }
  const short = from.length <= 6;
  return { source_addr_ton: short ? 3 : 1, source_addr_npi: short ? 0 : 1,
    source_addr: from.replace('+', '') };
}
