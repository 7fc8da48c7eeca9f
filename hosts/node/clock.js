/* When the core's clock is ticked: at the instant that it asked for, and soon after a write. The
 * instant that counts is the wall clock's, which may be set while we sleep; timers follow another
 * clock, so we sleep in stretches of a minute at most. Read next: pump.js, who owns one. */

const SLEEP_MS_MAX = 60_000;
const GAP_MS = 5;
const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 30_000;

/** @param {{call: (op: string, input: object) => Promise<any>, log: any, now: () => number,
 *    catch_up_ms: number}} parts
 *  @returns {{set: (at: number | null) => void, catchUp: () => void,
 *    stop: () => Promise<void>}} */
export function openClock({ call, log, now, catch_up_ms }) {
  let wake_at = null;
  let late = false;
  let behind = null;
  let ticking = null;
  let pause_ms = PAUSE_MS_MIN;
  const alarm = openAlarm(ring);

  function set(at) {
    wake_at = at ?? null;
    if (!ticking) arm(GAP_MS);
  }

  function arm(delay_ms_min) {
    if (!late && wake_at === null) return alarm.cancel();
    const left_ms = late ? 0 : wake_at - now();
    return alarm.within(Math.min(SLEEP_MS_MAX, Math.max(delay_ms_min, left_ms)));
  }

  function ring() {
    if (!late && now() < wake_at) return arm(GAP_MS);
    ticking = tick().finally(() => { ticking = null; });
    return undefined;
  }

  /* A tick soon after a write, whatever the core asked for: one for all writes in between. */
  function catchUp() {
    behind ??= setTimeout(() => {
      behind = null;
      late = true;
      if (!ticking) arm(GAP_MS);
    }, catch_up_ms);
  }

  async function tick() {
    const was = { wake_at, late };
    wake_at = null; // until the commit of this tick says when the next is due
    late = false;
    try {
      await call('clock.tick', {});
      pause_ms = PAUSE_MS_MIN;
      arm(GAP_MS);
    } catch (error) {
      log.warn({ code: error.code }, 'the clock was not ticked');
      wake_at ??= was.wake_at;
      late ||= was.late;
      arm(pause_ms);
      pause_ms = Math.min(PAUSE_MS_MAX, pause_ms * 2);
    }
  }

  async function stop() {
    alarm.stop();
    clearTimeout(behind);
    await ticking;
  }

  return { set, catchUp, stop };
}

/* One timer. Commits come faster than the gap is long: a timer that rings soon enough is left
 * alone, else it would be put off for as long as people write. */
function openAlarm(ring) {
  let timer = null;
  let rings_ms = 0;
  let stopped = false;

  function cancel() {
    clearTimeout(timer);
    timer = null;
  }

  function within(delay_ms) {
    const wanted_ms = performance.now() + delay_ms;
    if (stopped || (timer && rings_ms <= wanted_ms)) return;
    cancel();
    rings_ms = wanted_ms;
    timer = setTimeout(() => {
      timer = null;
      ring();
    }, delay_ms);
  }

  return { cancel, within, stop: () => { stopped = true; cancel(); } };
}
