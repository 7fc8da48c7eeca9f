// types.mjs: desk.d.ts: the input and output of every operation by its name.

const kinds = { text: "string", integer: "number", number: "number", boolean: "boolean",
  texts: "string[]", object: "object", objects: "object[]" };

/** Shapes that several outputs name. */
const shared = `
export type Role = "host" | "integration" | "representative" | "doctor" | "assistant"
  | "administrator" | "moderator" | "manager" | "patient" | "visitor";
export interface Actor { role: Role; agent_id?: number; link_id?: number; session_id?: number }
export interface Item { kind: string; item_id: number }
export interface Because { rule: number | null; facts: Record<string, unknown> }
export interface Refused { event: string; code: Code; message: string; rule: number | null }
export interface Failure {
  category: "invalid" | "refused" | "missing" | "denied" | "busy" | "storage" | "bug";
  code: Code; field: string | null; message: string; rule: number | null;
  facts?: Record<string, unknown>;
}
export type Delivery = "silent" | "queued" | "sent" | "delivered" | "read" | "failed" | "unknown";
export interface Message {
  message_id: number; author: "clinic" | "patient"; kind: "text" | "phone" | "rejection";
  agent_name: string | null; agent_position: string | null; text: string;
  reason: string | null; called_at: number | null; sent_at: number; delivery: Delivery;
}
export type FormState = "new" | "read" | "answered" | "answered_by_phone" | "rejected";
export interface Claim {
  agent_id: number; agent_name: string; until_at: number; mine: boolean;
}
export interface ContactFormRow {
  contact_form_id: number; clinic_id: number; practitioner_id: number | null;
  practitioner_name: string | null; name: string; service: string; locale: string;
  state: FormState; origin: "direct" | "secondary" | "forwarded"; secondary: boolean;
  offered_elsewhere: boolean; reminded_at: number | null; delivered_at: number;
  waiting_since_at: number | null; due_at: number | null; read_at: number | null;
  answered_at: number | null; answer_ms: number | null; answered_by: string | null;
  reason: string | null; last_author: "clinic" | "patient"; last_at: number;
  message_count: number; duplicate_of: number | null; bounced: boolean; claim: Claim | null;
}
export interface ContactForm extends ContactFormRow {
  clinic_name: string; email: string | null; phone: string | null; origin_id: number | null;
  offered_at: number | null; last_message_id: number; erased: boolean;
}
export interface AbsenceWarning { code: "absent"; back_on: string; text: string }
export interface Office {
  clinic_id: number; name: string; address: string; distance_km: number | null;
  practitioners: { practitioner_id: number; name: string }[];
}
export interface Indicator {
  median_ms: number | null; answered: number; total: number; waiting: number;
  answer_rate: number | null; window_d: number; min_n: number; enough: boolean;
  exclude_absence: boolean; from_at: number; as_of_at: number; hash: string; text: string;
}
export interface Bucket {
  from_ms: number; to_ms: number | null; count: number; contact_form_ids: number[];
}
export interface TrendPoint {
  from: string; to: string; median_ms: number | null; answered: number; total: number;
  contact_form_ids: number[];
}
export interface Activity {
  agent_id: number; name: string; role: Role; position: string; active: boolean; read: number;
  answered: number; answered_by_phone: number; rejected: number; median_ms: number | null;
  last_at: number | null;
}
export interface Task {
  task_id: number; kind: "bounced_address"; clinic_id: number; clinic_name: string;
  agent_id: number | null; agent_name: string | null; address: string; error: string;
  opened_at: number;
}
export interface ReviewChatRow {
  review_chat_id: number; review_id: number; clinic_id: number; clinic_name: string;
  state: "open" | "ended"; solved: boolean; purpose: "solve" | "thank"; muted: boolean;
  unanswered_count: number; message_count: number; last_author: "clinic" | "patient";
  last_at: number; author_name: string; rating: number | null; annulled_rating: number | null;
  text: string; published_at: number; review_state: "published" | "annulled";
  practitioner_name: string | null;
}
export interface ReviewChat {
  review_chat_id: number; review_id: number; clinic_id: number; clinic_name: string;
  state: "open" | "ended"; solved: boolean; purpose: "solve" | "thank"; muted: boolean;
  unanswered_count: number; opened_at: number; solved_at: number | null;
  ended_at: number | null; message_count: number; last_author: "clinic" | "patient";
  last_at: number; clinic_read_id: number; patient_read_id: number;
}
export interface ChatReview {
  author_name: string; rating: number | null; annulled_rating: number | null; text: string;
  published_at: number; state: "published" | "annulled"; practitioner_name: string | null;
  label: string | null;
}
export interface Review {
  review_id: number; clinic_id: number; practitioner_id: number | null;
  practitioner_name: string | null; author_name: string; locale: string; rating: number | null;
  annulled_rating: number | null; text: string; published_at: number;
  state: "published" | "annulled"; annulled_at: number | null; reply: string | null;
  replied_at: number | null; label: string | null; review_chat_id: number | null;
  review_chat_state: string | null; review_chat: object | null;
}
export interface TrailRow {
  history_id: number; at: number; item_kind: string; item_id: number; role: string;
  actor_id: number; event: string; from_state: string; to_state: string; rule: number;
  because: string; facts: string | null; facts_hash: string; hash_before: string | null;
  hash: string;
}
export interface Clinic {
  clinic_id: number; external_id: string | null; name: string; zone: string; tier: string;
  locale: string; phone: string | null; email: string | null; lat: number | null;
  lon: number | null; address: string | null;
}
export interface Period { day: number; from: string; to: string }
export interface Absence {
  absence_id: number; practitioner_id: number | null; practitioner_name: string | null;
  from: string; to: string;
}
export interface Practitioner {
  practitioner_id: number; clinic_id: number; name: string; tier: string | null;
  services: string[];
}
export interface Agent {
  agent_id: number; clinic_id: number | null; role: Role; name: string; position: string | null;
  email: string | null; phone: string | null; locale: string | null;
  practitioner_id: number | null; active: boolean;
}
export interface Representative {
  name: string; position: string; email: string | null; complete: boolean;
}
export interface Policy {
  key: string; value: number; changed: boolean; literal: number; recommended: number;
  min: number; max: number; unit: string; rule: number; text: string;
}
export interface Effect {
  effect_id: number; kind: EffectKind; to: string; name: string | null; subject: string | null;
  text: string; locale: string; code_id: number | null; deadline_at: number; attempt: number;
  link: { link_id: number | null; purpose: string; path: string; expires_at: number | null } | null;
  lease_until: number; because: Because; item_kind: string; item_id: number;
}
export interface Forecast {
  at: number | null; event: string; because: Because; unless: string | null; text: string;
}
export interface HistoryRow {
  history_id: number; at: number; actor: Actor; event: string; from: string; to: string;
  because: Because; text: string;
}
export interface Session {
  session_id: number; opened_at: number; seen_at: number; expires_at: number; current: boolean;
}
export interface CodeNeeded {
  code_needed: true; purpose: string; code_id: number | null; sent_to: string | null;
  locale: string;
}
export interface WrongCode { wrong_code: true; tries_left: number; message: string }
`;

/** @param {any} field */
function member(field) {
  const type = field.one_of ? field.one_of.map((word) => JSON.stringify(word)).join(" | ")
    : kinds[field.type];
  return `    /** ${field.doc} */\n    ${field.name}${field.required ? "" : "?"}: ${type};`;
}

/** @param {any} op */
function operation(op) {
  const rules = op.rules ? ` (rules ${op.rules.replaceAll(" ", ", ")})` : "";
  const input = op.in.length ? `{\n${op.in.map(member).join("\n")}\n  }`
    : "Record<string, never>";
  return `  /** ${op.doc}${rules} For: ${op.roles.join(", ")}. */\n`
    + `  "${op.name}": { in: ${input}; out: ${op.out.replaceAll("'", '"')} };`;
}

const union = (words) => words.map((word) => `  | ${JSON.stringify(word)}`).join("\n");

/** @param {any} described */
export function types(described) {
  return `// Generated by tools/gen.mjs from desk_describe(). Do not edit.
${shared.trim()}
export type EffectKind =\n${union(described.effects.map((e) => e.kind))};
export type Code =\n${union(described.errors.map((e) => e.code))};

export interface Ops {
${described.ops.map(operation).join("\n")}
}

export class DeskError extends Error {
  category: Failure["category"];
  code: string;
  field: string | null;
  rule: number | null;
}

export class Desk {
  static load(wasm: BufferSource | WebAssembly.Module | Response | Promise<Response>,
    options?: { path?: string; root?: string }): Promise<Desk>;
  call<K extends keyof Ops>(op: K, input: Ops[K]["in"],
    envelope?: { now?: number; actor?: Actor; id?: string }): Ops[K]["out"];
  request(envelope: object): any;
  requestText(text: string | Uint8Array): string;
  describe(): any;
  close(): void;
}
`;
}
