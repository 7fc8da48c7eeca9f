// verbs.mjs: the sentences that a transcript may use, one row each: how it reads, what it asks.
import { answer } from "./world.mjs";

const name = "([\\p{L}][\\p{L}.]*)";
const verb = (pattern, run) => [new RegExp(`^${pattern.replaceAll("NAME", name)}$`, "u"), run];
const json = (value) => JSON.stringify(value);

const platform = { role: "integration" };

function added(reply, kind) {
  if (reply.error) throw new Error(`${kind}: ${json(reply.error)}`);
  return reply.ok;
}

function addPerson(world, role, who, clinic, rest = "") {
  const [position, email] = rest.split(",").map((s) => s.trim()).filter(Boolean);
  const { agent_id } = added(world.ask(platform, "agent.add", {
    clinic_id: clinic ? world.clinics.get(clinic).clinic_id : null, role, name: who,
    ...(position && position !== "-" && { position }),
    email: email ?? `${world.people.size}@staff.test` }), "agent.add");
  world.people.set(who, { role, agent_id });
}

function addReview(world, who, phone, locale, rating, clinic, practitioner, email) {
  const { review_id } = added(world.ask(platform, "review.add", {
    clinic_id: world.clinics.get(clinic).clinic_id,
    ...(practitioner && { practitioner_id: world.practitioners.get(practitioner) }),
    author_name: who, author_phone: phone, ...(email && { author_email: email }), locale,
    rating: Number(rating), text: `${who}: ${rating}`, published_at: world.now - 86400000 }),
  "review.add");
  world.reviews.set(who, { review_id });
}

function openChat(world, who, author, purpose, confirmed, text) {
  const review = world.reviews.get(author);
  const reply = world.ask(world.person(who), "review_chat.open", { review_id: review.review_id,
    purpose, ...(text && { text }), ...(confirmed && { confirmed: true }) });
  return answer(reply, (ok) => {
    review.review_chat_id = ok.review_chat_id;
    return [`chat ${ok.review_chat_id}, message ${ok.message_id}`];
  });
}

const chatOf = (world, author) => world.reviews.get(author)?.review_chat_id ?? 999;
const posted = (ok) => [`message ${ok.message_id}, ${ok.notified ? "notified" : "not notified"}`
  + ` (rule ${ok.because.rule})`];

function post(world, who, author, text, id) {
  return answer(world.ask(world.person(who), "review_chat.post",
    { review_chat_id: chatOf(world, author), text }, id), posted);
}

function chatSeen(ok) {
  const chat = ok.review_chat;
  const flags = [chat.state, `purpose ${chat.purpose}`, chat.solved && "solved",
    chat.muted && "muted", `${chat.unanswered_count} unanswered`].filter(Boolean).join(", ");
  return [flags,
    ...ok.messages.map((m) => `${m.author}${m.agent_name ? ` ${m.agent_name}` : ""}: `
      + `${m.text} (${m.delivery})`),
    `may: ${ok.allowed.join(", ") || "nothing"}`,
    ...ok.refused.map((r) => `may not ${r.event}: ${r.code}`)];
}

function reviewSeen({ review }) {
  return [`${review.state}, rating ${review.rating ?? "none"}, text «${review.text}»`,
    ...(review.label ? [`label: ${review.label}`] : []),
    ...(review.reply ? [`reply: ${review.reply}`] : [])];
}

function factsSeen(because) {
  return because.facts && Object.keys(because.facts).length ? ` ${json(because.facts)}` : "";
}

export const verbs = [
  // the cast
  verb("platform (.+) speaks (ru|pl|en) with the (recommended|literal) preset",
    (w, n, locale, policy_preset) => void added(w.ask(platform, "platform.set",
      { name: n, base_url: "https://desk.test", locale, policy_preset }), "platform.set")),
  verb("clinic NAME in (\\S+), (premium|basic), speaks (ru|pl|en)", (w, n, zone, tier, locale) => {
    w.clinics.set(n, added(w.ask(platform, "clinic.add", { name: n, zone, tier, locale,
      phone: "+74951234567", email: `${w.clinics.size + 1}@clinic.test` }), "clinic.add"));
  }),
  verb("doctor NAME sees patients at NAME(?: for «(.+)»)?", (w, who, clinic, services) => {
    const { clinic_id } = w.clinics.get(clinic);
    w.clinicOf.set(who, clinic_id);
    w.practitioners.set(who, added(w.ask(platform, "practitioner.add", { clinic_id, name: who,
      ...(services && { services: services.split(", ") }) }), "practitioner.add").practitioner_id);
  }),
  verb("NAME is an? (representative|doctor|assistant|administrator) of NAME(?:, (.+))?",
    (w, who, role, clinic, rest) => addPerson(w, role, who, clinic, rest)),
  verb("NAME is a (moderator|manager) of the platform",
    (w, who, role) => addPerson(w, role, who, null)),
  verb("NAME \\((\\+\\d+), (ru|pl|en)(?:, (\\S+@\\S+))?\\) rated NAME (\\d)(?: for doctor NAME)?",
    (w, who, phone, locale, email, clinic, rating, doctor) =>
      addReview(w, who, phone, locale, rating, clinic, doctor, email)),
  verb("policy (\\S+) is (-?\\d+)(?: for NAME)?", (w, key, value, clinic) => answer(
    w.ask(platform, "policy.set", { key, value: Number(value),
      ...(clinic && { clinic_id: w.clinics.get(clinic).clinic_id }) }))),
  // the review chat
  verb("NAME opens a chat with NAME to (solve|thank)( confirmed)?(?:: «(.*)»)?", openChat),
  verb("NAME writes to NAME: «(.*)»", (w, who, author, text) => post(w, who, author, text)),
  verb("NAME writes: «(.*)»", (w, who, text) => post(w, who, who, text)),
  verb("NAME writes under key (\\S+): «(.*)»", (w, who, id, text) => post(w, who, who, text, id)),
  verb("NAME declares the problem solved( without confirming)?(?: in the chat of NAME)?",
    (w, who, not, author) => answer(w.ask(w.person(who), "review_chat.mark_solved",
      { review_chat_id: chatOf(w, author ?? who), ...(!not && { confirmed: true }) }),
    (ok) => [ok.already_solved ? "solved already" : "solved"])),
  verb("NAME ends the chat(?: of NAME)?", (w, who, author) => answer(w.ask(w.person(who),
    "review_chat.end", { review_chat_id: chatOf(w, author ?? who) }), () => ["ended"])),
  verb("NAME looks at the chat(?: of NAME)?", (w, who, author) => answer(w.ask(w.person(who),
    "review_chat.get", { review_chat_id: chatOf(w, author ?? who) }), chatSeen)),
  verb("NAME has read the chat(?: of NAME)?", (w, who, author) => answer(w.ask(w.person(who),
    "review_chat.mark_read", { review_chat_id: chatOf(w, author ?? who) }),
  (ok) => [`${ok.read} read`])),
  verb("NAME asks for the (solve|thank) text for NAME", (w, who, purpose, author) => answer(
    w.ask(w.person(who), "review_chat.greeting",
      { review_id: w.reviews.get(author).review_id, purpose }),
    (ok) => [`text: ${ok.text}`, `warning: ${ok.warning ?? "none"}`,
      `${ok.confirm_required ? "needs" : "needs no"} confirmation, `
      + `${ok.propose_reply ? "a public reply is proposed" : "no public reply proposed"}`])),
  verb("NAME introduces (?:himself|herself) as (.+), (.+), (\\S+@\\S+)",
    (w, who, n, position, email) => answer(w.ask(w.person(who), "representative.set",
      { name: n, position, email }), () => ["known"])),
  // reviews and ratings
  verb("NAME replies in public to NAME: «(.*)»", (w, who, author, text) => answer(
    w.ask(w.person(who), "review.reply", { review_id: w.reviews.get(author).review_id, text }),
    () => ["published"])),
  verb("NAME looks at the review of NAME", (w, who, author) => answer(w.ask(w.person(who),
    "review.get", { review_id: w.reviews.get(author).review_id }), reviewSeen)),
  verb("NAME lists the reviews", (w, who) => answer(w.ask(w.person(who), "review.list", {}),
    (ok) => ok.reviews.map((r) => `${r.author_name} of clinic ${r.clinic_id}: ${r.state}, `
      + `chat ${r.review_chat_state ?? "none"}`))),
  verb("the rating of NAME(?: \\((doctor)\\))?", (w, who, doctor) => answer(w.ask(
    { role: "visitor" }, "rating.get", doctor ? { practitioner_id: w.practitioners.get(who) }
      : { clinic_id: w.clinics.get(who).clinic_id }),
  (ok) => [`mean ${ok.mean ?? "none"}, count ${ok.count}`])),
  verb("NAME asks for the trail of NAME", (w, who, author) => answer(w.ask(w.person(who),
    "review.trail", { review_id: w.reviews.get(author).review_id }),
  (ok) => [...ok.rows.map((r) => `${r.role} ${r.event}: ${r.from_state} -> ${r.to_state} `
      + `(rule ${r.rule}) ${r.facts}`), `chain ${ok.chain}`])),
  verb("is NAME open", (w, clinic) => answer(w.ask({ role: "visitor" }, "clinic.hours",
    { clinic_id: w.clinics.get(clinic).clinic_id }), (ok) => [ok.open_now ? "open"
    : ok.opens_at ? `closed, opens ${new Date(ok.opens_at).toISOString()}` : "not known"])),
  // what happens next, and why
  verb("NAME asks what happens next to the chat of NAME", (w, who, author) => answer(
    w.ask(w.person(who), "item.next", { kind: "review_chat", item_id: chatOf(w, author) }),
    (ok) => ok.next.map((n) => `${n.at ? new Date(n.at).toISOString() : "whenever"} ${n.event} `
      + `(rule ${n.because.rule ?? "-"}): ${n.text}${n.unless ? `; ${n.unless}` : ""}`))),
  verb("NAME asks why of the (review_chat|review|message|effect) (\\d+)", (w, who, kind, id) =>
    answer(w.ask(w.person(who), "item.why", { kind, item_id: Number(id) }),
      (ok) => ok.history.map((h) => `${h.actor.role} ${h.event}: ${h.from} -> ${h.to} `
        + `(rule ${h.because.rule ?? "-"})${factsSeen(h.because)}: ${h.text}`))),
  // the host
  verb("the host stands still", (w) => void (w.pump = false)),
  verb("the host works again", (w) => void (w.pump = true)),
  verb("the host takes", (w) => w.ask({ role: "host" }, "effect.take", {}).ok.effects
    .map((e) => `effect ${e.effect_id}, attempt ${e.attempt}: ${w.told(e)}`)),
  verb("the provider answers (\\w+) for effect (\\d+)(?: (\\{.*\\}))?",
    (w, status, id, more) => answer(w.ask({ role: "host" }, "effect.settle",
      { effect_id: Number(id), status, ...(more && JSON.parse(more)) }), (ok) => [ok.state])),
  verb("the provider reports (delivered|failed|read) for (sms|email) (\\S+)( for now)?",
    (w, status, channel, provider_id, passing) => answer(w.ask({ role: "host" }, "effect.report",
      { channel, provider_id, status, ...(passing && { final: false }) }))),
  verb("the clock ticks", (w) => {
    const reply = w.ask({ role: "host" }, "clock.tick", {});
    return answer(reply, (ok) => [`${ok.fired} fired`]);
  }),
  verb("the chain is verified", (w) => answer(w.ask({ role: "host" }, "core.verify", {}),
    (ok) => [`chain ${ok.chain}`])),
  // links and sessions
  verb("a device opens link (\\d+)(?: with session (\\d+))?", (w, link_id, session_id) => answer(
    w.ask({ role: "host" }, "link.open", { link_id: Number(link_id),
      ...(session_id && { session_id: Number(session_id) }) }),
    (ok) => [ok.code_needed ? `a code is needed, sent to ${ok.sent_to ?? "nobody"}`
      : `session ${ok.session_id} of ${ok.name} for ${ok.item ? json(ok.item) : ok.role}`])),
  verb("a code is sent for link (\\d+)", (w, id) => answer(w.ask({ role: "host" },
    "link.send_code", { link_id: Number(id) }), (ok) => {
    w.code_id = ok.code_id;
    return ["sent"];
  })),
  verb("a (right|wrong) code is entered for link (\\d+)", (w, right, id) => answer(
    w.ask({ role: "host" }, "link.enter_code",
      { link_id: Number(id), code_id: w.code_id ?? 1, matched: right === "right" }),
    (ok) => [ok.wrong_code ? `wrong, ${ok.tries_left} tries left` : `session ${ok.session_id}`])),
  // anything else, as it crosses the line
  verb("NAME asks (\\S+\\.\\S+) (\\{.*\\})(?: under key (\\S+))?", (w, who, op, input, id) =>
    answer(w.ask(w.person(who), op, JSON.parse(input), id), (ok) => {
      // A session that is limited to one item is spoken of as "Ola.limited".
      if (op === "link.open" && ok.session_id) {
        for (const [person, actor] of w.people) {
          if (actor.agent_id === ok.actor.agent_id && !person.includes(".")) {
            w.people.set(`${person}.limited`, { ...actor, session_id: ok.session_id });
            break;
          }
        }
      }
      return [json(ok)];
    })),
  verb("the line (.+)", (w, line) => answer(w.send(line), (ok) => [json(ok)])),
];
