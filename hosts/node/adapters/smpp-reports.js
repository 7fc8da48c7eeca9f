/* What an SMSC says about a message after it took it: which state means what, and how its ids
 * are written. A report may come before the answer to the submit_sm, twice, or never; order and
 * doubles are the core's matter, so everything that tells something is handed on. */

/* An expired message may be tried again: the handset was out of reach. UNKNOWN tells nothing. */
const STATES = {
  DELIVRD: { status: 'delivered' },
  UNDELIV: { status: 'failed' },
  REJECTD: { status: 'failed' },
  DELETED: { status: 'failed' },
  EXPIRED: { status: 'failed', final: false },
  ACCEPTD: { status: 'sent' },
  ENROUTE: { status: 'sent' },
};
const MESSAGE_STATE = ['SCHEDULED', 'ENROUTE', 'DELIVRD', 'EXPIRED', 'DELETED', 'UNDELIV',
  'ACCEPTD', 'UNKNOWN', 'REJECTD'];
/* What follows a field that was left empty is not its value. */
const NEXT = '\\s|(?:id|sub|dlvrd|submit date|done date|stat|err|text):';
const RECEIPT = 0x04;
const ESM_TYPE_MASK = 0x3c;

/** How the id in an answer to submit_sm will be written in reports. `report_ids` "decimal":
 *  answers are hexadecimal and reports decimal; "hex": the other way round. */
export function submittedId(id, report_ids) {
  return report_ids === 'same' ? id : rewrite(id, report_ids === 'decimal' ? 16 : 10);
}

function rewrite(id, radix) {
  const digits = id.trim().toLowerCase();
  const readable = radix === 16 ? /^[0-9a-f]+$/ : /^\d+$/;
  if (!readable.test(digits)) return id;
  return BigInt(radix === 16 ? `0x${digits}` : digits).toString(radix === 16 ? 10 : 16);
}

function reportedId(id, report_ids) {
  if (report_ids === 'same') return id;
  const plain = id.toLowerCase().replace(/^0+(?=.)/, '');
  return /^[0-9a-f]+$/.test(plain) ? plain : id;
}

/** Whether this can be the id of a message: SMPP allows 64 octets of ASCII. Reports of anything
 *  else would be kept by nobody, and come again for ever. */
export function isId(/** @type {unknown} */ id) {
  return typeof id === 'string' && /^(?! *$)[\x20-\x7e]{1,80}$/.test(id);
}

export function isReport(pdu) {
  return (pdu.esm_class & ESM_TYPE_MASK) === RECEIPT || pdu.receipted_message_id !== undefined;
}

/** The event in a report, or null when it tells nothing.
 *  @returns {{channel: 'sms', provider_id: string, status: string, error?: string,
 *    final?: boolean} | null} */
export function readReport(pdu, report_ids) {
  const text = textOf(pdu);
  const field = (name) => new RegExp(`\\b${name}:\\s*(?!${NEXT})(\\S+)`, 'i').exec(text)?.[1];
  const state = field('stat')?.toUpperCase() ?? MESSAGE_STATE[pdu.message_state ?? -1];
  const written = field('id');
  const provider_id = written ? reportedId(written, report_ids) :
    pdu.receipted_message_id && submittedId(pdu.receipted_message_id, report_ids);
  const known = STATES[state];
  if (!known || !isId(provider_id)) return null;
  const code = /^\w{1,8}/.exec(field('err') ?? '')?.[0];
  const error = known.status === 'failed' ? `smpp.${state}_${code ?? 0}` : undefined;
  return { channel: 'sms', provider_id, error, ...known };
}

/** The text of a deliver_sm as the codec decoded it. */
export function textOf(pdu) {
  const message = pdu.short_message?.message ?? '';
  const text = message.length > 0 ? message : pdu.message_payload?.message ?? '';
  return Buffer.isBuffer(text) ? text.toString('latin1') : String(text);
}
