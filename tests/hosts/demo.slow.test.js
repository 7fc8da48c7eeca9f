// A first start that is cut short is completed by the next one, and nothing is made twice.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { atEnd, folderFor, spawnServer, until } from './host.js';

test('a restart makes nothing again, also after a kill in the middle', async (t) => {
  const folder = folderFor(t);
  const killed = spawnServer(folder);
  const journal = join(folder, 'data', 'demo.unfinished');
  const done = () => (existsSync(journal) ? readFileSync(journal, 'utf8') : '');
  await until(() => done().includes('"act:a9:0"') || killed.output.stdout.length > 0);
  await killed.kill('SIGKILL');
  assert.ok(done().length > 0, 'it was cut short');
  // Half a line is what a kill may leave, and its step is asked for again.
  writeFileSync(journal, done().trimEnd().slice(0, -20));
  const first = spawnServer(folder);
  const { body: before } = await (await first.ready()).ask('GET', '/platform.json');
  const known = await first.ready();
  const { body: { contact_forms: forms } } = await known.asPlatform('contact_form.list',
    { clinic_id: 1, scope: 'all', limit: 200 });
  assert.equal(forms.length, 30);
  await first.kill('SIGTERM');
  const second = spawnServer(folder);
  atEnd(t, () => second.kill());
  const { body: after } = await (await second.ready()).ask('GET', '/platform.json');
  assert.deepEqual(after, before);
});
