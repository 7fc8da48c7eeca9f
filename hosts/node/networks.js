// Addresses of machines: which of them are one caller's, and which no message may be sent to.
// Refuses to guess: an address that cannot be read is private.
import { lookup } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Reserved by IANA: this machine, its own network, tests, multicast, and IPv6 addresses that
 * carry an IPv4 address inside. */
const RESERVED = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16],
  ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24],
  ['224.0.0.0', 4], ['240.0.0.0', 4],
  ['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 23],
  ['2001:db8::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8],
];
const reserved = new BlockList();
for (const [address, bits] of /** @type {[string, number][]} */ (RESERVED)) {
  reserved.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** What one subscriber holds: an IPv4 address, or a /64 of IPv6, whose addresses are free to
 * whoever has one of them. @param {string} ip @returns {string} */
export function networkOf(ip) {
  const plain = MAPPED.exec(ip)?.[1] ?? ip;
  if (isIP(plain) !== 6) return plain;
  const [head, tail] = plain.toLowerCase().split('%')[0].split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail?.split(':').filter(Boolean) ?? [];
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  return `${[...groups, ...after].slice(0, 4).map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** @param {string} ip */
export function isPrivate(ip) {
  const plain = MAPPED.exec(ip)?.[1] ?? ip;
  const family = isIP(plain);
  return family === 0 || reserved.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

/** dns.lookup for requests to addresses that strangers named. What it found is what is connected
 * to, so that a name cannot point elsewhere a moment later.
 * @param {string} hostname @param {any} options @param {(...found: any[]) => void} callback */
export function lookupPublic(hostname, options, callback) {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const found = /** @type {any[]} */ (/** @type {unknown} */ (addresses));
    if (error) return callback(error);
    if (found.length === 0 || found.some(({ address }) => isPrivate(address))) {
      return callback(Object.assign(new Error('a private address'), { code: 'EPRIVATE' }));
    }
    return options.all ? callback(null, found) : callback(null, found[0].address, found[0].family);
  });
}
