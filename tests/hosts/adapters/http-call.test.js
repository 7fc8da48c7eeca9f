/* One exchange with a provider that misbehaves on the wire: it always comes to an end, and says
 * whether the request can have reached it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { httpCall } from '../../../hosts/node/adapters/http-call.js';
import { atEnd } from '../host.js';
import { freePort } from './support.js';

const ENOUGH = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';

/** What is written once the request has come, and what the call ends with. */
const faults = {
  'silence': [() => {}, 'ABORT_ERR'],
  'half a header': [(line) => line.write('HTTP/1.1 200 OK\r\nConten'), 'ABORT_ERR'],
  'half a body': [(line) => line.write(`${ENOUGH}abc`), 'ABORT_ERR'],
  'a body without an end': [(line) => line.write('HTTP/1.1 200 OK\r\n\r\nabc'), 'ABORT_ERR'],
  'nothing after 100': [(line) => line.write('HTTP/1.1 100 Continue\r\n\r\n'), 'ABORT_ERR'],
  'a line cut in the body': [(line) => line.end(`${ENOUGH}abc`), 'ECONNRESET'],
  'a line cut at once': [(line) => line.destroy(), 'ECONNRESET'],
  'what is not HTTP': [(line) => line.write('\0junk'), 'HPE_INVALID_CONSTANT'],
  'another protocol': [(line) => line.write('HTTP/1.1 101 Switching Protocols\r\n'
    + 'Connection: upgrade\r\nUpgrade: x\r\n\r\n'), 'Error'],
  'a body of a megabyte': [(line) => line.write(
    `HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1 << 20)}`), 'Error'],
};

for (const [name, [fault, error]] of Object.entries(faults)) {
  test(`${name} ends the call, and the request may have arrived`, async (t) => {
    const server = createServer((line) => {
      line.on('error', () => {});
      line.once('data', () => fault(line));
      atEnd(t, () => { line.destroy(); });
    });
    await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    atEnd(t, () => { server.close(); });
    const call = httpCall(`http://127.0.0.1:${server.address().port}/`, { timeout_ms: 400 });
    await assert.rejects(call, (thrown) => {
      assert.equal(thrown.code ?? thrown.name, error);
      assert.equal(thrown.reached, true);
      return true;
    });
  });
}

test('a provider that is not there has not been reached', async () => {
  const call = httpCall(`http://127.0.0.1:${await freePort()}/`, { timeout_ms: 400 });
  await assert.rejects(call, (thrown) => {
    assert.equal(thrown.code, 'ECONNREFUSED');
    assert.equal(thrown.reached, false);
    return true;
  });
});
