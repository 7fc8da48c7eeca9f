// The small platform of a first start, made only through the core's operations, as any
// integration would make it. Each step has its own idempotency id: a start that was cut short
// is completed by the next one. Read next: demo-reviews.js, its content.
import { CHATS, CLINICS, PLATFORM, REPLIES, REVIEWS, STAFF } from './demo-reviews.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const INTEGRATION = { role: 'integration' };

/** @param {import('./engine.js').Engine} engine
 * @param {{base_url: string, now: number}} options now: the instant that the demo's past ends at */
export async function makeDemo(engine, { base_url: baseUrl, now }) {
  const demo = {
    now,
    ids: new Map(),
    /** @param {string} key @param {string} op @param {object} input @param {number} at */
    step: (key, op, input, at, actor = INTEGRATION) =>
      engine.call(op, input, { id: `demo:${key}`, actor, now: at }),
  };
  const begun = now - 30 * DAY_MS;
  // Setting twice does no harm, and the address may have changed since a start that was cut short.
  await engine.call('platform.set', { ...PLATFORM, base_url: baseUrl },
    { actor: INTEGRATION, now: begun });
  for (const agent of STAFF) await addAgent(demo, null, agent, begun);
  for (const clinic of CLINICS) await addClinic(demo, clinic, begun);
  for (const review of REVIEWS) await addReview(demo, review);
  for (const reply of REPLIES) await addReply(demo, reply);
  const lines = CHATS.flatMap((chat) =>
    chat.lines.map((line, index) => ({ ...line, chat, index })));
  lines.sort((one, other) => other.minutes - one.minutes);
  for (const line of lines) await addLine(engine, demo, line);
}

async function addAgent({ step, ids }, clinic, { key, ...agent }, at) {
  const name = `${clinic?.key ?? 'platform'}:${key}`;
  const { agent_id: agentId } = await step(`agent:${name}`, 'agent.add',
    { clinic_id: clinic?.id ?? null, ...agent }, at);
  ids.set(name, { role: agent.role, agent_id: agentId });
}

async function addClinic(demo, { key, clinic, representative, agents, practitioners }, at) {
  const { step, ids } = demo;
  const { clinic_id: clinicId } = await step(`clinic:${key}`, 'clinic.add', clinic, at);
  ids.set(key, clinicId);
  for (const agent of agents) {
    await addAgent(demo, { key, id: clinicId }, { locale: clinic.locale, ...agent }, at);
  }
  await step(`representative:${key}`, 'representative.set', representative, at,
    ids.get(`${key}:representative`));
  for (const { key: name, ...practitioner } of practitioners) {
    const added = await step(`practitioner:${key}:${name}`, 'practitioner.add',
      { clinic_id: clinicId, ...practitioner }, at);
    ids.set(`${key}:practitioner:${name}`, added.practitioner_id);
  }
}

/** @param {any} demo @param {any} review */
async function addReview({ step, ids, now }, { key, clinic, practitioner, days, ...review }) {
  const at = now - days * DAY_MS;
  const input = { clinic_id: ids.get(clinic), ...review, published_at: at };
  if (practitioner) input.practitioner_id = ids.get(`${clinic}:practitioner:${practitioner}`);
  const { review_id: reviewId } = await step(`review:${key}`, 'review.add', input, at);
  ids.set(`review:${key}`, {
    review_id: reviewId, clinic, phone: review.author_phone,
  });
}

async function addReply({ step, ids, now }, { review, minutes, text }) {
  const { review_id: reviewId, clinic } = ids.get(`review:${review}`);
  await step(`reply:${review}`, 'review.reply', { review_id: reviewId, text },
    now - minutes * MINUTE_MS, ids.get(`${clinic}:representative`));
}

async function addLine(engine, { step, ids, now }, { chat, index, minutes, by, text }) {
  const { review_id: reviewId, clinic, phone } = ids.get(`review:${chat.review}`);
  const at = now - minutes * MINUTE_MS;
  const key = `line:${chat.review}:${index}`;
  const agent = ids.get(`${clinic}:representative`);
  if (index === 0) {
    const opened = await step(key, 'review_chat.open',
      { review_id: reviewId, purpose: 'solve', text, confirmed: true }, at, agent);
    ids.set(`chat:${chat.review}`, opened.review_chat_id);
    return;
  }
  const chatId = ids.get(`chat:${chat.review}`);
  const actor = by === 'clinic' ? agent : await patientOf(engine, phone, at, key);
  await step(key, 'review_chat.post', { review_chat_id: chatId, text }, at, actor);
}

/** The patient came by the link of the first notice, which the outbox still holds: a lease of an
 * instant shows it, and leaves it to be sent. */
async function patientOf(engine, phone, at, key) {
  const { effects } = await engine.call('effect.take', { kinds: ['sms.send'], lease_ms: 1000 },
    { id: `demo:take:${key}`, now: at });
  const notice = effects.find((effect) => effect.to === phone);
  return { role: 'patient', link_id: notice.link.link_id };
}
