// world.mjs: the people and the host of a transcript. Turns a line into requests, and replies into
// the lines that stand below it. Knows words, no rules.
import { verbs } from "./verbs.mjs";

const day = /^on (\d{4}-\d\d-\d\d)$/;
const timed = /^(\d\d:\d\d(?::\d\d(?:\.\d{3})?)?) (.+)$/;

export class World {
  requests = /** @type {string[]} */ ([]);
  replies = /** @type {string[]} */ ([]);
  date = "2026-03-02";
  now = 0;
  pump = true; // the host takes every effect at once and the provider accepts it
  people = new Map([
    ["platform", { role: "integration" }], ["host", { role: "host" }],
    ["visitor", { role: "visitor" }],
  ]);
  clinics = new Map();
  practitioners = new Map();
  reviews = new Map(); // author's name → { review_id, review_chat_id, locale }
  links = new Map(); // review_chat_id → newest link_id
  id = 0;

  /** @param {{ask: (line: string) => string}} build */
  constructor(build) {
    this.build = build;
  }

  /** One request as it would cross the line. */
  ask(actor, op, input, id) {
    const request = { op, now: this.now, actor, ...(id && { id }), in: input };
    return this.send(JSON.stringify(request));
  }

  /** @param {string} line */
  send(line) {
    const reply = this.build.ask(line);
    this.requests.push(line);
    this.replies.push(reply);
    return JSON.parse(reply);
  }

  /** What is seen after a line of the transcript. @param {string} line @returns {string[]} */
  step(line) {
    if (!line.trim() || line.startsWith("#") || /^(proves|example):/.test(line)) return [];
    const date = day.exec(line);
    if (date) {
      this.date = date[1];
      return [];
    }
    const at = timed.exec(line);
    if (at) this.now = Date.parse(`${this.date}T${at[1].length === 5 ? `${at[1]}:00` : at[1]}Z`);
    if (!this.now) this.now = Date.parse(`${this.date}T00:00:00Z`);
    return this.act(at ? at[2] : line);
  }

  act(text) {
    for (const [pattern, run] of verbs) {
      const found = pattern.exec(text);
      if (!found) continue;
      const seen = run(this, ...found.slice(1)) ?? [];
      return [...[seen].flat(), ...this.carry()];
    }
    throw new Error(`no verb fits: ${text}`);
  }

  person(name) {
    const review = this.reviews.get(name);
    if (review) return { role: "patient", link_id: this.links.get(review.review_chat_id) ?? 999 };
    const actor = this.people.get(name);
    if (!actor) throw new Error(`nobody is called ${name}`);
    return actor;
  }

  /** The host's round: takes what may be taken, the provider accepts it. */
  carry() {
    if (!this.pump) return [];
    const seen = [];
    for (;;) {
      const { effects } = this.ask({ role: "host" }, "effect.take", {}).ok;
      if (!effects.length) return seen;
      for (const effect of effects) {
        seen.push(this.told(effect));
        this.ask({ role: "host" }, "effect.settle",
          { effect_id: effect.effect_id, status: "sent", provider_id: `p${effect.effect_id}` });
      }
    }
  }

  /** An effect as its recipient gets it. */
  told(effect) {
    if (effect.link?.link_id && effect.item_kind === "review_chat") {
      this.links.set(effect.item_id, effect.link.link_id);
    }
    const kind = effect.kind === "sms.send" ? "SMS" : "E-mail";
    const subject = effect.subject ? `«${effect.subject}» ` : "";
    const text = effect.text.replaceAll("\n", " / ");
    return `${kind} to ${effect.to} (rule ${effect.because.rule}): ${subject}${text}`;
  }
}

/** "refused.closed (rule 20)", or what `ok` makes of the answer. */
export function answer(reply, ok = () => []) {
  if (!reply.error) return ok(reply.ok);
  const { code, field, rule } = reply.error;
  return [`${code}${field ? ` at ${field}` : ""}${rule ? ` (rule ${rule})` : ""}`];
}
