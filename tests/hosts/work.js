// A widget's side of the proof of work, written apart from the server's.
import { createHash } from 'node:crypto';

/** @param {{ask: (method: string, path: string, what?: any) => Promise<any>}} server
 * @returns {Promise<string>} the header's value */
export async function worked(server) {
  return done((await server.ask('GET', '/public/challenge')).body);
}

/** @param {{challenge: string, bits: number}} task @returns {string} */
export function done({ challenge, bits }) {
  for (let nonce = 0; ; nonce += 1) {
    const digest = createHash('sha256').update(`${challenge}:${nonce}`).digest('hex');
    const zeros = [...digest.slice(0, 16)].map((sign) =>
      parseInt(sign, 16).toString(2).padStart(4, '0')).join('').indexOf('1');
    if (zeros >= bits || zeros < 0) return `${challenge}:${nonce}`;
  }
}
