/* The pump: takes effects from the core, has them performed by the adapters, settles what came
 * of them, and ticks the core's clock when it asked to be woken. It decides nothing: retries,
 * deadlines and the next channel are the core's. It never performs an effect twice at a time,
 * and what it cannot know it settles as unknown. Read next: clock.js, adapters/README.md. */
import { openClock } from './clock.js';

const LEASE_MS = 60_000;
const LEASE_MARGIN_MS = 5_000;
const SLOTS = 8;
const LOOK_MS_MIN = 250;
const LOOK_MS_MAX = 2_000;
const CATCH_UP_MS = 5_000;
const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 30_000;
const TRIES_WHEN_STOPPING = 3;
const ERROR_LENGTH_MAX = 200;

/** @param {{
 *   call: (op: string, input: object) => Promise<any>,
 *   adapters: {kinds: string[], send: (effect: any) => Promise<any>, slots?: number}[],
 *   render: (effect: any) => any,
 *   log: any,
 *   now?: () => number,
 *   lease_ms?: number,
 *   catch_up_ms?: number,
 *   onOutcome?: (outcome: {kind: string, status: string}) => void,
 * }} parts `call` asks the core in the role host; `render` puts links and codes into the text
 *  @returns {{poke: (state: {pending: number, wake_at: number | null, ops?: string[]}) => void,
 *    stop: () => Promise<void>}} `poke` wants the state after every commit; ops: what it wrote */
export function startPump({
  call, adapters, render, log, now = Date.now, lease_ms = LEASE_MS, catch_up_ms = CATCH_UP_MS,
  onOutcome,
}) {
  const in_flight = new Map();
  const work = { call, render, log, now, lease_ms, catch_up_ms, onOutcome, stopping: false,
    in_flight };
  const lanes = [...new Set(adapters)].map((adapter) => openLane(adapter, work));
  const clock = openClock(work);

  function poke({ pending, wake_at, ops = [] }) {
    if (work.stopping) return;
    clock.set(wake_at);
    // What follows writes at leisure (the search index) does so on a tick.
    if (ops.some((op) => op !== 'clock.tick')) clock.catchUp();
    for (const lane of lanes) lane.poke(pending);
  }

  async function stop() {
    work.stopping = true;
    await clock.stop();
    await Promise.all(lanes.map((lane) => lane.stop()));
    await Promise.all(work.in_flight.values());
  }

  // What fell due, or was left in flight, while nothing ran.
  clock.set(now());
  for (const lane of lanes) lane.poke(1);
  return { poke, stop };
}

/* Each adapter has its own slots: a provider that hangs must not hold up the others.
 * `pending` also counts effects of other lanes, and each take is a commit that pokes. So after a
 * take a lane looks again at once only when more are pending than before, else a little later. */
function openLane(adapter, work) {
  const slots = adapter.slots ?? SLOTS;
  const lane = { busy: 0, taking: null, again: false, full: false, timer: null,
    pending: 0, seen: 0, look_ms: LOOK_MS_MIN };

  function poke(pending) {
    lane.pending = pending;
    if (pending === 0) lane.seen = 0;
    else if (lane.taking) lane.again = true;
    else if (pending > lane.seen) want();
    else lookLater();
  }

  function want() {
    if (work.stopping || lane.taking || lane.busy >= slots) return;
    clearTimeout(lane.timer);
    lane.timer = null;
    lane.taking = fill();
  }

  function lookLater() {
    lane.seen = Math.min(lane.seen, lane.pending);
    if (lane.timer || work.stopping) return;
    lane.timer = setTimeout(want, lane.look_ms);
    lane.look_ms = Math.min(LOOK_MS_MAX, lane.look_ms * 2);
  }

  async function fill() {
    let count;
    do {
      lane.again = false;
      const limit = slots - lane.busy;
      const effects = await take(adapter, limit, work);
      count = effects?.length ?? 0;
      lane.full = count === limit;
      if (!effects) lane.again = true;
      for (const effect of effects ?? []) run(effect);
    } while (count > 0 && (lane.again || lane.full) && lane.busy < slots && !work.stopping);
    lane.taking = null; // here, so that no slot that comes free after the last look is missed
    if (count > 0) lane.look_ms = LOOK_MS_MIN;
    lane.seen = lane.pending;
    if (count === 0 && lane.again) lookLater();
  }

  function run(effect) {
    // Taken again because its lease ran out while its outcome waits to be settled: one is enough.
    if (work.in_flight.has(effect.effect_id)) return;
    lane.busy += 1;
    const done = carry(adapter, effect, work).finally(() => {
      work.in_flight.delete(effect.effect_id);
      lane.busy -= 1;
      if (lane.full) want();
    });
    work.in_flight.set(effect.effect_id, done);
  }

  async function stop() {
    clearTimeout(lane.timer);
    await lane.taking;
  }

  return { poke, stop };
}

/* The effects, or null when the core could not give any. */
async function take({ kinds }, limit, { call, log, lease_ms }) {
  try {
    return (await call('effect.take', { kinds, limit, lease_ms })).effects;
  } catch (error) {
    log.warn({ code: error.code }, 'pump: nothing taken');
    return null;
  }
}

async function carry(adapter, effect, work) {
  const outcome = await perform(adapter, effect, work);
  const { status, provider_id, provider_ids, retry_after_ms } = outcome;
  const error = outcome.error?.slice(0, ERROR_LENGTH_MAX);
  const { effect_id, kind } = effect;
  work.log.info({ effect_id, kind, status, error }, 'effect performed');
  work.onOutcome?.({ kind, status });
  await settle(work, { effect_id, status, provider_id, provider_ids, error, retry_after_ms });
}

/* An adapter that outlives its lease is given up as unknown before the core offers the effect to
 * anybody else. One that throws may have sent. */
async function perform(adapter, effect, { render, log, now, lease_ms }) {
  let rendered;
  try {
    rendered = render(effect);
  } catch (error) {
    log.error({ effect_id: effect.effect_id, code: error.code }, 'pump: text not rendered');
    return { status: 'failed', error: 'host.not_rendered' };
  }
  let timer;
  const left_ms = (effect.lease_until ?? now() + lease_ms) - now();
  const expired = new Promise((resolve) => {
    const outcome = { status: 'unknown', error: 'host.no_outcome_in_time' };
    timer = setTimeout(resolve, Math.max(0, left_ms - LEASE_MARGIN_MS), outcome);
  });
  try {
    return await Promise.race([adapter.send(rendered), expired]);
  } catch (error) {
    log.error({ effect_id: effect.effect_id, code: error.code }, 'pump: the adapter threw');
    return { status: 'unknown', error: `host.${error.code ?? error.name}` };
  } finally {
    clearTimeout(timer);
  }
}

/* An outcome is worth more than patience: as long as the core cannot store it, it is offered
 * again. A refusal is an answer too: then the core knows better. */
async function settle(work, input) {
  let pause_ms = PAUSE_MS_MIN;
  let tries_left = TRIES_WHEN_STOPPING;
  for (;;) {
    try {
      return await work.call('effect.settle', input);
    } catch (error) {
      const { category, code } = error;
      work.log.warn({ effect_id: input.effect_id, code }, 'pump: outcome not settled');
      if (['invalid', 'refused', 'missing', 'denied'].includes(category)) return undefined;
      if (work.stopping && --tries_left === 0) return undefined;
    }
    await new Promise((resolve) => { setTimeout(resolve, pause_ms); });
    pause_ms = work.stopping ? PAUSE_MS_MIN : Math.min(PAUSE_MS_MAX, pause_ms * 2);
  }
}
