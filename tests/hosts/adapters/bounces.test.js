/* Reports of mail that somebody wrote by hand: everybody who got a mail knows its return path. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bounceFolder, readBounce } from '../../../hosts/node/adapters/bounces.js';
import { effectKey } from '../../../hosts/node/adapters/effect-key.js';
import { atEnd, hostFor } from '../host.js';
import { quiet, scratch, until } from './support.js';

const secret = 'the secret of a test';
const key = effectKey({ effect_id: 7 }, { epoch: 'e1', secret });

/** @param {string} action @param {string} [to] */
const mail = (action, to = key) => [`To: bounces+${to}@clinic.test`,
  'Content-Type: multipart/report; report-type=delivery-status; boundary="cut"', '',
  '--cut', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.test', '',
  `Action: ${action}`, 'Status: 5.1.1', '', '--cut--', ''].join('\r\n');

test('an action that RFC 3464 does not know tells nothing', () => {
  assert.equal(readBounce(mail('failed'), { secret })[0].status, 'failed');
  for (const action of ['constructor', '__proto__', 'toString', 'unheard-of', '']) {
    assert.deepEqual(readBounce(mail(action), { secret }), [], action);
  }
});

test('a report that cannot be kept does not hold up the reports behind it', async (t) => {
  const { host } = await hostFor(t);
  const folder = scratch(t);
  mkdirSync(join(folder, 'new'));
  writeFileSync(join(folder, 'new', '1'), mail('failed'));
  writeFileSync(join(folder, 'new', '2'), mail('delivered'));
  const handed = [];
  const reader = bounceFolder({ bounce_folder: folder, bounce_interval_ms: 5 }, {
    log: quiet, secret,
    // What the core refuses to read, as if an adapter had let it through.
    report: async (event) => {
      handed.push(event.status);
      await host.report(event.status === 'failed' ? { ...event, status: 'broken' } : event);
    },
  });
  atEnd(t, () => reader.close());
  await until('the second', () => handed.includes('delivered'));
  assert.deepEqual(handed, ['failed', 'delivered']);
});

test('a report that could not be stored is not taken for told', async (t) => {
  const { host } = await hostFor(t);
  const refused = Object.assign(new Error('full'), { category: 'storage', code: 'storage.full' });
  host.call = async () => { throw refused; };
  await assert.rejects(host.report({ channel: 'sms', provider_id: '1', status: 'delivered' }),
    refused);
});
