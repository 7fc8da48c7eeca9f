// The queue before the core: what shares a commit, what is refused, and what a failure of the
// core does to those who wait.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Engine } from '../../hosts/node/engine.js';
import { WASM } from '../../hosts/node/host.js';
import { folderFor, atEnd } from './host.js';

const INTEGRATION = { role: 'integration' };
const LIMITS = {
  batch_requests: 256, batch_bytes: 4_194_304, queue_requests: 10_000, queue_bytes: 67_108_864,
};
const log = { error: () => {}, warn: () => {}, info: () => {} };

async function engineFor(t, { limits = {}, faulty = false } = {}) {
  const batches = [];
  const commits = [];
  const folder = folderFor(t);
  const engine = await Engine.open({
    wasm: WASM, folder, limits: { ...LIMITS, ...limits }, log,
    binding: faulty ? new URL('./faulty-desk.js', import.meta.url) : undefined,
    onBatch: ({ size }) => batches.push(size), onCommit: (commit) => commits.push(commit),
  });
  atEnd(t, () => engine.close());
  return { engine, batches, commits, folder };
}

/** @param {string} name @param {string} [id] */
function clinic(name, id) {
  return {
    op: 'clinic.add', actor: INTEGRATION, id,
    in: { name, zone: 'Europe/Warsaw', tier: 'premium', locale: 'en', phone: '+48220000100',
      email: 'info@a.example' },
  };
}

async function namesIn(engine) {
  const { clinics } = await engine.call('clinic.list', {}, { actor: INTEGRATION });
  return clinics.map((each) => each.name);
}

test('all who arrive while a commit runs share the next one', async (t) => {
  const { engine, batches, commits } = await engineFor(t);
  const replies = await Promise.all(Array.from({ length: 100 }, (_, index) =>
    engine.request(clinic(`clinic ${index}`))));
  assert.ok(replies.every((reply) => reply.ok));
  assert.deepEqual(batches, [1, 99]);
  assert.equal(engine.rev, commits.at(-1).rev);
  assert.deepEqual(new Set(commits.at(-1).ops), new Set(['clinic.add']));
});

test('a batch is bounded in requests and in bytes', async (t) => {
  const limits = { batch_requests: 10, batch_bytes: 2000 };
  const { engine, batches } = await engineFor(t, { limits });
  await Promise.all(Array.from({ length: 25 }, (_, index) => engine.request(clinic(`a${index}`))));
  assert.ok(batches.every((size) => size <= 10), String(batches));
  assert.equal(batches.reduce((sum, size) => sum + size), 25);
  const before = batches.length;
  await Promise.all(Array.from({ length: 7 }, (_, index) =>
    engine.request({ ...clinic('x'.repeat(150)), id: `${index}`.padEnd(60, 'i') })));
  assert.ok(batches.slice(before).every((size) => size <= 7));
});

test('what makes a whole batch unreadable is refused alone', async (t) => {
  const { engine } = await engineFor(t);
  const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`);
  const replies = await Promise.all([clinic('one'), clinic('\ud800'), clinic('two'),
    { ...clinic('deep'), in: { name: deep } }, clinic('three')]
    .map((each) => engine.request(each)));
  assert.deepEqual(replies.map((reply) => reply.ok ? 'ok' : reply.error.code),
    ['ok', 'invalid.malformed', 'ok', 'invalid.malformed', 'ok']);
  assert.deepEqual(await namesIn(engine), ['one', 'two', 'three']);
});

test('one request of a batch is refused alone', async (t) => {
  const { engine } = await engineFor(t);
  const replies = await Promise.all([clinic('one'), { ...clinic('two'), in: { name: 2 } },
    clinic('three')].map((each) => engine.request(each)));
  assert.deepEqual(replies.map((reply) => Boolean(reply.ok)), [true, false, true]);
  assert.deepEqual(await namesIn(engine), ['one', 'three']);
});

test('a full queue refuses, but not the host\'s own requests', async (t) => {
  const { engine } = await engineFor(t, { limits: { queue_requests: 5 } });
  const asked = Array.from({ length: 20 }, (_, index) => engine.request(clinic(`clinic ${index}`)));
  const tick = engine.request({ op: 'clock.tick', actor: { role: 'host' }, in: {} });
  const replies = await Promise.all(asked);
  const refused = replies.filter((reply) => reply.error?.code === 'busy.overloaded');
  assert.equal(refused.length, 14);
  assert.ok((await tick).ok);
  assert.equal((await namesIn(engine)).length, 6);
});

for (const word of ['trap-before', 'trap-after', 'end-thread']) {
  test(`after ${word} everybody in the batch is answered, and nothing is done twice`, async (t) => {
    const { engine } = await engineFor(t, { faulty: true });
    const names = ['warm', 'one', `${word}-1`, 'three'];
    const replies = await Promise.all(names.map((name) => engine.request(clinic(name))));
    assert.deepEqual(replies.map((reply) => reply.error?.code), names.map(() => undefined));
    assert.deepEqual((await namesIn(engine)).sort(), [...names].sort());
    const { chain } = await engine.call('core.verify', {});
    assert.equal(chain, 'ok');
  });
}

test('a request that always fails the core is refused alone', async (t) => {
  const { engine } = await engineFor(t, { faulty: true });
  const names = ['warm', 'one', 'trap-always', 'three'];
  const replies = await Promise.all(names.map((name) => engine.request(clinic(name))));
  assert.deepEqual(replies.map((reply) => reply.error?.code), [undefined, undefined, 'bug.trap',
    undefined]);
  assert.deepEqual((await namesIn(engine)).sort(), ['one', 'three', 'warm']);
});

test('a commit that was not synced is not acknowledged, until it is', async (t) => {
  const { engine, folder } = await engineFor(t, { faulty: true });
  await engine.request(clinic('before', 'before'));
  writeFileSync(join(folder, 'no-sync'), '');
  for (let count = 0; count < 5; count += 1) {
    const replies = await Promise.all([1, 2, 3].map((each) =>
      engine.request(clinic(`clinic ${each}`, `id-${each}`))));
    for (const reply of replies) assert.equal(reply.error?.category, 'storage');
  }
  rmSync(join(folder, 'no-sync'));
  const replies = await Promise.all([1, 2, 3].map((each) =>
    engine.request(clinic(`clinic ${each}`, `id-${each}`))));
  assert.ok(replies.every((reply) => reply.ok), JSON.stringify(replies));
  assert.deepEqual((await namesIn(engine)).sort(), ['before', 'clinic 1', 'clinic 2', 'clinic 3']);
});

test('a stopping engine answers who waits and takes nobody new', async (t) => {
  const { engine } = await engineFor(t);
  const waiting = Array.from({ length: 50 }, (_, index) =>
    engine.request(clinic(`clinic ${index}`)));
  engine.drain();
  const late = await engine.request(clinic('late'));
  assert.equal(late.error?.code, 'busy.stopping');
  assert.ok((await Promise.all(waiting)).every((reply) => reply.ok));
});
