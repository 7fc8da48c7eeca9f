/* An SMSC that sends what SMPP has no answer to. Its bytes are written here by hand, so that no
 * codec has to agree that they may be sent. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { config_schema, smpp } from '../../../hosts/node/adapters/smpp.js';
import { isId, readReport } from '../../../hosts/node/adapters/smpp-reports.js';
import { atEnd } from '../host.js';
import { chanceFrom, mutated } from '../../../tools/fuzz/mutate.mjs';
import { configured, quiet, until } from './support.js';

const OUTBIND = 0x0b;
const ENQUIRE_LINK = 0x15;
const ALERT_NOTIFICATION = 0x102;
const RESPONSE = 0x80000000;

/** @param {number} command @param {number} sequence @param {string} [body] */
function pdu(command, sequence, body = '') {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(16 + body.length, 0);
  head.writeUInt32BE(command >>> 0, 4);
  head.writeUInt32BE(sequence, 12);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
}

/** Answers each bind and then says something; gives every command that comes back.
 * @param {() => Buffer[]} saying what follows the answer, each in a packet of its own */
async function smscSaying(t, saying, settings = {}) {
  const commands = [];
  const smsc = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
        const command = bytes.readUInt32BE(at + 4);
        commands.push(command);
        if (command !== 0x09) continue;
        const bound = pdu(RESPONSE + command, bytes.readUInt32BE(at + 12), 'smsc\0');
        for (const packet of [bound, ...saying()]) socket.write(packet);
      }
    });
  });
  await new Promise((resolve) => { smsc.listen(0, '127.0.0.1', () => resolve(null)); });
  atEnd(t, () => smsc.close());
  const config = configured(config_schema, { host: '127.0.0.1', system_id: 'clinic',
    port: /** @type {any} */ (smsc.address()).port, password: 'secret', from: 'CLINIC',
    response_timeout_ms: 200, ...settings });
  const adapter = smpp(config, { log: quiet, report: async () => {}, onMessage: undefined });
  atEnd(t, () => adapter.close());
  return commands;
}

for (const [name, said] of Object.entries({
  alert_notification: pdu(ALERT_NOTIFICATION, 7, '\x01\x0148500000001\0\x01\x01clinic\0'),
  outbind: pdu(OUTBIND, 7, 'smsc\0secret\0'),
})) {
  test(`an ${name}, which has no answer, leaves the line and the process as they were`,
    async (t) => {
      const commands = await smscSaying(t, () => [said, pdu(ENQUIRE_LINK, 8)]);
      await until('the answer to enquire_link', () => commands.includes(RESPONSE + ENQUIRE_LINK));
      assert.ok(!commands.includes(RESPONSE + (name === 'outbind' ? OUTBIND : ALERT_NOTIFICATION)));
      assert.equal(commands.filter((command) => command === 0x09).length, 1, 'one bind');
    });
}

test('a line full of nonsense is left, or answered on, and the next one is bound', async (t) => {
  const seed = 1 + Date.now() % 2 ** 30;
  t.diagnostic(`seed ${seed}`);
  const chance = chanceFrom(seed);
  const good = [pdu(ENQUIRE_LINK, 8), pdu(0x05, 9, '\0\x01\x011\0\x01\x012\0\x04'.padEnd(40, '\0')),
    pdu(RESPONSE + 0x04, 10, 'an id\0'), pdu(0x06, 11)];
  const lines = 40;
  let said = 0;
  const commands = await smscSaying(t, () => {
    said += 1;
    // Then the lines are good again.
    if (said > lines) return [pdu(ENQUIRE_LINK, 99)];
    const packets = Array.from({ length: 1 + chance(6) }, () =>
      Buffer.from(mutated(chance, good, [], 300)));
    // A length that no PDU may have ends the line, unless a PDU still waits for these bytes: then
    // the silence of this SMSC does.
    return [...packets, Buffer.alloc(20, 255)];
  }, { reconnect_min_ms: 1, reconnect_max_ms: 1, enquire_link_ms: 20, response_timeout_ms: 100 });
  await until('the answer on a good line', () => said > lines
    && commands.slice(commands.lastIndexOf(0x09)).includes(RESPONSE + ENQUIRE_LINK));
  assert.ok(commands.filter((command) => command === 0x09).length > lines);
});

/** @param {string} message */
const told = (message) => readReport({ esm_class: 4, short_message: { message } }, 'same');

test('a report whose id no message can have tells nothing', () => {
  assert.equal(told('id:12 stat:DELIVRD')?.provider_id, '12');
  for (const id of ['x'.repeat(200), 'a\u0001b', '\ud83d\ude00']) {
    assert.equal(isId(id), false);
    assert.equal(told(`id:${id} stat:DELIVRD`), null);
  }
  // What follows an empty field is not its value; the id may stand in a field of its own.
  const empty = { esm_class: 4, short_message: { message: 'id: sub:001 dlvrd:001 stat:DELIVRD' } };
  assert.equal(readReport(empty, 'same'), null);
  assert.equal(readReport({ ...empty, receipted_message_id: '7' }, 'same')?.provider_id, '7');
  // There it may be blank.
  const fields = { esm_class: 4, message_state: 2 };
  assert.equal(readReport({ ...fields, receipted_message_id: ' ' }, 'same'), null);
  assert.equal(readReport({ ...fields, receipted_message_id: '7' }, 'same')?.provider_id, '7');
});

test('the words of an SMSC are cut to what its error codes can be', () => {
  assert.equal(told('id:12 stat:UNDELIV err:01F')?.error, 'smpp.UNDELIV_01F');
  assert.equal(told(`id:12 stat:UNDELIV err:${'9'.repeat(5000)}`)?.error,
    `smpp.UNDELIV_${'9'.repeat(8)}`);
  assert.equal(told('id:12 stat:UNDELIV err:\u0001')?.error, 'smpp.UNDELIV_0');
});
