// Sends drawn requests to a real server and says what no answer may be: a fault, a refusal that
// programs cannot read, or a word of another clinic. Read next: requests.js, what is drawn.
import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { secretsOf } from './matrix.js';
import { requestsTo } from './requests.js';
import { memoryOf } from './server_world.js';

const AT_ONCE = 20;
/** They would end the attack, or take away what it is about. */
const SPARED = ['session.end', 'person.erase', 'agent.set', 'platform.set'];
/** Who may see what is private of every clinic. */
const PRIVY = ['moderator', 'integration'];
/** A server that is full or whose disk is says so; nothing else of this kind is an answer. */
const EXCUSED = ['busy', 'storage'];
/** The host's own codes; the core's come from its description. */
const CODES = ['invalid.request', 'invalid.content_type', 'invalid.method', 'invalid.malformed',
  'invalid.headers_too_large', 'invalid.idempotency_key', 'missing.page', 'denied.origin',
  'denied.work', 'denied.no_session', 'denied.api_key', 'busy.overloaded', 'busy.stopping',
  'storage.unavailable'];

/** @param {any} world @param {{runs: number, seed: number, path?: string}} how
 * @returns {Promise<{failed: boolean, story: string, counts: Record<number, number>,
 *   memory: number[]}>} memory: what the server held, in bytes, once warm and at the end */
export async function assail(world, { runs, seed, path }) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  /** @type {Record<number, number>} */
  const counts = {};
  const memory = [];
  let run = 0;
  const known = { codes: new Set([...CODES, ...world.codes.map((one) => one.code)]),
    secrets: secretsOf(world.other) };
  const result = await fc.check(fc.asyncProperty(
    fc.array(requestsTo(world, SPARED), { minLength: 1, maxLength: AT_ONCE, size: 'max' }),
    async (requests) => {
      await Promise.all(requests.map(async (request) => {
        const { asker, method, path: to, headers, body } = request;
        // Node frames no body of a HEAD by itself; an unframed one is another request.
        const framed = body ? { ...headers, 'content-length': String(body.length) } : headers;
        const answer = await world.askers[asker].ask(method, to,
          { headers: framed, raw: body, agent });
        counts[answer.status] = (counts[answer.status] ?? 0) + 1;
        judge(request, answer, known);
      }));
      assert.ok(world.alive(), 'the process ended');
      run += 1;
      if (run === Math.ceil(runs / 2) || run === runs) memory.push(memoryOf(world.pid));
    }), { numRuns: runs, seed, path, endOnFailure: false });
  agent.destroy();
  const why = /** @type {any} */ (result).errorInstance?.message ?? '';
  return { failed: result.failed, counts, memory,
    story: result.failed ? `${why}\n${fc.defaultReportMessage(result).slice(0, 3000)}` : '' };
}

/** @param {any} request @param {any} answer
 * @param {{codes: Set<string>, secrets: string[]}} known */
export function judge({ asker, method, path, body }, answer, { codes, secrets }) {
  const { status, headers, text, body: said } = answer;
  const shown = `${asker}: ${method} ${path.slice(0, 300)} ${String(body ?? '').slice(0, 300)}`
    + ` -> ${status} ${text.slice(0, 300)}`;
  assert.ok(status < 500 || EXCUSED.includes(said?.category), shown);
  assert.match(headers['content-security-policy'] ?? '', /default-src 'none'/, shown);
  assert.equal(headers['x-content-type-options'], 'nosniff', shown);
  if (status >= 400 && method !== 'HEAD') {
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, shown);
    assert.ok(codes.has(said.code) && said.status === status, shown);
  }
  if (!PRIVY.includes(asker)) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${shown}`);
  }
}
