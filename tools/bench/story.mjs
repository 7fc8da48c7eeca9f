// The same story for every measurement: one clinic, its representative, patients in chats.
// It is told to a core in memory first, whose ids the lines then carry to any other core.
import { readFileSync } from "node:fs";
import { Desk } from "../../hosts/js/desk.js";

export const built = (/** @type {string} */ name) =>
  new URL(`../../build/${name}`, import.meta.url);

const integration = { role: "integration" };
const host = { role: "host" };
const words = "Dzień dobry, dziękujemy za wiadomość. Czy możemy do Państwa dziś zadzwonić?";

/** Requests as lines, each with an id and an instant of its own. */
export class Story {
  /** @type {string[]} */
  lines = [];
  #now = 1_772_438_400_000;
  #count = 0;
  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  static async begin() {
    return new Story(await Desk.load(readFileSync(built("desk_wasi.wasm"))));
  }

  /** @param {string} op @param {object} input @param {object} actor */
  line(op, input, actor) {
    this.#count += 1;
    this.#now += 1000;
    return JSON.stringify({ op, now: this.#now, actor, id: `bench-${this.#count}`, in: input });
  }

  /** Told now, because what follows needs its answer.
   * @param {string} op @param {object} input @param {object} actor @returns {any} */
  tell(op, input, actor) {
    const line = this.line(op, input, actor);
    this.lines.push(line);
    const reply = JSON.parse(this.#desk.requestText(line));
    if (reply.error) throw new Error(`${op}: ${reply.error.code} ${reply.error.message}`);
    return reply.ok;
  }

  clinic() {
    this.tell("platform.set", { name: "Zdrowie", base_url: "https://example.org", locale: "pl",
      policy_preset: "recommended" }, integration);
    const { clinic_id } = this.tell("clinic.add", { name: "Lotos", zone: "Europe/Warsaw",
      tier: "premium", locale: "pl", phone: "+48221234567", email: "k@example.org" }, integration);
    const { agent_id } = this.tell("agent.add", { clinic_id, role: "representative", name: "Anna",
      position: "kierownik", email: "anna@example.org" }, integration);
    const clinic = { role: "representative", agent_id };
    this.tell("representative.set", { name: "Anna", position: "kierownik",
      email: "anna@example.org" }, clinic);
    return { clinic_id, clinic };
  }

  /** A chat whose two sides can post. @param {{clinic_id: number, clinic: object}} at
   * @param {number} index tells patients apart */
  chat({ clinic_id, clinic }, index) {
    const { review_id } = this.tell("review.add", { clinic_id, author_name: `Jan ${index}`,
      author_phone: `+48500${String(index).padStart(6, "0")}`, locale: "pl", rating: 2,
      text: words, published_at: this.#now - 1000 }, integration);
    const { review_chat_id } = this.tell("review_chat.open", { review_id, purpose: "solve",
      text: words, confirmed: true }, clinic);
    const { effects } = this.tell("effect.take", { kinds: ["sms.send"], limit: 1 }, host);
    const [{ effect_id, link: { link_id } }] = effects;
    this.tell("effect.settle", { effect_id, status: "sent", provider_id: `p${effect_id}` }, host);
    const { actor } = this.tell("link.open", { link_id }, host);
    return { review_chat_id, clinic, patient: actor };
  }

  /** Posts of both sides in turn. @param {{review_chat_id: number, clinic: object,
   *   patient: object}} chat @param {number} count */
  posts({ review_chat_id, clinic, patient }, count) {
    return Array.from({ length: count }, (_, index) => this.line("review_chat.post",
      { review_chat_id, text: words }, index % 2 === 0 ? patient : clinic));
  }

  /** @param {{review_chat_id: number, clinic: object}} chat @param {number} count */
  reads({ review_chat_id, clinic }, count) {
    return Array.from({ length: count }, () =>
      this.line("review_chat.get", { review_chat_id }, clinic));
  }
}

/** @param {string[]} lines @param {number} size */
export function batches(lines, size) {
  const now = JSON.parse(lines.at(-1) ?? "{}").now;
  return Array.from({ length: Math.ceil(lines.length / size) }, (_, index) =>
    `{"now":${now},"batch":[${lines.slice(index * size, (index + 1) * size).join(",")}]}`);
}
