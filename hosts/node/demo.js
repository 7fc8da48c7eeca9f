// The small platform of a first start, made only through the core's operations, as any
// integration would make it. What is done is written down step by step, so that a start that was
// cut short is completed by the next one. Read next: demo-clinics.js, demo-play.js.
import { appendFileSync, readFileSync } from 'node:fs';
import { CLINICS, PLATFORM, STAFF } from './demo-clinics.js';
import { playForms, playReviews } from './demo-play.js';

const DAY_MS = 86_400_000;
const PAST_DAYS = 100;
const INTEGRATION = { role: 'integration' };

/** @param {import('./engine.js').Engine} engine
 * @param {{base_url: string, journal: string}} options journal: the file whose first line is the
 *   instant that the demo's past ends at; what was done is added to it */
export async function makeDemo(engine, { base_url: baseUrl, journal }) {
  const { now, done } = readJournal(journal);
  const demo = {
    engine,
    now,
    ids: new Map(),
    /** Once each, also after a kill: the reply that was not written down is stored by the core.
     * @param {string} key @param {string} op @param {object} input @param {number} at */
    step: async (key, op, input, at, actor = INTEGRATION) => {
      if (done.has(key)) return done.get(key);
      const out = await engine.call(op, input, { id: `demo:${key}`, actor, now: at });
      appendFileSync(journal, `${JSON.stringify({ key, out })}\n`);
      return out;
    },
  };
  const begun = now - PAST_DAYS * DAY_MS;
  // Setting twice does no harm, and the address may have changed since a start that was cut short.
  await engine.call('platform.set', { ...PLATFORM, base_url: baseUrl },
    { actor: INTEGRATION, now: begun });
  await Promise.all(STAFF.map((agent) => addAgent(demo, null, agent, begun)));
  for (const clinic of CLINICS) await addClinic(demo, clinic, begun);
  await playForms(demo);
  await playReviews(demo);
}

/** A line that a kill cut short is a step that is asked for again. */
function readJournal(path) {
  const [first, ...lines] = readFileSync(path, 'utf8').split('\n');
  const done = new Map();
  for (const line of lines) {
    try {
      const { key, out } = JSON.parse(line);
      done.set(key, out);
    } catch {
      continue;
    }
  }
  return { now: Number(first), done };
}

/** @param {any} demo @param {any} clinic @param {any} agent @param {number} at */
async function addAgent({ step, ids }, clinic, { key, practitioner, ...agent }, at) {
  const name = `${clinic?.key ?? 'platform'}:${key}`;
  const own = practitioner && { practitioner_id: ids.get(`${clinic.key}:${practitioner}`) };
  const { agent_id: agentId } = await step(`agent:${name}`, 'agent.add',
    { clinic_id: clinic?.id ?? null, ...agent, ...own }, at);
  ids.set(name, { role: agent.role, agent_id: agentId });
}

/** @param {any} demo @param {any} clinic @param {number} at */
async function addClinic(demo, { key, clinic, representative, agents, practitioners, hours,
  holidays }, at) {
  const { step, ids, now } = demo;
  const { clinic_id: clinicId } = await step(`clinic:${key}`, 'clinic.add', clinic, at);
  ids.set(key, clinicId);
  await Promise.all(practitioners.map(async ({ key: name, ...practitioner }) => {
    const added = await step(`practitioner:${key}:${name}`, 'practitioner.add',
      { clinic_id: clinicId, ...practitioner }, at);
    ids.set(`${key}:${name}`, added.practitioner_id);
  }));
  await Promise.all(agents.map((agent) =>
    addAgent(demo, { key, id: clinicId }, { locale: clinic.locale, ...agent }, at)));
  if (representative) {
    await step(`representative:${key}`, 'representative.set', representative, at,
      ids.get(`${key}:representative`));
  }
  const year = new Date(now).getUTCFullYear();
  await step(`hours:${key}`, 'clinic.set_hours', { clinic_id: clinicId, hours,
    holidays: [year, year + 1].flatMap((each) => holidays.map((day) => `${each}-${day}`)) }, at);
}
