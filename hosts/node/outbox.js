// The developer's mailbox: what the adapter `local` would have sent, with working links; and the
// public page's data of the demo platform. Served only where the adapter `local` is in use.
import { HostError } from './errors.js';
import { operatorsOnly } from './metrics.js';

const VISITOR = { role: 'visitor' };

/** @param {any} app @param {any} host */
export function serveOutbox(app, host) {
  app.get('/platform.json', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return platform(host.engine, request.locale);
  });
  if (!host.mailbox) return;
  app.get('/outbox.json', async (request, reply) => {
    operatorsOnly(request);
    const after = Number(request.query.after ?? 0);
    if (!Number.isSafeInteger(after)) throw new HostError('invalid.wrong_type', 'after');
    reply.header('cache-control', 'no-store');
    return { messages: await host.mailbox(after) };
  });
}

/** Clinics with their ratings and reviews, as any visitor may read them. */
async function platform(engine, locale) {
  const as = { actor: VISITOR, locale };
  const { clinics } = await engine.call('clinic.list', {}, as);
  const known = await engine.request({ op: 'platform.get', ...as, in: {} });
  return {
    name: known.ok?.name ?? null,
    clinics: await Promise.all(clinics.map(async (clinic) => {
      const clinicId = clinic.clinic_id;
      const [rating, reviews, practitioners] = await Promise.all([
        engine.call('rating.get', { clinic_id: clinicId }, as),
        engine.call('review.list', { clinic_id: clinicId, limit: 200 }, as),
        engine.call('practitioner.list', { clinic_id: clinicId }, as),
      ]);
      return {
        ...clinic, rating, reviews: reviews.reviews, practitioners: practitioners.practitioners,
      };
    })),
  };
}

/** One request to the core. The mailbox forgets whom the core erases: its file is in the same
 * folder. @param {any} host @param {import('./engine.js').Envelope} envelope */
export async function askAndForget({ engine, forgetMail }, envelope) {
  if (envelope.op !== 'person.erase' || !forgetMail) return engine.request(envelope);
  const addresses = await addressesOf(engine, envelope.in);
  const answer = await engine.request(envelope);
  if (!answer.error) forgetMail(addresses);
  return answer;
}

/** Every address at which the core knows this person. */
async function addressesOf(engine, { email, phone }) {
  const { ok } = await engine.request({
    op: 'person.export', actor: { role: 'host' }, in: { email, phone },
  });
  const known = [...(ok?.contact_forms ?? []).flatMap((form) => [form.email, form.phone]),
    ...(ok?.reviews ?? []).flatMap((review) => [review.author_email, review.author_phone])];
  return [...new Set([email, phone, ...known])].filter(Boolean);
}
