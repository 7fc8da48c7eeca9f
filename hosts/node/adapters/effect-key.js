/* The name of one effect towards providers: the idempotency key of those that have one, the VERP
 * address, the Message-ID, the id in a callback address. The same on every attempt, never reused
 * after a restore (`epoch` changes with each restored database), and not to be guessed: without
 * the tag anybody could report a delivery that never was. Lower case only, because mail systems
 * fold the case of addresses. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const SHAPE = /^([0-9a-z]{1,16}\.\d{1,16})(?:\.([0-9a-f]{20}))?$/;

/** @param {{effect_id: number, deadline_at?: number | null}} effect
 *  @param {{epoch?: string, secret?: string | Buffer}} services */
export function effectKey(effect, { epoch, secret }) {
  // Without an epoch the deadline stands in for it: it stays with the effect, and a row that is
  // numbered alike after a restore has another one.
  const name = `${epoch ?? Number(effect.deadline_at ?? 0).toString(36)}.${effect.effect_id}`;
  return secret ? `${name}.${tag(name, secret)}` : name;
}

/** The key as we wrote it, or null when this text is not a key of ours.
 *  @param {unknown} text @param {{secret?: string | Buffer}} services */
export function knownKey(text, { secret }) {
  const key = String(text ?? '').toLowerCase();
  const match = SHAPE.exec(key);
  if (!match || Boolean(secret) !== Boolean(match[2])) return null;
  if (secret && !timingSafeEqual(Buffer.from(match[2]), Buffer.from(tag(match[1], secret)))) {
    return null;
  }
  return key;
}

function tag(name, secret) {
  return createHmac('sha256', secret).update(`effect:${name}`).digest('hex').slice(0, 20);
}
