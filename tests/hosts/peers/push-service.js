// A push service that believes nothing: it checks the signature of RFC 8292, opens the content of
// RFC 8291 with the device's keys, and keeps the headers of RFC 8030. Written with Node's crypto
// alone, apart from the library that sends.
import { createECDH, createHmac, createDecipheriv, createPublicKey, randomBytes, verify }
  from 'node:crypto';
import { startHttp } from '../adapters/support.js';

const BODY_BYTES_MAX = 4096;
const DAY_S = 86_400;

/** @param {any} t @param {{now?: () => number, tls?: {key: Buffer, cert: Buffer}}} [how]
 * @returns {Promise<any>} `device(public_key)` subscribes one; `answers` are given first */
export async function startPushService(t, { now = Date.now, tls } = {}) {
  const service = { devices: new Map(), refusals: [], answers: [], received: [], origin: '' };
  service.origin = await startHttp(t, (request) => answer(service, request, now), tls);
  service.device = (serverKey) => {
    const id = randomBytes(8).toString('hex');
    const keys = createECDH('prime256v1');
    keys.generateKeys();
    const auth = randomBytes(16);
    const device = { id, keys, auth, serverKey, gone: false, shown: [], pending: new Map() };
    service.devices.set(`/push/${id}`, device);
    device.subscription = {
      endpoint: `${service.origin}/push/${id}`,
      keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    };
    return device;
  };
  return service;
}

function answer(service, request, now) {
  const scripted = service.answers.shift();
  if (scripted === null) return null;
  if (scripted) return scripted;
  const device = service.devices.get(request.path);
  if (!device) return { status: 404 };
  if (device.gone) return { status: 410 };
  const [status, why] = fault(service, device, request, now);
  if (status !== 201) {
    service.refusals.push(why);
    return { status, body: why };
  }
  const { topic = randomBytes(4).toString('hex'), ttl, urgency } = request.headers;
  const message = { ...JSON.parse(opened(device, request.rawBody)), topic, ttl, urgency,
    raw: request.rawBody };
  device.shown.push(message);
  device.pending.set(topic, message);
  service.received.push(message);
  return { status: 201, headers: { location: `${service.origin}/message/${device.shown.length}` } };
}

/** @returns {[number, string]} */
function fault(service, device, { method, headers, rawBody }, now) {
  if (method !== 'POST') return [405, 'method'];
  if (!/^\d+$/.test(headers.ttl ?? '')) return [400, 'ttl'];
  if (headers.topic !== undefined && !/^[\w-]{1,32}$/.test(headers.topic)) return [400, 'topic'];
  if (!['very-low', 'low', 'normal', 'high'].includes(headers.urgency)) return [400, 'urgency'];
  if (headers['content-encoding'] !== 'aes128gcm') return [400, 'encoding'];
  if (rawBody.length > BODY_BYTES_MAX) return [413, 'size'];
  const wrong = unsigned(service.origin, device.serverKey, headers.authorization, now);
  if (wrong) return [403, wrong];
  try {
    opened(device, rawBody);
  } catch (error) {
    return [400, `content: ${error.message}`];
  }
  return [201, ''];
}

/** What is wrong with the signature, or null. */
function unsigned(origin, serverKey, authorization, now) {
  const [, token, key] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization ?? '') ?? [];
  if (!token) return 'authorization';
  if (key !== serverKey) return 'key';
  const [head, body, signature] = token.split('.');
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const { alg, typ } = read(head);
  const { aud, exp, sub } = read(body);
  if (alg !== 'ES256' || typ !== 'JWT') return 'algorithm';
  const now_s = now() / 1000;
  if (aud !== origin) return 'audience';
  if (!(exp > now_s && exp <= now_s + DAY_S)) return 'expiry';
  if (!/^(mailto:.+@.+|https:\/\/.+)/.test(sub)) return 'subject';
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) =>
    part.toString('base64url'));
  const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  const right = verify('sha256', Buffer.from(`${head}.${body}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  return right ? null : 'signature';
}

const hmac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();

/** RFC 8188 in one record, under the keys of RFC 8291. */
function opened({ keys, auth }, body) {
  const salt = body.subarray(0, 16);
  const idLength = body[20];
  const sender = body.subarray(21, 21 + idLength);
  const sealed = body.subarray(21 + idLength);
  if (sealed.length > body.readUInt32BE(16)) throw new Error('more than one record');
  const shared = keys.computeSecret(sender);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const seed = hmac(hmac(auth, shared), info, Buffer.from([1]));
  const prk = hmac(salt, seed);
  const key = hmac(prk, Buffer.from('Content-Encoding: aes128gcm\0\x01')).subarray(0, 16);
  const nonce = hmac(prk, Buffer.from('Content-Encoding: nonce\0\x01')).subarray(0, 12);
  const cipher = createDecipheriv('aes-128-gcm', key, nonce);
  cipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  const end = plain.lastIndexOf(2);
  if (end < 0 || plain.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('padding');
  return plain.subarray(0, end).toString('utf8');
}
