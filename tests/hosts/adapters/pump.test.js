/* The pump against a small outbox that keeps the promises of the core: a lease, `pending` and
 * `wake_at` after every commit. Its clock is the test's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPump } from '../../../hosts/node/pump.js';
import { atEnd } from '../host.js';
import { quiet, until } from './support.js';

/** An outbox with what the pump asks of the core, and everything that was asked. */
function outbox({ fail } = {}) {
  const effects = new Map();
  const calls = [];
  const box = { effects, calls, settled: [], pokes: 0, wake_at: null, pump: null };
  const takeable = (kinds) => [...effects.values()].filter((effect) =>
    effect.state === 'queued' && (!kinds || kinds.includes(effect.kind)));
  const commit = () => {
    box.pokes += 1;
    box.pump?.poke({ pending: takeable().length, wake_at: box.wake_at });
  };
  const ops = {
    'effect.take': ({ kinds, limit, lease_ms }) => {
      const taken = takeable(kinds).slice(0, limit);
      for (const effect of taken) effect.state = 'leased';
      return { effects: taken.map((effect) =>
        ({ ...effect, lease_until: Date.now() + lease_ms })) };
    },
    'effect.settle': (input) => {
      box.settled.push(input);
      effects.get(input.effect_id).state = input.status;
      return {};
    },
    'clock.tick': () => { box.wake_at = null; return {}; },
  };
  box.call = async (op, input) => {
    calls.push(op);
    await fail?.(op, input);
    const out = ops[op](input);
    commit();
    return out;
  };
  box.add = (...added) => {
    for (const fields of added) {
      const effect_id = effects.size + 1;
      const usual = { effect_id, kind: 'sms.send', state: 'queued', text: 'x' };
      effects.set(effect_id, { ...usual, ...fields });
    }
    commit();
  };
  box.wake = (at) => { box.wake_at = at; commit(); };
  box.count = (op) => calls.filter((called) => called === op).length;
  return box;
}

function pumpOf(t, box, adapters, parts = {}) {
  box.pump = startPump({ call: box.call, adapters, render: (effect) => effect, log: quiet,
    ...parts });
  atEnd(t, () => box.pump.stop());
  return box.pump;
}

/** An adapter that notes what it was given; `answer` makes the outcome. */
function adapterOf(kinds, answer = () => ({ status: 'sent' })) {
  const adapter = { kinds, sent: [], at_once: 0, at_once_max: 0 };
  adapter.send = async (effect) => {
    adapter.sent.push(effect);
    adapter.at_once += 1;
    adapter.at_once_max = Math.max(adapter.at_once_max, adapter.at_once);
    try { return await answer(effect); } finally { adapter.at_once -= 1; }
  };
  return adapter;
}

/** A wall clock that stands still until it is moved, and tells when it was looked at. */
function slowClock() {
  let looks = 0;
  const clock = { at: 1_000_000, now: () => { looks += 1; return clock.at; } };
  clock.readTimes = (count) => {
    const enough = looks + count;
    return until(`${count} looks at the clock`, () => looks >= enough);
  };
  return clock;
}

/** Lets everything that waits for nothing outside go on. */
async function turns(count) {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

const allSettled = (box, count) => until(`${count} outcomes`, () => box.settled.length === count);

test('every effect goes once to the adapter of its kind, rendered, and is settled', async (t) => {
  const box = outbox();
  const sms = adapterOf(['sms.send'], () => ({ status: 'sent', provider_id: 'a',
    provider_ids: ['a', 'b'], note: 'not for the core' }));
  const mail = adapterOf(['email.send'], () => ({ status: 'retry', error: 'smtp.450',
    retry_after_ms: 5 }));
  pumpOf(t, box, [sms, mail], { render: (effect) => ({ ...effect, text: 'with link' }) });
  box.add({}, { kind: 'email.send' });
  await allSettled(box, 2);
  assert.equal(sms.sent[0].text, 'with link');
  const by_id = box.settled.toSorted((a, b) => a.effect_id - b.effect_id);
  assert.deepEqual(JSON.parse(JSON.stringify(by_id)), [
    { effect_id: 1, status: 'sent', provider_id: 'a', provider_ids: ['a', 'b'] },
    { effect_id: 2, status: 'retry', error: 'smtp.450', retry_after_ms: 5 },
  ]);
});

test('what waited before the start is taken without a poke', async (t) => {
  const box = outbox();
  box.add({}, {});
  pumpOf(t, box, [adapterOf(['sms.send'])]);
  await allSettled(box, 2);
});

test('a thousand effects pass through eight slots, each once', async (t) => {
  const box = outbox();
  const sms = adapterOf(['sms.send'], () => new Promise((resolve) => {
    setImmediate(resolve, { status: 'sent' });
  }));
  pumpOf(t, box, [sms]);
  box.add(...Array.from({ length: 1000 }, () => ({})));
  await allSettled(box, 1000);
  assert.equal(new Set(sms.sent.map(({ effect_id }) => effect_id)).size, 1000);
  assert.equal(sms.sent.length, 1000);
  assert.equal(sms.at_once_max, 8);
});

test('a provider that hangs does not hold up the other', async (t) => {
  const box = outbox();
  let free;
  const hanging = new Promise((resolve) => { free = resolve; });
  pumpOf(t, box, [adapterOf(['sms.send'], () => hanging), adapterOf(['email.send'])]);
  box.add(...Array.from({ length: 20 }, () => ({})));
  box.add(...Array.from({ length: 20 }, () => ({ kind: 'email.send' })));
  await allSettled(box, 20);
  free({ status: 'sent' });
  await allSettled(box, 40);
});

test('an effect that nobody carries does not keep the pump busy', async (t) => {
  const box = outbox();
  pumpOf(t, box, [adapterOf(['sms.send'])]);
  box.add({ kind: 'push.send' });
  await until('three looks', () => box.count('effect.take') >= 3);
  const looks = box.count('effect.take');
  await turns(1000);
  assert.ok(box.count('effect.take') <= looks + 1);
  box.add({});
  await allSettled(box, 1);
});

test('a poke in the middle of a take is not lost', async (t) => {
  let open;
  const gate = new Promise((resolve) => { open = resolve; });
  let takes = 0;
  const box = outbox({ fail: async (op) => {
    if (op === 'effect.take' && ++takes === 1) await gate;
  } });
  const taken = box.call;
  // The first take has already read the outbox when the second effect is added.
  box.call = async (op, input) => {
    const out = await taken(op, input);
    if (op === 'effect.take' && takes === 1) box.add({ text: 'second' });
    return out;
  };
  pumpOf(t, box, [adapterOf(['sms.send'])]);
  box.add({ text: 'first' });
  open();
  await allSettled(box, 2);
});

test('an adapter that throws may have sent: unknown', async (t) => {
  const box = outbox();
  const broken = adapterOf(['sms.send'], () => { throw new TypeError('a defect'); });
  pumpOf(t, box, [broken]);
  box.add({});
  await allSettled(box, 1);
  assert.equal(box.settled[0].status, 'unknown');
  assert.equal(box.settled[0].error, 'host.TypeError');
});

test('an effect whose text cannot be rendered fails and reaches no provider', async (t) => {
  const box = outbox();
  const sms = adapterOf(['sms.send']);
  pumpOf(t, box, [sms], { render: () => { throw new Error('a defect'); } });
  box.add({});
  await allSettled(box, 1);
  assert.equal(box.settled[0].status, 'failed');
  assert.equal(sms.sent.length, 0);
});

test('an adapter that outlives the lease is settled as unknown before it ends', async (t) => {
  const box = outbox();
  pumpOf(t, box, [adapterOf(['sms.send'], () => new Promise(() => {}))], { lease_ms: 5_050 });
  box.add({});
  await allSettled(box, 1);
  assert.equal(box.settled[0].status, 'unknown');
  assert.equal(box.settled[0].error, 'host.no_outcome_in_time');
});

test('an outcome is offered until the core can store it, and nothing is sent twice', async (t) => {
  let failures = 3;
  const box = outbox({ fail: (op) => {
    if (op === 'effect.settle' && failures-- > 0) {
      throw Object.assign(new Error('disk'), { category: 'storage', code: 'storage.full' });
    }
  } });
  const sms = adapterOf(['sms.send']);
  pumpOf(t, box, [sms]);
  box.add({});
  await until('a first failure', () => failures < 3);
  // The lease runs out meanwhile, and the core offers the effect again.
  box.effects.get(1).state = 'queued';
  box.add({ kind: 'push.send' });
  await allSettled(box, 1);
  assert.equal(sms.sent.length, 1);
});

test('an outcome that the core refuses is not offered again', async (t) => {
  const box = outbox({ fail: (op, { effect_id }) => {
    if (op === 'effect.settle' && effect_id === 1) {
      throw Object.assign(new Error('no'), { category: 'refused', code: 'refused.not_leased' });
    }
  } });
  const pump = pumpOf(t, box, [adapterOf(['sms.send'])]);
  box.add({});
  await until('one try', () => box.count('effect.settle') === 1);
  box.add({});
  await allSettled(box, 1);
  await pump.stop();
  assert.equal(box.count('effect.settle'), 2);
});

test('a take that failed is tried again by itself', async (t) => {
  let failures = 2;
  const box = outbox({ fail: (op) => {
    if (op === 'effect.take' && failures-- > 0) {
      throw Object.assign(new Error('busy'), { category: 'busy', code: 'busy.storage' });
    }
  } });
  box.add({});
  pumpOf(t, box, [adapterOf(['sms.send'])]);
  await allSettled(box, 1);
});

test('the clock is ticked at the start, at wake_at and never before it', async (t) => {
  const box = outbox();
  const clock = slowClock();
  pumpOf(t, box, [], { now: clock.now });
  await until('the tick of the start', () => box.count('clock.tick') === 1);
  box.wake(clock.at + 50);
  // Its timer fires and fires again, but the wall clock has not moved, so nothing is due.
  await clock.readTimes(3);
  assert.equal(box.count('clock.tick'), 1);
  clock.at += 50;
  await until('the tick of wake_at', () => box.count('clock.tick') === 2);
});

test('a wake_at that comes nearer is obeyed', async (t) => {
  const box = outbox();
  pumpOf(t, box, []);
  await until('the tick of the start', () => box.count('clock.tick') === 1);
  box.wake(Date.now() + 3_600_000);
  box.wake(Date.now() + 20);
  await until('the near tick', () => box.count('clock.tick') === 2);
});

test('a wake_at that was taken back is forgotten', async (t) => {
  const box = outbox();
  const clock = slowClock();
  pumpOf(t, box, [], { now: clock.now });
  await until('the tick of the start', () => box.count('clock.tick') === 1);
  box.wake(clock.at + 10);
  box.wake(null);
  box.wake(clock.at + 100);
  clock.at += 20;
  await clock.readTimes(3);
  assert.equal(box.count('clock.tick'), 1);
});

test('after a write the clock is ticked soon, once for all that was written', async (t) => {
  const box = outbox();
  const clock = slowClock();
  pumpOf(t, box, [], { now: clock.now, catch_up_ms: 20 });
  await until('the tick of the start', () => box.count('clock.tick') === 1);
  box.wake_at = clock.at + 3_600_000;
  const wrote = (ops) => box.pump.poke({ pending: 0, wake_at: box.wake_at, ops });
  for (let count = 0; count < 30; count += 1) wrote(['contact_form.answer', 'clock.tick']);
  await until('the tick that catches up', () => box.count('clock.tick') === 2);
  // A tick is a commit too, and nothing follows it: another pump's tick, asked for later, is there.
  wrote(['clock.tick']);
  wrote([]);
  const later = outbox();
  pumpOf(t, later, [], { now: clock.now, catch_up_ms: 20 });
  await until('the tick of its start', () => later.count('clock.tick') === 1);
  later.pump.poke({ pending: 0, wake_at: null, ops: ['contact_form.answer'] });
  await until('its ticks', () => later.count('clock.tick') === 2);
  assert.equal(box.count('clock.tick'), 2);
});

test('commits without a pause do not put a tick off', async (t) => {
  for (const ops of [['contact_form.answer'], []]) {
    const box = outbox();
    pumpOf(t, box, [], { catch_up_ms: 10 });
    await until('the tick of the start', () => box.count('clock.tick') === 1);
    const due_at = Date.now() + (ops.length > 0 ? 3_600_000 : 20);
    let turn = 0;
    while (box.count('clock.tick') < 2) {
      box.pump.poke({ pending: 0, wake_at: due_at, ops });
      await turns(1);
      assert.ok((turn += 1) < 5_000_000, 'it was put off for ever');
    }
  }
});

test('a tick that failed is repeated', async (t) => {
  let failures = 2;
  const box = outbox({ fail: (op) => {
    if (op === 'clock.tick' && failures-- > 0) {
      throw Object.assign(new Error('disk'), { code: 'storage.full' });
    }
  } });
  pumpOf(t, box, []);
  await until('three ticks', () => box.count('clock.tick') === 3);
});

test('stopping takes nothing more and waits until what is in flight is settled', async (t) => {
  const box = outbox();
  let free;
  const sms = adapterOf(['sms.send'], () => new Promise((resolve) => { free = resolve; }));
  const pump = pumpOf(t, box, [{ ...sms, slots: 1, send: sms.send }]);
  box.add({}, {});
  await until('one is in flight', () => sms.sent.length === 1);
  let ended = false;
  const stopped = pump.stop().then(() => { ended = true; });
  box.add({});
  await turns(100);
  assert.equal(ended, false);
  free({ status: 'sent' });
  await stopped;
  assert.deepEqual(box.settled.map(({ effect_id }) => effect_id), [1]);
  assert.equal(sms.sent.length, 1);
});

test('stopping ends although the core can store nothing any more', async (t) => {
  const box = outbox({ fail: (op) => {
    if (op === 'effect.settle') throw Object.assign(new Error('x'), { category: 'storage' });
  } });
  const pump = pumpOf(t, box, [adapterOf(['sms.send'])]);
  box.add({});
  await until('a first try', () => box.count('effect.settle') > 0);
  await pump.stop();
});
