// A pump that takes what goes out, performs it well or badly, tells of it late, twice, or never.
// It checks what a provider may count on: an effect says the same to the same person at each
// attempt, is repeated once at most when its outcome was lost, and never once it is settled.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lookAround, sentNow } from './steps.js';

const LEASE = 60_000;
const SETTLEMENTS = ['sent', 'delivered', 'failed', 'retry', 'unknown'];
const REPORTS = ['sent', 'delivered', 'read', 'failed'];
/** From these no outcome leads back to another attempt. */
const OVER = ['sent', 'delivered', 'read', 'failed', 'cancelled'];
/** What becomes of a taken effect. */
const NEXT = { sent: ['sent'], delivered: ['delivered'], failed: ['failed'],
  retry: ['queued', 'failed'], unknown: ['queued', 'unknown'] };
/** How far each is on its way; only a failure may be mended by a late delivery. */
const WAY = { queued: 0, taken: 0, unknown: 1, sent: 2, failed: 2, cancelled: 2, delivered: 3,
  read: 4 };

/** @typedef {import('./rules.js').Rules} Rules */
/** @typedef {import('./world.js').World} World */

/** @implements {fc.Command<Rules, World>} */
class Take {
  #told = '';

  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit;
  }

  check() {
    return true;
  }

  /** @param {Rules} rules @param {World} world */
  run(rules, world) {
    const { effects } = world.asHost('effect.take', { limit: this.limit, lease_ms: LEASE });
    this.#told = `the pump takes ${effects.map((effect) =>
      `${effect.effect_id} (${effect.kind} to ${effect.to})`).join(', ') || 'nothing'}`;
    assert.ok(effects.length <= this.limit, this.#told);
    for (const effect of effects) taken(rules, effect, this.#told);
    sentNow(rules, world, [], this.#told);
  }

  toString() {
    return this.#told || `take ${this.limit}`;
  }
}

function taken(rules, effect, told) {
  const { effect_id: id, kind, to, text, subject } = effect;
  const one = rules.outbox.get(id) ?? { id, says: { kind, to, text, subject }, state: 'queued',
    until: 0, unknown: 0 };
  rules.outbox.set(id, one);
  assert.deepEqual({ kind, to, text, subject }, one.says, `${told}: ${id} says something else`);
  assert.ok(!OVER.includes(one.state), `${told}: ${id} was ${one.state}`);
  assert.ok(one.state !== 'taken' || one.until <= rules.now, `${told}: ${id} is being performed`);
  assert.ok(effect.deadline_at > rules.now, `${told}: ${id} is past its deadline`);
  // A lease that ran out may hide a message that was sent: nobody can know.
  if (one.state === 'taken') one.unknown += 1;
  const may = effect.code_id ? 0 : 1;
  assert.ok(one.unknown <= may, `${told}: ${id} may have arrived ${one.unknown} times before`);
  Object.assign(one, { state: 'taken', until: rules.now + LEASE });
}

/** @implements {fc.Command<Rules, World>} */
class Settle {
  #told = '';

  /** @param {number} which @param {string} status */
  constructor(which, status) {
    this.which = which;
    this.status = status;
  }

  /** @param {Readonly<Rules>} rules */
  check(rules) {
    return rules.outbox.size > 0;
  }

  /** @param {Rules} rules @param {World} world */
  run(rules, world) {
    const one = [...rules.outbox.values()][this.which % rules.outbox.size];
    const { state } = world.asHost('effect.settle', { effect_id: one.id, status: this.status,
      ...(this.status === 'retry' ? { retry_after_ms: 1000 } : { provider_id: `p${one.id}` }) });
    this.#told = `${one.id} was ${this.status}: ${one.state} -> ${state}`;
    const fresh = one.state === 'taken' && one.until > rules.now && !one.reported;
    assert.ok(!fresh || NEXT[this.status].includes(state), this.#told);
    if (this.status === 'unknown' && one.state === 'taken' && state === 'queued') one.unknown += 1;
    moved(one, state, this.#told);
    sentNow(rules, world, [], this.#told);
    lookAround(rules, world, this.#told);
  }

  toString() {
    return this.#told || `settle ${this.which} ${this.status}`;
  }
}

function moved(one, state, told) {
  assert.ok(state in WAY, told);
  const back = WAY[state] < WAY[one.state];
  assert.ok(!back || (one.state === 'unknown'), `${told}: back`);
  if (one.state === 'delivered' || one.state === 'read') assert.notEqual(state, 'failed', told);
  one.state = state;
}

/** @implements {fc.Command<Rules, World>} */
class Report {
  #told = '';

  /** @param {number} which @param {string} status @param {boolean} final */
  constructor(which, status, final) {
    this.which = which;
    this.status = status;
    this.final = final;
  }

  /** @param {Readonly<Rules>} rules */
  check(rules) {
    return rules.outbox.size > 0;
  }

  /** @param {Rules} rules @param {World} world */
  run(rules, world) {
    const one = [...rules.outbox.values()][this.which % rules.outbox.size];
    const channel = one.says.kind === 'sms.send' ? 'sms' : 'email';
    world.asHost('effect.report', { channel, provider_id: `p${one.id}`, status: this.status,
      ...(this.final ? {} : { final: false }) });
    one.reported = true;
    this.#told = `a report on ${one.id}: ${this.status}`;
    sentNow(rules, world, [], this.#told);
    lookAround(rules, world, this.#told);
  }

  toString() {
    return this.#told || `report ${this.which} ${this.status}`;
  }
}

export const pump = [
  fc.integer({ min: 1, max: 20 }).map((limit) => new Take(limit)),
  fc.tuple(fc.nat(40), fc.constantFrom(...SETTLEMENTS))
    .map(([which, status]) => new Settle(which, status)),
  fc.tuple(fc.nat(40), fc.constantFrom(...REPORTS), fc.boolean())
    .map(([which, status, final]) => new Report(which, status, final)),
];
