/* One HTTP exchange with a provider, and the one fact that fetch hides: whether the request can
 * have reached it. An error carries `reached`; when it is false a repetition is harmless.
 * A connection is never reused, because a provider that closes an idle connection just as we
 * write leaves it open whether it read the request. */
import http from 'node:http';
import https from 'node:https';

const BODY_BYTES_MAX = 256 * 1024;

/** @param {string} address
 *  @param {{method?: string, headers?: Record<string, any>, body?: string | Buffer,
 *           lookup?: any, timeout_ms: number}} options lookup: in the place of dns.lookup
 *  @returns {Promise<{status: number, headers: Record<string, any>, body: string}>} */
export function httpCall(address, { method = 'GET', headers = {}, body, lookup, timeout_ms }) {
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    let reached = false;
    const fail = (error) => reject(Object.assign(error, { reached }));
    const signal = AbortSignal.timeout(timeout_ms);
    const options = { method, headers, agent: false, signal, lookup };
    const request = (secure ? https : http).request(url, options, (response) => {
      const chunks = [];
      let bytes = 0;
      response.on('data', (chunk) => {
        bytes += chunk.length;
        if (bytes > BODY_BYTES_MAX) request.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }));
    });
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => { reached = true; });
    });
    request.on('error', fail);
    // A line that is closed without an answer and without an error, as after 101.
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      fail(new Error('the provider wants another protocol'));
    });
    request.end(body);
  });
}

/** What a Retry-After header asks for, in milliseconds, or undefined. */
export function retryAfter(headers, now = Date.now()) {
  const text = headers['retry-after'];
  if (!text) return undefined;
  const wait_ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(wait_ms) ? Math.max(0, wait_ms) : undefined;
}
