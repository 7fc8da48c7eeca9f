// Requests that were spoilt on their way: whatever arrives, the server answers with its headers or
// hangs up, never with a fault of its own, and serves the next one.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { API_KEY, hostFor } from './host.js';
import { chatIn } from './story.js';

const ROUNDS = 400;
const AT_ONCE = 32;
const PATHS = ['/api/review.list', '/api/review_chat.post', '/session/open', '/session/request',
  '/session/send-code', '/session', '/api/review_chat.get?review_chat_id=1&limit=2',
  '/assets/x.js', '/chat', '/outbox.json?after=1', '/hooks/sms/local?idx=1', '/openapi.json',
  '/api/live', '/metrics', '/api/sync.pull', '/public/challenge', '/public/contact_form.send',
  '/public/review.list?clinic_id=1&locale=pl', '/public/text.list?locale=ru', '/push.json',
  '/widgets/clinicdesk.js', '/cabinet/service_worker.js', '/form', '/api/search',
  '/api/contact_form.send'];
const BODIES = ['{"clinic_id":1,"limit":3}', '{"review_chat_id":1,"text":"hello"}',
  '{"email":"representative@lotos.example"}', '{"tables":{"a":[1]}}',
  '{"token":"AAAAAAAB0Guen8oFTr5b-pyZWp6gaQ","code":"123456"}',
  '{"clinic_id":1,"name":"E","email":"e@p.example","locale":"en","text":"t","phone":"500 000 201"}',
  '{"text":"tooth"}'];
const SPOILERS = ['\0', '\r\n', '\r\n\r\n', '%00', '%ff', '../', '{', '}', '[', '"', '\\u0000',
  '\\ud800', '1e999', '-1', '9'.repeat(20), 'null', '__proto__', 'constructor', 'HTTP/9.9',
  'Transfer-Encoding: chunked\r\n', 'Content-Length: 5\r\n', 'Expect: 100-continue\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n', 'Cookie: desk_staff=A; desk_staff=B\r\n',
  'Authorization: Basic x\r\n', 'Range: bytes=0-1,5-9999999\r\n', 'If-None-Match: *\r\n',
  'Accept-Encoding: br;q=0, gzip\r\n', 'Desk-Role: patient\r\n', 'Host: evil\r\n', '\xe9',
  'Desk-Work: 1.0.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA:0\r\n', 'Desk-Work: ::\r\n',
  'Origin: null\r\n', 'Idempotency-Key: a\r\n', 'Access-Control-Request-Method: POST\r\n'];

/** @param {number} seed */
function chanceFrom(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

function spoiltRequest(chance, url) {
  const one = (list) => list[chance(list.length)];
  const body = one(BODIES);
  const lines = [
    `${one(['GET', 'POST', 'POST', 'HEAD', 'PUT', 'TRACE', 'OPTIONS'])} ${one(PATHS)} HTTP/1.1`,
    `Host: ${new URL(url).host}`, ...(chance(2) ? [`Authorization: Bearer ${API_KEY}`] : []),
    ...(chance(2) ? [`Origin: ${url}`] : []), 'Content-Type: application/json',
    `Content-Length: ${body.length}`, 'Connection: close',
  ];
  let text = `${lines.join('\r\n')}\r\n\r\n${body}`;
  for (let spoilt = chance(4); spoilt > 0; spoilt -= 1) {
    const at = chance(text.length);
    const put = chance(4) ? one(SPOILERS) : String.fromCharCode(chance(256));
    text = text.slice(0, at) + put + text.slice(at + (chance(3) ? 0 : chance(6)));
  }
  return text;
}

/** @returns {Promise<string>} what came back before the line was closed */
function talk(url, text) {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let got = '';
    socket.setEncoding('latin1').on('data', (chunk) => { got += chunk; });
    socket.on('error', () => {}).on('close', () => resolve(got));
    socket.end(text, 'latin1');
  });
}

test('spoilt requests are answered or hung up on, and the server stands', async (t) => {
  const server = await hostFor(t);
  await chatIn(server);
  const chance = chanceFrom(20261122);
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      const text = spoiltRequest(chance, server.url);
      const got = await talk(server.url, text);
      const status = Number(/^HTTP\/1.1 (\d+)/.exec(got)?.[1] ?? 0);
      assert.ok(status < 500, `${JSON.stringify(text)}\n${got}`);
      if (status < 200) return;
      assert.match(got, /content-security-policy: default-src 'none'/i, JSON.stringify(text));
    }));
  }
  assert.equal((await server.ask('GET', '/healthz')).status, 200);
  const { chain } = await server.host.engine.call('core.verify', {});
  assert.equal(chain, 'ok');
});
