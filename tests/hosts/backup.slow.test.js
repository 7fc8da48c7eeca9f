// Copies: taken while the server works, verified, put back, and refused where they would harm.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { atEnd, configIn, folderFor, spawnServer, until } from './host.js';

const TOOL = fileURLToPath(new URL('../../hosts/node/backup.js', import.meta.url));

/** @returns {Promise<{code: number, stdout: string, stderr: string}>} */
function run(folder, ...args) {
  const env = { PATH: process.env.PATH };
  const all = [TOOL, ...args, '--config', join(folder, 'clinicdesk.json')];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const clinic = (name) => ({
  name, zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl', phone: '+48220000100',
  email: 'a@a.example',
});

async function namesIn(client) {
  const { body } = await client.asPlatform('clinic.list', {});
  return body.clinics.map((each) => each.name);
}

test('a copy taken under load holds what was acknowledged before it and opens alone', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => server.kill());
  const client = await server.ready();
  for (const name of ['one', 'two']) await client.asPlatform('clinic.add', clinic(name));
  let over = false;
  const load = (async () => {
    for (let count = 0; !over; count += 1) {
      await client.asPlatform('clinic.add', clinic(`l${count}`));
    }
  })();
  const file = join(folder, 'copies', 'desk.backup');
  mkdirSync(join(folder, 'copies'));
  const made = await run(folder, 'backup', file);
  over = true;
  await load;
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^verified and written/);
  assert.deepEqual(readdirSync(join(folder, 'copies')).sort(),
    ['desk.backup', 'desk.backup.push_key', 'desk.backup.secret']);
  for (const key of ['secret', 'push_key']) {
    assert.equal(statSync(`${file}.${key}`).mode & 0o777, 0o600);
  }
  assert.equal(statSync(file).mode & 0o077, 0);
  await server.kill('SIGTERM');

  const other = folderFor(t);
  writeFileSync(join(other, 'clinicdesk.json'), JSON.stringify({ data: join(other, 'data') }));
  assert.equal((await run(other, 'restore', file)).code, 0);
  for (const key of ['secret', 'push_key']) {
    assert.equal(readFileSync(join(other, 'data', key), 'utf8'),
      readFileSync(join(folder, 'data', key), 'utf8'));
  }
  assert.notEqual(readFileSync(join(other, 'data', 'epoch'), 'utf8'),
    readFileSync(join(folder, 'data', 'epoch'), 'utf8'));
  const restored = spawnServer(other, { args: ['--empty'] });
  atEnd(t, () => restored.kill());
  const names = await namesIn(await restored.ready());
  assert.deepEqual(names.slice(0, 2), ['one', 'two']);
});

test('a stopped folder is copied too', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder, { args: ['--empty'] });
  const client = await server.ready();
  await client.asPlatform('clinic.add', clinic('one'));
  await server.kill('SIGKILL');
  const file = join(folder, 'copy');
  const made = await run(folder, 'backup', file);
  assert.equal(made.code, 0, made.stderr);
  assert.equal((await run(folder, 'restore', file)).code, 0);
});

test('a restore keeps what it replaces and brings back the state of the copy', async (t) => {
  const folder = folderFor(t);
  const first = spawnServer(folder, { args: ['--empty'] });
  const client = await first.ready();
  await client.asPlatform('clinic.add', clinic('before'));
  const file = join(folder, 'copy');
  assert.equal((await run(folder, 'backup', file)).code, 0);
  await client.asPlatform('clinic.add', clinic('after'));
  const refused = await run(folder, 'restore', file);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /in use by process/);
  await first.kill('SIGTERM');
  const done = await run(folder, 'restore', file);
  assert.equal(done.code, 0, done.stderr);
  const kept = readdirSync(join(folder, 'data')).filter((name) => /sqlite3\.before-/.test(name));
  assert.equal(kept.length, 1, String(kept));
  const old = join(folder, 'data', kept[0]);
  const second = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => second.kill());
  assert.deepEqual(await namesIn(await second.ready()), ['before']);
  await second.kill('SIGTERM');
  assert.equal((await run(folder, 'restore', old)).code, 0);
  const third = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => third.kill());
  assert.deepEqual(await namesIn(await third.ready()), ['before', 'after']);
});

test('a copy carries questions, the links that went out and the devices\' key', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder, { args: ['--empty'] });
  const client = await server.ready();
  const { body: { clinic_id: clinicId } } = await client.asPlatform('clinic.add', clinic('asked'));
  await client.asPlatform('agent.add', { clinic_id: clinicId, role: 'assistant', name: 'Ola',
    email: 'ola@asked.example' });
  const sent = await client.asPlatform('contact_form.send', { clinic_id: clinicId, name: 'Ewa',
    email: 'ewa@patients.example', locale: 'en', text: 'Is it open on Sunday?' });
  assert.equal(sent.status, 200, sent.text);
  const notice = await until(async () => (await client.ask('GET', '/outbox.json')).body.messages
    .find((message) => message.to === 'ola@asked.example'));
  const { body: { public_key: key } } = await client.ask('GET', '/push.json');
  const file = join(folder, 'copy');
  assert.equal((await run(folder, 'backup', file)).code, 0);
  await server.kill('SIGTERM');

  const other = folderFor(t);
  writeFileSync(join(other, 'clinicdesk.json'), JSON.stringify(configIn(other)));
  assert.equal((await run(other, 'restore', file)).code, 0);
  const restored = spawnServer(other, { args: ['--empty'] });
  atEnd(t, () => restored.kill());
  const there = await restored.ready();
  assert.equal((await there.ask('GET', '/push.json')).body.public_key, key);
  const desk = there.browser();
  const opened = await desk.open(new URL(notice.link_url).hash.slice(1));
  assert.equal(opened.status, 200, opened.text);
  const read = await desk.call('contact_form.get', { contact_form_id: sent.body.contact_form_id });
  assert.equal(read.body.messages?.[0].text, 'Is it open on Sunday?', read.text);
});

test('a link of the lost hours opens nothing that is made after the restore', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder, { args: ['--empty'] });
  const client = await server.ready();
  const { body: { clinic_id: clinicId } } = await client.asPlatform('clinic.add', clinic('asked'));
  await client.asPlatform('agent.add', { clinic_id: clinicId, role: 'assistant', name: 'Ola',
    email: 'ola@asked.example' });
  const ask = async (at, text) => {
    const seen = new Set(await tokens(at));
    await at.asPlatform('contact_form.send', { clinic_id: clinicId, name: 'Ewa',
      email: 'ewa@patients.example', locale: 'en', text });
    return until(async () => (await tokens(at)).find((token) => !seen.has(token)));
  };
  const tokens = async (at) => (await at.ask('GET', '/outbox.json')).body.messages
    .filter((message) => message.to === 'ola@asked.example')
    .map((message) => new URL(message.link_url).hash.slice(1));
  const kept = await ask(client, 'before the backup');
  const file = join(folder, 'copy');
  assert.equal((await run(folder, 'backup', file)).code, 0);
  const lost = await ask(client, 'after the backup');
  await server.kill('SIGTERM');
  const restored = await run(folder, 'restore', file);
  assert.equal(restored.code, 0, restored.stderr);
  const again = spawnServer(folder, { args: ['--empty'] });
  atEnd(t, () => again.kill());
  const there = await again.ready();
  const made = await ask(there, 'after the restore');
  const refused = await there.browser().open(lost);
  assert.notEqual(refused.status, 200, refused.text);
  for (const good of [kept, made]) {
    const opened = await there.browser().open(good);
    assert.equal(opened.status, 200, opened.text);
  }
});

test('a damaged copy is refused and changes nothing', async (t) => {
  const folder = folderFor(t);
  const server = spawnServer(folder, { args: ['--empty'] });
  const client = await server.ready();
  for (let count = 0; count < 50; count += 1) {
    await client.asPlatform('clinic.add', clinic(`clinic ${count}`));
  }
  const file = join(folder, 'copy');
  assert.equal((await run(folder, 'backup', file)).code, 0);
  await server.kill('SIGTERM');
  const bytes = readFileSync(file);
  const before = readFileSync(join(folder, 'data', 'desk.sqlite3'));
  const half = bytes.subarray(0, Math.floor(bytes.length / 8192) * 4096);
  const holed = Buffer.from(bytes);
  const at = holed.indexOf('clinic 25');
  holed.write('CLINIC', at, 'latin1');
  holed.fill(0xff, 4096 * 3, 4096 * 4);
  for (const damaged of [Buffer.from('not a database at all'), half, holed]) {
    writeFileSync(file, damaged);
    const refused = await run(folder, 'restore', file);
    assert.equal(refused.code, 1, refused.stdout);
    assert.ok(!refused.stderr.includes('\n    at '), refused.stderr);
  }
  assert.deepEqual(readFileSync(join(folder, 'data', 'desk.sqlite3')), before);
  assert.ok(!existsSync(join(folder, 'data', 'desk.sqlite3.arriving')));
});

test('a wrong use says how it is used', async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'clinicdesk.json'), JSON.stringify({ data: join(folder, 'data') }));
  for (const args of [[], ['backup'], ['copy', 'x'], ['backup', 'a', 'b']]) {
    const { code, stderr } = await run(folder, ...args);
    assert.equal(code, 1);
    assert.match(stderr, /usage: npm run backup -- FILE/);
  }
  const none = await run(folder, 'restore', join(folder, 'none'));
  assert.match(none.stderr, /there is no file/);
});
