/**
 * What keeps machines from flooding a clinic without a foreign service: a number that takes some
 * time to find. It is looked for while the person types, in slices too short to be felt, and
 * without crypto.subtle, which is missing on sites without https and slow hash by hash.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { ask } from './server.js';

const SLICE_MS = 6;
const SLICE_IN_A_HURRY_MS = 40;
const HASHES_BETWEEN_LOOKS = 64;
/** A challenge about to expire would be refused on a slow line. */
const MARGIN_MS = 60_000;

export class Work {
  #from; #found = null; #good_until = 0;
  hurry = false;

  /** @param {{server:string, locale:string}} from */
  constructor(from) {
    this.#from = from;
  }

  /** Begins, unless a good answer is there or being looked for. */
  begin() {
    if (this.#found && Date.now() < this.#good_until) return this.#found;
    this.#good_until = Infinity;
    const found = this.#search();
    this.#found = found;
    found.catch(() => { if (this.#found === found) this.#found = null; });
    return found;
  }

  /** The header for one request; each answer is good once. @returns {Promise<string>} */
  async take() {
    this.hurry = true;
    try {
      return await this.begin();
    } finally {
      this.hurry = false;
      this.#found = null;
    }
  }

  async #search() {
    const asked_at = Date.now();
    const { challenge, bits, expires_at } = await ask(this.#from, 'challenge');
    // A phone whose clock is wrong finds out by being refused, and works once more.
    this.#good_until = asked_at + Math.max(expires_at - asked_at, 2 * MARGIN_MS) - MARGIN_MS;
    return `${challenge}:${await find(challenge, bits, this)}`;
  }
}

/** The first number whose hash behind the challenge begins with `bits` zero bits.
 * @param {string} challenge @param {number} bits @param {{hurry:boolean}} how */
export async function find(challenge, bits, how) {
  const text = new TextEncoder();
  // What the challenge does to the hash is worked out once.
  const begun = sha256.create().update(text.encode(`${challenge}:`));
  for (let nonce = 0; ;) {
    const until = performance.now() + (how.hurry ? SLICE_IN_A_HURRY_MS : SLICE_MS);
    while (performance.now() < until) {
      for (const last = nonce + HASHES_BETWEEN_LOOKS; nonce < last; nonce++) {
        const hash = begun.clone().update(text.encode(String(nonce))).digest();
        if (zero_bits(hash) >= bits) return nonce;
      }
    }
    await breath(how.hurry);
  }
}

/** @param {Uint8Array} hash */
function zero_bits(hash) {
  const whole = hash.findIndex((byte) => byte !== 0);
  return whole < 0 ? hash.length * 8 : whole * 8 + Math.clz32(hash[whole]) - 24;
}

/** The page gets its turn: for what waits, and without a hurry for as long as it has to do.
 * @param {boolean} hurry */
function breath(hurry) {
  return new Promise((resolve) => {
    if (!hurry && globalThis.requestIdleCallback) requestIdleCallback(resolve, { timeout: 200 });
    else setTimeout(resolve, hurry ? 0 : 12);
  });
}

/** @param {string} text @returns {string} its SHA-256 in hex */
export function fingerprint(text) {
  return [...sha256(new TextEncoder().encode(text))]
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
