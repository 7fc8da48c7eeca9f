// Proof of work: what a visitor's message costs a robot. A challenge is an HMAC of this process
// and is spent once; the spent ones are kept in memory, within a bound, until they expire. Who
// comes in numbers pays more: the price doubles with the number of messages, for all, for a while.
// Refuses a challenge of another process, an expired one, and one spent under another key.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { HostError } from './errors.js';

const LIFETIME_MS = 600_000;
const SPENT_MAX = 100_000;
const HALF_LIFE_MS = 60_000;
/** Messages, weighed by age, up to which the price is the one of the settings. */
const CALM = 60;
const EXTRA_BITS_MAX = 8;
const HEADER = /^([0-9a-z]{1,11})\.(\d{1,2})\.([\w-]{22})\.([\w-]{22}):([\w-]{1,64})$/;

/** @param {{bits: number, now: () => number, spent_max?: number}} options bits: how many leading
 *   zero bits SHA-256(challenge + ":" + nonce) must have */
export function openWork({ bits, now, spent_max: spentMax = SPENT_MAX }) {
  // A restart forgets what was spent, so it must also forget what was given out.
  const key = randomBytes(32);
  /** @type {Map<string, {expires_at: number, id: string|undefined}>} */
  const spent = new Map();
  let forgottenUntil = 0;
  const crowd = { count: 0, at: now() };

  const sign = (text) => createHmac('sha256', key).update(text).digest().subarray(0, 16)
    .toString('base64url');

  function challenge() {
    const expiresAt = now() + LIFETIME_MS;
    const price = bits + extraBits();
    const text = `${expiresAt.toString(36)}.${price}.${randomBytes(16).toString('base64url')}`;
    return { challenge: `${text}.${sign(text)}`, bits: price, expires_at: expiresAt };
  }

  /** How many came lately; a clock that was set back makes them no fewer. */
  function crowdNow() {
    return crowd.count * 0.5 ** (Math.max(0, now() - crowd.at) / HALF_LIFE_MS);
  }

  function extraBits() {
    const extra = Math.floor(Math.log2(Math.max(1, crowdNow() / CALM)));
    return Math.min(EXTRA_BITS_MAX, extra);
  }

  /** Throws unless the work was done. The same intent may come again: its answer got lost.
   * @param {unknown} header @param {string|undefined} id the intent's idempotency key */
  function spend(header, id) {
    const [, at, zeros, random, mac] = HEADER.exec(String(header ?? '')) ?? [];
    const refused = new HostError('denied.work');
    if (!mac) throw refused;
    const text = `${at}.${zeros}.${random}`;
    if (!timingSafeEqual(Buffer.from(sign(text)), Buffer.from(mac))) throw refused;
    const expiresAt = parseInt(at, 36);
    if (expiresAt <= now() || expiresAt <= forgottenUntil) throw refused;
    if (zeroBits(createHash('sha256').update(String(header)).digest()) < Number(zeros)) {
      throw refused;
    }
    const known = spent.get(random);
    if (known && (known.id === undefined || known.id !== id)) throw refused;
    if (!known) Object.assign(crowd, { count: crowdNow() + 1, at: now() });
    spent.set(random, { expires_at: expiresAt, id });
    if (spent.size > spentMax) forget();
  }

  /** First what expired; then the oldest half, and with it whatever was given out before: whoever
   * holds such a challenge fetches another one. */
  function forget() {
    const instant = now();
    for (const [random, one] of spent) if (one.expires_at <= instant) spent.delete(random);
    if (spent.size <= spentMax) return;
    const times = [...spent.values()].map((one) => one.expires_at).sort((a, b) => a - b);
    forgottenUntil = times[times.length >> 1];
    for (const [random, one] of spent) if (one.expires_at <= forgottenUntil) spent.delete(random);
  }

  return { challenge, spend };
}

/** @param {Buffer} digest */
function zeroBits(digest) {
  const byte = digest.findIndex((each) => each !== 0);
  return byte < 0 ? digest.length * 8 : byte * 8 + Math.clz32(digest[byte]) - 24;
}
