// People and things for the tests of the server: a clinic, its staff, a review, a chat under way.
// All of it comes through the same doors as in the product.
import assert from 'node:assert/strict';
import { until } from './host.js';

const INTEGRATION = { role: 'integration' };

/** @param {any} server from hostFor @param {string} [name] */
export async function clinicIn({ host }, name = 'Lotos') {
  const call = (op, input, actor = INTEGRATION) => host.engine.call(op, input, { actor });
  const word = name.toLowerCase();
  const { clinic_id: clinicId } = await call('clinic.add', {
    name, zone: 'Europe/Warsaw', tier: 'premium', locale: 'en', phone: '+48220000100',
    email: `info@${word}.example`,
  });
  const agent = async (role) => {
    const { agent_id: agentId } = await call('agent.add', {
      clinic_id: clinicId, role, name: `${role} of ${name}`, position: 'quality manager',
      email: `${role}@${word}.example`, locale: 'en',
    });
    const email = `${role}@${word}.example`;
    return { agent_id: agentId, email, actor: { role, agent_id: agentId } };
  };
  const representative = await agent('representative');
  await call('representative.set', {
    name: 'Anna Nowak', position: 'quality manager', email: `anna@${word}.example`,
  }, representative.actor);
  let phones = 0;
  return {
    clinic_id: clinicId,
    representative,
    agent,
    /** @param {object} [more] */
    review: async (more = {}) => {
      phones += 1;
      const phone = `+4850000${String(clinicId * 100 + phones).padStart(4, '0')}`;
      const { review_id: reviewId } = await call('review.add', {
        clinic_id: clinicId, author_name: 'Ewa', author_phone: phone, locale: 'en', rating: 2,
        text: 'They were an hour late.', published_at: host.now() - 1000, ...more,
      });
      return { review_id: reviewId, author_phone: phone };
    },
  };
}

/** A browser in which this agent is signed in. @param {any} server @param {number} agentId */
export async function signedIn(server, agentId) {
  const { host } = server;
  const invited = await host.engine.call('session.invite', { agent_id: agentId });
  const browser = server.browser();
  const opened = await browser.open(host.links.linkToken(invited.link_id));
  assert.equal(opened.status, 200, opened.text);
  return browser;
}

/** The newest message to this address, once it was sent. @param {any} server @param {string} to
 * @param {number} [after] an id of a message that is not meant */
export function sentTo({ host }, to, after = 0) {
  return until(async () => (await host.mailbox(after)).filter((one) => one.to === to).at(-1));
}

/** @param {{link_url: string}} message */
export function tokenIn(message) {
  return new URL(message.link_url).hash.slice(1);
}

/** A chat that the clinic opened: the representative's browser, the patient's token.
 * @param {any} server @param {string} [name] */
export async function chatIn(server, name = 'Lotos') {
  const clinic = await clinicIn(server, name);
  const { review_id: reviewId, author_phone: phone } = await clinic.review();
  const staff = await signedIn(server, clinic.representative.agent_id);
  const opened = await staff.call('review_chat.open', {
    review_id: reviewId, purpose: 'solve', text: 'Please tell us what happened.', confirmed: true,
  });
  assert.equal(opened.status, 200, opened.text);
  const message = await sentTo(server, phone);
  const id = opened.body.review_chat_id;
  // From here on nothing changes by itself.
  await until(async () => {
    const { body } = await staff.ask('GET', `/api/review_chat.get?review_chat_id=${id}`);
    return body.messages[0].delivery === 'delivered';
  });
  return {
    clinic, staff, phone, review_id: reviewId, review_chat_id: id,
    message, token: tokenIn(message),
  };
}

let forms = 0;

/** A question that came to a clinic, and the notice that its representative got of it.
 * @param {any} server @param {any} clinic from clinicIn @param {object} [more] */
export async function formIn(server, clinic, more = {}) {
  forms += 1;
  const email = `patient${forms}@patients.example`;
  const before = (await server.host.mailbox(0)).at(-1)?.id ?? 0;
  const sent = await server.asPlatform('contact_form.send', {
    clinic_id: clinic.clinic_id, name: 'Ewa', email, locale: 'en',
    text: `A question that no mail repeats, number ${forms}.`, ...more,
  });
  assert.equal(sent.status, 200, sent.text);
  const id = sent.body.contact_form_id;
  const notice = await sentTo(server, clinic.representative.email, before);
  return {
    contact_form_id: id,
    email,
    notice,
    token: tokenIn(notice),
    row: async () => {
      const { body } = await server.asPlatform('contact_form.list',
        { clinic_id: clinic.clinic_id, scope: 'all' });
      return body.contact_forms.find((form) => form.contact_form_id === id);
    },
  };
}
