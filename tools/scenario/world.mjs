// world.mjs: the people and the host of a transcript. Turns a line into requests, and replies into
// the lines that stand below it. Knows words, no rules.
import { createHash } from "node:crypto";
import { form_verbs } from "./form_verbs.mjs";
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
  clinicOf = new Map(); // a doctor's name → clinic_id
  forms = new Map(); // a patient's name → the newest contact_form_id
  seen = new Map(); // "who form" → the newest message that person has seen of it
  links = new Map(); // "kind id" → newest link_id
  zone = "UTC"; // in which the transcript tells times
  wake_at = null;
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
    const parsed = JSON.parse(reply);
    if (parsed.wake_at !== undefined) this.wake_at = parsed.wake_at;
    return parsed;
  }

  sha256(text) {
    return createHash("sha256").update(text).digest("hex");
  }

  /** How far the transcript's zone is ahead of UTC. @param {number} at */
  offset(at) {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: this.zone, hourCycle: "h23",
      year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
      second: "numeric" }).formatToParts(at);
    const part = (type) => Number(parts.find((p) => p.type === type)?.value);
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"),
      part("second")) - Math.floor(at / 1000) * 1000;
  }

  /** The instant of a local "YYYY-MM-DD HH:MM[:SS]". @param {string} local */
  instant(local) {
    const [date, time] = local.split(" ");
    const utc = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}Z`);
    return utc - this.offset(utc - this.offset(utc));
  }

  /** @param {string} time on the transcript's day */
  at(time) {
    return this.instant(`${this.date} ${time}`);
  }

  /** An instant as the transcript's people read their clocks. @param {number} at */
  shown(at) {
    return new Date(at + this.offset(at)).toISOString().slice(0, 19).replace("T", " ");
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
    if (at) this.now = this.at(at[1]);
    if (!this.now) this.now = this.at("00:00");
    return this.act(at ? at[2] : line);
  }

  act(text) {
    for (const [pattern, run] of [...form_verbs, ...verbs]) {
      const found = pattern.exec(text);
      if (!found) continue;
      const seen = run(this, ...found.slice(1)) ?? [];
      return [...[seen].flat(), ...this.carry()];
    }
    throw new Error(`no verb fits: ${text}`);
  }

  person(name, contactFormId) {
    const review = this.reviews.get(name);
    const thread = review ? `review_chat ${review.review_chat_id}`
      : `contact_form ${contactFormId}`;
    if (review || (this.forms.has(name) && contactFormId)) {
      return { role: "patient", link_id: this.links.get(thread) ?? 999 };
    }
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
    if (["review_chat", "contact_form"].includes(effect.link?.purpose) && effect.link.link_id) {
      this.links.set(`${effect.item_kind} ${effect.item_id}`, effect.link.link_id);
    }
    const kind = { "sms.send": "SMS", "email.send": "E-mail" }[effect.kind] ?? "Push";
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
