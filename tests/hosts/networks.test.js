// Which addresses are one subscriber's, and which nobody outside may have us call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrivate, lookupPublic, networkOf } from '../../hosts/node/networks.js';

test('all addresses of one subscriber are one network', () => {
  const same = [['203.0.113.7', '::ffff:203.0.113.7'],
    ['2001:db8:0:1::1', '2001:0db8::1:ffff:0:0:9', '2001:DB8:0:1:a:b:c:d'],
    ['fe80::1%eth0', 'fe80:0:0:0::2']];
  for (const [one, ...others] of same) {
    for (const other of others) assert.equal(networkOf(other), networkOf(one), other);
  }
  assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:2::1'));
  assert.notEqual(networkOf('203.0.113.7'), networkOf('203.0.113.8'));
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
});

test('addresses inside are private, in every spelling, and so is what cannot be read', () => {
  for (const ip of ['127.0.0.1', '127.8.8.8', '10.0.0.1', '172.16.0.1', '172.31.255.255',
    '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255',
    '::1', '::', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', 'fd00::1', 'fe80::1',
    '64:ff9b::7f00:1', '2002:7f00:1::', 'ff02::1', '', 'localhost', '127.1', '0x7f.1']) {
    assert.equal(isPrivate(ip), true, ip);
  }
  for (const ip of ['8.8.8.8', '172.32.0.1', '1.1.1.1', '2a00:1450:4001::1', '2606:4700::1']) {
    assert.equal(isPrivate(ip), false, ip);
  }
});

test('a name of this machine is not looked up for strangers', async () => {
  for (const all of [true, false]) {
    const error = await new Promise((resolve) => { lookupPublic('localhost', { all }, resolve); });
    assert.equal(error?.code, 'EPRIVATE');
  }
});
