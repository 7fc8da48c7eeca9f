/* Bytes to PDUs and back. The npm package serves as the codec only: its own session answers no
 * enquire_link, times nothing out, and stops for good at the first PDU that it cannot read.
 * Whatever bytes an SMSC sends, nothing here throws. */
import smpp from 'smpp';

export const { PDU } = smpp;
export const PDU_BYTES = { min: 16, max: 16 * 1024 };
const ESME_RINVCMDID = 0x03;
/* To these SMPP knows no answer, and the codec fails when it is asked for one. */
const UNANSWERED = ['alert_notification', 'outbind'];

/** @param {Buffer} bytes one whole PDU @returns {any} null when it cannot be read */
export function readPdu(bytes) {
  try {
    return new PDU(Buffer.from(bytes));
  } catch {
    return null;
  }
}

/** What the SMSC hears of this request, or null when there is nothing to say. */
export function answerTo(pdu, command_status) {
  if (UNANSWERED.includes(pdu.command)) return null;
  return pdu.response(command_status ? { command_status } : {});
}

/** What the SMSC hears of bytes that are no PDU. */
export function nackTo(bytes) {
  return new PDU('generic_nack',
    { sequence_number: bytes.readUInt32BE(12), command_status: ESME_RINVCMDID });
}
