// The demo's past, played in the order of time: what patients and clinics did, and in between the
// ticks and deliveries that the host would have made. The newest messages are left unsent, so that
// the outbox of a first start shows them. Read next: demo-forms.js, demo-reviews.js.
import { CLINICS } from './demo-clinics.js';
import { FORMS, PATIENTS } from './demo-forms.js';
import { CHATS, REPLIES, REVIEWS } from './demo-reviews.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const HOST = { role: 'host' };
/** From then on messages are left for the start that makes the demo. */
const LEFT_MS = 12 * HOUR_MS;
const READING_MS = 3 * MINUTE_MS;

/** @param {any} demo see demo.js */
export async function playForms(demo) {
  const events = [...CLINICS.flatMap((clinic) => absencesOf(demo, clinic)),
    ...FORMS.flatMap((form) => eventsOf(demo, form))];
  events.sort((one, other) => one.at - other.at);
  for (const { key, at, act } of events) {
    // Asked together, they are one commit, in this order.
    await Promise.all([demo.step(`tick:${key}`, 'clock.tick', {}, at, HOST), act(at)]);
    if (at < demo.now - LEFT_MS) await deliver(demo, key, at);
  }
}

function absencesOf({ step, ids, now }, { key, absences }) {
  const day = (days) => new Date(now + days * DAY_MS).toISOString().slice(0, 10);
  return absences.map(({ practitioner, from, to }) => ({
    key: `absence:${key}:${practitioner}`,
    at: now + Math.min(0, from - 5) * DAY_MS,
    act: (at) => step(`absence:${key}:${practitioner}`, 'absence.add', {
      clinic_id: ids.get(key), practitioner_id: ids.get(`${key}:${practitioner}`),
      from: day(from), to: day(to),
    }, at),
  }));
}

/** One form's life. `thread` is what its acts share: which form it is by now, and where. */
function eventsOf(demo, form) {
  const sentAt = demo.now - form.days * DAY_MS;
  const thread = { form, clinic: form.clinic, form_id: 0, patient: null };
  return [
    { key: form.key, at: sentAt, act: (at) => send(demo, thread, at) },
    ...form.then.map(([hours, by, act, text, more], index) => ({
      key: `${form.key}:${index}`,
      at: sentAt + hours * HOUR_MS,
      act: (at) => (by === 'patient'
        ? byPatient(demo, thread, { key: `${form.key}:${index}`, act, text, more, at })
        : byClinic(demo, thread, { key: `${form.key}:${index}`, by, act, text, more, at })),
    })),
  ];
}

const mailOf = (patient) => `${patient}@patients.example`;

async function send({ step, ids }, thread, at) {
  const { key, clinic, practitioner, patient, locale, service, text } = thread.form;
  const [name, phone] = PATIENTS[patient];
  const sent = await step(`form:${key}`, 'contact_form.send', {
    clinic_id: ids.get(clinic), name, email: mailOf(patient), locale, text,
    ...(practitioner && { practitioner_id: ids.get(`${clinic}:${practitioner}`) }),
    ...(phone && { phone }), ...(service && { service }),
  }, at);
  thread.form_id = sent.contact_form_id;
  ids.set(`waits:${mailOf(patient)}`, thread);
}

async function byClinic({ step, ids }, thread, { key, by, act, text, more, at }) {
  const agent = ids.get(`${thread.clinic}:${by}`);
  const it = { contact_form_id: thread.form_id };
  const { contact_form: form } = await step(`read:${key}`, 'contact_form.get', it,
    at - READING_MS, agent);
  const last = { last_message_id: form.last_message_id };
  const acts = {
    answer: ['contact_form.answer', { ...it, ...last, text }],
    phone: ['contact_form.answer_by_phone', { ...it, ...last, note: text }],
    reject: ['contact_form.reject', { ...it, ...last, reason: more, ...(text && { note: text }) }],
  };
  if (act !== 'read') await step(`act:${key}`, acts[act][0], acts[act][1], at, agent);
}

async function byPatient({ step, ids }, thread, { key, act, text, more, at }) {
  const it = { contact_form_id: thread.form_id };
  const acts = {
    reply: ['contact_form.reply', { ...it, text }],
    forward: ['contact_form.forward', { ...it, clinic_id: ids.get(more) }],
    accept: ['contact_form.accept_offer', { ...it, clinic_id: ids.get(more) }],
  };
  const out = await step(`act:${key}`, acts[act][0], acts[act][1], at, thread.patient);
  if (act === 'reply') return;
  Object.assign(thread, { clinic: more, form_id: out.contact_form_id });
}

/** Takes what is due, as the pump would, and lets it arrive. The patient comes by the link of the
 * first mail about the form. */
async function deliver({ step, ids }, key, at) {
  const { effects } = await step(`take:${key}`, 'effect.take',
    { kinds: ['email.send', 'sms.send'], limit: 50, lease_ms: 1000 }, at, HOST);
  await Promise.all(effects.map(({ effect_id: effectId, to, link }) => {
    const thread = ids.get(`waits:${to}`);
    if (thread && link?.purpose === 'contact_form') {
      thread.patient ??= { role: 'patient', link_id: link.link_id };
    }
    return step(`settle:${effectId}`, 'effect.settle',
      { effect_id: effectId, status: 'delivered' }, at, HOST);
  }));
}

/** @param {any} demo see demo.js */
export async function playReviews(demo) {
  for (const review of REVIEWS) await addReview(demo, review);
  for (const reply of REPLIES) await addReply(demo, reply);
  const lines = CHATS.flatMap((chat) =>
    chat.lines.map((line, index) => ({ ...line, chat, index })));
  lines.sort((one, other) => other.minutes - one.minutes);
  for (const line of lines) await addLine(demo, line);
}

/** @param {any} demo @param {any} review */
async function addReview({ step, ids, now }, { key, clinic, practitioner, days, ...review }) {
  const at = now - days * DAY_MS;
  const input = { clinic_id: ids.get(clinic), ...review, published_at: at,
    ...(practitioner && { practitioner_id: ids.get(`${clinic}:${practitioner}`) }) };
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

async function addLine(demo, { chat, index, minutes, by, text }) {
  const { step, ids, now } = demo;
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
  const actor = by === 'clinic' ? agent : await authorOf(demo, phone, at, key);
  await step(key, 'review_chat.post', { review_chat_id: chatId, text }, at, actor);
}

/** The author came by the link of the first notice, which the outbox still holds: a lease of an
 * instant shows it, and leaves it to be sent. */
async function authorOf({ step }, phone, at, key) {
  const { effects } = await step(`take:${key}`, 'effect.take',
    { kinds: ['sms.send'], lease_ms: 1000 }, at, HOST);
  const notice = effects.find((effect) => effect.to === phone);
  return { role: 'patient', link_id: notice.link.link_id };
}
