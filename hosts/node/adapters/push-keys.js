/* The key by which push services know this installation: from the settings, else from its file,
 * which the first start makes. A device is bound to the key that it subscribed with: lose it, and
 * every device must be asked again. */
import { createECDH } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, PUSH_KEY_FILE, writePrivate } from '../config.js';

const KEY_BYTES = 32;
const CURVE = 'prime256v1';

/** @param {{private_key?: string}} config @param {string} folder
 * @returns {{public_key: string, private_key: string}} base64url, as browsers take them */
export function pushKeys(config, folder) {
  if (config.private_key) return pairOf(config.private_key, 'push.private_key');
  const path = join(folder, PUSH_KEY_FILE);
  if (!existsSync(path)) writePrivate(path, newKey());
  return pairOf(readFileSync(path, 'utf8').trim(), path);
}

function newKey() {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  const bytes = pair.getPrivateKey();
  return Buffer.concat([Buffer.alloc(KEY_BYTES - bytes.length), bytes]).toString('base64url');
}

function pairOf(private_key, named) {
  const pair = createECDH(CURVE);
  try {
    if (!/^[A-Za-z0-9_-]{43}$/.test(private_key)) throw new Error('not 32 bytes');
    pair.setPrivateKey(private_key, 'base64url');
  } catch {
    throw new ConfigError(named, 'must hold the 32 bytes of a P-256 private key in base64url');
  }
  return { public_key: pair.getPublicKey('base64url'), private_key };
}
