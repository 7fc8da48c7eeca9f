// Operation × role × another's id, against a real server; see matrix.js. proves: 2 3 12 13 32 56
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fileScope } from '../hosts/host.js';
import { askAboutOthers, bound, lookOf } from './matrix.js';
import { openServer } from './server_world.js';

const scope = fileScope();
let world = /** @type {any} */ (null);
before(async () => { world = await openServer(scope); });

test('nobody of a clinic is told anything of another, nor changes anything there', async (t) => {
  const before = await lookOf(world.other);
  const { asked, away } = await askAboutOthers(world, bound(world.askers));
  t.diagnostic(`${asked} asked, ${away} turned away`);
  assert.ok(asked > 500 && away > asked * 0.8, `${away} of ${asked}`);
  assert.deepEqual(await lookOf(world.other), before);
});

test('neither visitors nor the manager are shown what is private', async (t) => {
  const { asked, away } = await askAboutOthers(world, bound(world.askers, false));
  t.diagnostic(`${asked} asked, ${away} turned away`);
});

test('found: a door that takes a clinic for the platform', async () => {
  const faulty = { ...world.askers.integration, role: 'representative' };
  await assert.rejects(askAboutOthers(world, { representative: faulty }));
});

test('found: a field that nobody has said the owner of', async () => {
  const op = { name: 'thing.get', roles: ['host'], writes: [],
    in: [{ name: 'thing_id', type: 'integer', required: true }] };
  await assert.rejects(askAboutOthers({ ...world, ops: [op] }, world.askers),
    /whose is thing_id/);
});
