// Kills the server at random instants under load and counts: what was acknowledged is there once,
// what was asked again under its id is there once, and the chain of history holds.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Desk } from '../../hosts/js/desk.js';
import { DATABASE_FILE } from '../../hosts/node/engine.js';
import { WASM } from '../../hosts/node/host.js';
import { folderFor, spawnServer } from './host.js';

const CLIENTS = 16;

/** @param {number} seed a small generator, so that a failing run can be run again */
function chanceFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

/** Each client has one intent at a time and keeps it, id and all, until it is acknowledged. */
function load(client, clinicId, intents) {
  let over = false;
  const work = intents.map(async (waiting, index) => {
    while (!over) {
      const intent = waiting.open ??= { id: `${index}:${waiting.count}`, acknowledged: false };
      try {
        const answer = await client.asPlatform('review.add', {
          clinic_id: clinicId, author_name: 'Ewa', author_phone: '+48500000101', locale: 'pl',
          rating: 1 + (waiting.count % 5), text: intent.id, published_at: 1_700_000_000_000,
        }, intent.id);
        if (answer.status !== 200) continue;
        intent.acknowledged = true;
        waiting.done.push(intent.id);
        waiting.count += 1;
        waiting.open = null;
      } catch {
        return; // The server is gone; the intent stays open.
      }
    }
  });
  return { done: Promise.all(work), stop: () => { over = true; } };
}

/** @returns {Promise<string[]>} the texts of all reviews, after the chain was verified */
async function stored(folder, clinicId) {
  const desk = await Desk.load(await readFile(WASM),
    { path: `/${DATABASE_FILE}`, root: join(folder, 'data') });
  try {
    const as = { now: Date.now(), actor: { role: 'host' } };
    const { chain, pages } = desk.call('core.verify', {}, as);
    assert.deepEqual({ chain, pages }, { chain: 'ok', pages: 'ok' });
    const texts = [];
    for (let before, more = true; more;) {
      const input = { clinic_id: clinicId, limit: 200, ...(before ? { before_id: before } : {}) };
      const page = desk.call('review.list', input, { ...as, actor: { role: 'integration' } });
      texts.push(...page.reviews.map((review) => review.text));
      before = page.reviews.at(-1)?.review_id;
      more = page.more;
    }
    return texts;
  } finally {
    desk.close();
  }
}

/** @param {import('node:test').TestContext} t @param {{rounds: number, seed: number,
 *   signal?: 'SIGKILL'|'SIGTERM'}} how */
export async function crashAndCount(t, { rounds, seed, signal = 'SIGKILL' }) {
  const chance = chanceFrom(seed);
  const folder = folderFor(t);
  const intents = Array.from({ length: CLIENTS }, () =>
    ({ count: 0, done: /** @type {string[]} */ ([]), open: null }));
  let clinicId = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = spawnServer(folder, { args: ['--empty'] });
    const client = await server.ready();
    if (clinicId === 0) {
      const added = await client.asPlatform('clinic.add', {
        name: 'Lotos', zone: 'Europe/Warsaw', tier: 'premium', locale: 'pl',
        phone: '+48220000100', email: 'a@a.example',
      }, 'the-clinic');
      clinicId = added.body.clinic_id;
    }
    const running = load(client, clinicId, intents);
    await new Promise((resolve) => { setTimeout(resolve, 20 + chance(300)); });
    const { code } = await server.kill(signal);
    if (signal === 'SIGTERM') assert.equal(code, 0, server.output.stderr.join('\n'));
    running.stop();
    await running.done;
    await compare(folder, clinicId, intents, `seed ${seed}, round ${round}`);
  }
  await finish(folder, clinicId, intents);
}

/** Every acknowledged review once; of the open ones each at most once. */
async function compare(folder, clinicId, intents, where) {
  const texts = await stored(folder, clinicId);
  const acknowledged = intents.flatMap((each) => each.done);
  const open = intents.flatMap((each) => (each.open ? [each.open.id] : []));
  const present = new Set(texts);
  assert.equal(present.size, texts.length, `${where}: a review is there twice`);
  const lost = acknowledged.filter((id) => !present.has(id));
  assert.deepEqual(lost, [], `${where}: acknowledged and lost`);
  const unasked = texts.filter((text) => !acknowledged.includes(text) && !open.includes(text));
  assert.deepEqual(unasked, [], `${where}: never asked for`);
}

/** The open intents are asked again under their ids: each is then there exactly once. */
async function finish(folder, clinicId, intents) {
  const server = spawnServer(folder, { args: ['--empty'] });
  const client = await server.ready();
  const running = load(client, clinicId, intents);
  running.stop();
  await running.done;
  await server.kill('SIGTERM');
  const acknowledged = intents.flatMap((each) => each.done).sort();
  assert.ok(acknowledged.length > intents.length, 'the load did something');
  assert.deepEqual((await stored(folder, clinicId)).sort(), acknowledged);
}
