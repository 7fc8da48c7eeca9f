// form_verbs.mjs: the sentences about contact forms, opening hours and response times.
import { answer } from "./world.mjs";

const name = "([\\p{L}][\\p{L}.]*)";
const verb = (pattern, run) => [new RegExp(`^${pattern.replaceAll("NAME", name)
  .replaceAll("QUESTION", "(?:question (\\d+)|question of ([\\p{L}][\\p{L}.]*))")}$`, "u"), run];
const json = (value) => JSON.stringify(value);
const platform = { role: "integration" };

/** "question 3" or "question of Jan": the form's id. */
const formOf = (world, number, who) => Number(number ?? world.forms.get(who) ?? 999);

function ask(world, who, email, phone, locale, clinic, doctor, service, text) {
  const reply = world.ask({ role: "visitor" }, "contact_form.send", {
    clinic_id: world.clinics.get(clinic).clinic_id,
    ...(doctor && { practitioner_id: world.practitioners.get(doctor) }),
    name: who, email, ...(phone && { phone }), locale, ...(service && { service }), text });
  return answer(reply, (ok) => {
    world.forms.set(who, ok.contact_form_id);
    return [`question ${ok.contact_form_id}`,
      ...(ok.warning ? [`warning: ${ok.warning.text} (${ok.warning.back_on})`] : [])];
  });
}

function badges(form) {
  return [form.state, form.origin !== "direct" && form.origin,
    form.offered_elsewhere && "offered elsewhere", form.secondary && "secondary",
    form.reminded_at && "reminded", form.duplicate_of && `duplicate of ${form.duplicate_of}`,
    form.reason && `reason ${form.reason}`, form.bounced && "address bounces",
    form.claim && `${form.claim.agent_name} is answering${form.claim.mine ? " (mine)" : ""}`,
    form.erased && "erased"].filter(Boolean).join(", ");
}

function said(m) {
  const who = `${m.author}${m.agent_name ? ` ${m.agent_name}` : ""}`;
  const kind = m.kind === "text" ? "" : ` [${m.kind}${m.reason ? ` ${m.reason}` : ""}]`;
  return `${m.message_id} ${who}${kind}: ${m.text} (${m.delivery})`;
}

function open(world, who, number, of) {
  const id = formOf(world, number, of ?? (number ? null : who));
  return answer(world.ask(world.person(who, id), "contact_form.get", { contact_form_id: id }),
    (ok) => {
      world.seen.set(`${who} ${id}`, ok.messages.at(-1).message_id);
      return [badges(ok.contact_form), ...ok.messages.map(said),
        ...(ok.draft ? [`draft: ${ok.draft}`] : []),
        ...(ok.read_by?.length
          ? [`read by ${ok.read_by.map((r) => r.agent_name).join(", ")}`] : []),
        ...ok.forwarded.map((f) => `went on to ${f.clinic_name} (${f.origin})`),
        `may: ${ok.allowed.join(", ") || "nothing"}`];
    });
}

/** What a refusal shows: the other's answer, or who is answering. */
function refused(reply) {
  const facts = reply.error?.facts;
  if (!facts) return [];
  return [facts.text !== undefined ? `${facts.agent_name} wrote first: ${facts.text}`
    : `${facts.agent_name} is answering`];
}

function settle(world, op, who, id, more) {
  const seen = world.seen.get(`${who} ${id}`);
  const reply = world.ask(world.person(who), op, { contact_form_id: id,
    ...((seen || op === "contact_form.answer") && { last_message_id: seen ?? 1 }), ...more });
  const settled = (ok) => [`message ${ok.message_id}${ok.first ? ", the first answer" : ""}`];
  return [...answer(reply, settled), ...refused(reply)];
}

function run(world, until) {
  const end = world.instant(until);
  const seen = [...world.carry()];
  for (let due = world.wake_at; due && due <= end; due = world.wake_at) {
    world.now = Math.max(world.now, due);
    world.ask({ role: "host" }, "clock.tick", {});
    const told = world.carry();
    if (told.length) seen.push(world.shown(world.now), ...told.map((line) => `  ${line}`));
  }
  world.now = end;
  return seen;
}

function hours(world, who, clinic, text) {
  const whose = clinic && { clinic_id: world.clinics.get(clinic).clinic_id };
  return answer(world.ask(world.person(who), "clinic.set_hours",
    { ...whose, ...JSON.parse(text) }));
}

const inHours = (ms) => (ms === null ? "none" : `${ms / 3600000} h`);

function indicator(ok) {
  return [`median ${inHours(ok.median_ms)}, ${ok.answered} of ${ok.total} answered, `
    + `${ok.waiting} waiting`, ok.text];
}

const subject = (world, doctor, who) => (doctor ? { practitioner_id: world.practitioners.get(who) }
  : { clinic_id: world.clinics.get(who).clinic_id });

export const form_verbs = [
  verb("times are local to (\\S+)", (w, zone) => void (w.zone = zone)),
  verb("clinic NAME is at ([\\d.]+) ([\\d.]+)", (w, n, lat, lon) => answer(w.ask(platform,
    "clinic.set", { clinic_id: w.clinics.get(n).clinic_id, lat: Number(lat), lon: Number(lon) }))),
  verb("clinic NAME is (premium|basic) from now on", (w, n, tier) => answer(w.ask(platform,
    "clinic.set", { clinic_id: w.clinics.get(n).clinic_id, tier }))),
  verb("clinic NAME performs «(.+)»", (w, n, service) => answer(w.ask(platform, "service.add",
    { clinic_id: w.clinics.get(n).clinic_id, name: service }))),
  verb("NAME sets the hours of NAME to (\\{.*\\})", hours),
  verb("NAME sets the hours to (\\{.*\\})", (w, who, text) => hours(w, who, null, text)),
  verb("NAME is away from (\\S+) to (\\S+)(?:, entered by NAME)?", (w, who, from, to, by) => {
    const clinic = w.clinics.get(who);
    const doctor = w.practitioners.get(who);
    return answer(w.ask(by ? w.person(by) : platform, "absence.add", { from, to,
      ...(clinic ? { clinic_id: clinic.clinic_id }
        : { clinic_id: w.clinicOf.get(who), practitioner_id: doctor }) }),
    (ok) => [`absence ${ok.absence_id}, ${ok.moved} reminders moved`]);
  }),
  verb("absence (\\d+) is taken back", (w, id) => answer(w.ask(platform, "absence.remove",
    { absence_id: Number(id) }), (ok) => [`${ok.moved} reminders moved`])),
  verb("NAME \\((\\S+@\\S+?)(?:, (\\+\\d+))?, (ru|pl|en)\\) asks NAME(?: for doctor NAME)?"
    + "(?: about «(.+?)»)?: «(.*)»", ask),
  verb("NAME lists the questions(?: (\\{.*\\}))?", (w, who, input) => answer(
    w.ask(w.person(who), "contact_form.list", input ? JSON.parse(input) : { scope: "waiting" }),
    (ok) => [
      ...ok.contact_forms.map((f) => `${f.contact_form_id} ${f.name}: ${badges(f)}`
        + (f.due_at ? `; due ${w.shown(f.due_at)}` : "")),
      `${ok.counts.new} new, ${ok.counts.waiting} waiting, ${ok.counts.reminded} reminded, `
      + `${ok.counts.secondary} secondary`])),
  verb("NAME opens the QUESTION", open),
  verb("NAME looks at the answer", (w, who) => open(w, who, null, null)),
  verb("NAME claims the QUESTION( from a colleague)?", (w, who, number, of, over) => {
    const reply = w.ask(w.person(who), "contact_form.claim",
      { contact_form_id: formOf(w, number, of), ...(over && { take_over: true }) });
    return [...answer(reply, (ok) => [`until ${w.shown(ok.until_at)}`]), ...refused(reply)];
  }),
  verb("NAME releases the QUESTION", (w, who, number, of) => answer(w.ask(w.person(who),
    "contact_form.release", { contact_form_id: formOf(w, number, of) }), () => ["released"])),
  verb("NAME keeps a draft for the QUESTION: «(.*)»", (w, who, number, of, text) => answer(
    w.ask(w.person(who), "contact_form.save_draft",
      { contact_form_id: formOf(w, number, of), text }), () => ["kept"])),
  verb("NAME answers the QUESTION: «(.*)»", (w, who, number, of, text) =>
    settle(w, "contact_form.answer", who, formOf(w, number, of), { text })),
  verb("NAME notes a telephone answer to the QUESTION(?: of (\\d\\d:\\d\\d))?(?:: «(.*)»)?",
    (w, who, number, of, time, note) => settle(w, "contact_form.answer_by_phone", who,
      formOf(w, number, of), { ...(note && { note }), ...(time && { called_at: w.at(time) }) })),
  verb("NAME rejects the QUESTION as (\\S+?)(?:: «(.*)»)?", (w, who, number, of, reason, note) =>
    settle(w, "contact_form.reject", who, formOf(w, number, of),
      { reason, ...(note && { note }) })),
  verb("NAME has read the answer", (w, who) => answer(w.ask(w.person(who, w.forms.get(who)),
    "contact_form.mark_read", { contact_form_id: w.forms.get(who) }), (ok) => [`${ok.read} read`])),
  verb("NAME reacts: «(.*)»", (w, who, text) => answer(w.ask(w.person(who, w.forms.get(who)),
    "contact_form.reply", { contact_form_id: w.forms.get(who), text }),
  (ok) => [`message ${ok.message_id}`])),
  verb("NAME looks at the offers", (w, who) => answer(w.ask(w.person(who, w.forms.get(who)),
    "contact_form.offers", { contact_form_id: w.forms.get(who) }), (ok) => [
    ...ok.clinics.map((c) => `${c.name}, ${c.distance_km ?? "?"} km`),
    ok.offered ? "offered" : "not offered"])),
  verb("NAME (accepts the offer of|forwards the question to) NAME", (w, who, how, clinic) =>
    answer(w.ask(w.person(who, w.forms.get(who)),
      how.startsWith("accepts") ? "contact_form.accept_offer" : "contact_form.forward",
      { contact_form_id: w.forms.get(who), clinic_id: w.clinics.get(clinic).clinic_id }),
    (ok) => [`question ${ok.contact_form_id}`])),
  verb("the response time of (doctor )?NAME", (w, doctor, who) => answer(w.ask({ role: "visitor" },
    "response_indicator.get", subject(w, doctor, who)), indicator)),
  verb("the proof of the response time of (doctor )?NAME", (w, doctor, who) => {
    const wanted = w.ask({ role: "visitor" }, "response_indicator.get", subject(w, doctor, who)).ok;
    return answer(w.ask({ role: "visitor" }, "response_indicator.proof", subject(w, doctor, who)),
      (ok) => [...ok.samples.map((s) => `${s.day} ${s.answer_ms ?? "-"}`),
        ok.hash === wanted.hash && ok.hash === w.sha256(ok.canonical) ? "the hash fits"
          : "the hash does not fit"]);
  }),
  verb("NAME looks at the team from (\\S+) to (\\S+)", (w, who, from, to) => answer(
    w.ask(w.person(who), "team.activity", { from, to }), (ok) => ok.agents.map((a) => `${a.name} `
      + `(${a.role}): read ${a.read}, answered ${a.answered}, by phone ${a.answered_by_phone}, `
      + `rejected ${a.rejected}, median ${inHours(a.median_ms)}`))),
  verb("NAME asks what happens next to the QUESTION", (w, who, number, of) => answer(
    w.ask(w.person(who), "item.next", { kind: "contact_form", item_id: formOf(w, number, of) }),
    (ok) => ok.next.map((n) => `${n.at ? w.shown(n.at) : "whenever"} ${n.event} `
      + `(rule ${n.because.rule ?? "-"}): ${n.text}${n.unless ? `; ${n.unless}` : ""}`))),
  verb("NAME asks why of the QUESTION", (w, who, number, of) => answer(w.ask(w.person(who),
    "item.why", { kind: "contact_form", item_id: formOf(w, number, of) }),
  (ok) => ok.history.map((h) => `${w.shown(h.at)} ${h.actor.role} ${h.event}: ${h.from} -> ${h.to} `
    + `(rule ${h.because.rule ?? "-"}): ${h.text}`))),
  verb("the clock runs to (\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d(?::\\d\\d)?)", run),
  verb("NAME asks (search) (\\{.*\\})", (w, who, op, input) => answer(
    w.ask(w.person(who), op, JSON.parse(input)), (ok) => [json(ok.hits.map((h) =>
      [h.kind, h.item_id, h.name, h.state, h.snippet]))])),
];
