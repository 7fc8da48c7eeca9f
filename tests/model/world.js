// Two clinics in the real core, with everybody who may ask something of them, and one door: who
// asks, for what, when, under which key. Knows no rule. Read next: rules.js, steps.js.
import { readFile } from 'node:fs/promises';
import { Desk } from '../../hosts/js/desk.js';

const WASM = new URL('../../build/desk_wasi.wasm', import.meta.url);
export const START = Date.UTC(2026, 2, 2, 8);
/** @type {{role: any}} */
const HOST = { role: 'host' };
/** @type {{role: any}} */
const INTEGRATION = { role: 'integration' };
/** Whom the model knows: who they are, and whether they gave the data of rule 9. */
const STAFF = [
  { name: 'Anna', role: 'representative', clinic: 0, complete: true },
  { name: 'Borys', role: 'doctor', clinic: 0, complete: false },
  { name: 'Celina', role: 'assistant', clinic: 0, complete: false },
  { name: 'Dorota', role: 'administrator', clinic: 0, complete: true },
  { name: 'Eryk', role: 'representative', clinic: 1, complete: true },
  { name: 'Mira', role: 'moderator', clinic: null, complete: false },
];
const RATINGS = [[0, 2], [0, 5], [0, 4], [0, 1], [1, 3], [1, 5]];

let compiled = /** @type {Promise<WebAssembly.Module>|null} */ (null);

/** @typedef {{name: string, role: string, clinic: number|null, complete: boolean,
 *   actor: object, email?: string}} Person */
/** @typedef {{op: string, in: object, id?: string, locale?: string}} Asked */

export class World {
  now = START;
  /** @type {Person[]} */ people = [];
  /** @type {{review_id: number, clinic: number, rating: number, phone: string}[]} */ reviews = [];
  /** @type {number[]} */ clinics = [];
  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {(world: World) => void} [plant] makes this world a faulty one */
  static async open(plant) {
    compiled ??= readFile(WASM).then((bytes) => WebAssembly.compile(bytes));
    const world = new World(await Desk.load(await compiled));
    world.#settle();
    plant?.(world);
    return world;
  }

  #settle() {
    const as = (/** @type {any} */ op, input, actor = INTEGRATION) => this.#desk.call(op, input,
      { now: this.now, actor });
    as('platform.set', { name: 'Lekarze', base_url: 'https://p.example', locale: 'en',
      policy_preset: 'recommended' });
    this.clinics = [0, 1].map((place) => as('clinic.add', { name: `Clinic ${place}`,
      zone: 'Europe/Warsaw', tier: 'premium', locale: 'en', phone: `+4822000010${place}`,
      email: `info@clinic${place}.example` }).clinic_id);
    for (const one of STAFF) this.people.push({ ...one, ...this.#employ(one, as) });
    this.people.push({ name: 'the platform', role: 'integration', clinic: null, complete: false,
      actor: INTEGRATION });
    this.people.push({ name: 'a visitor', role: 'visitor', clinic: null, complete: false,
      actor: { role: 'visitor' } });
    this.reviews = RATINGS.map(([clinic, rating], place) => {
      const phone = `+4850000000${place}`;
      const { review_id } = as('review.add', { clinic_id: this.clinics[clinic], rating,
        author_name: `Author ${place}`, author_phone: phone, locale: 'en', text: 'As it was.',
        published_at: this.now - 1000 });
      return { review_id, clinic, rating, phone };
    });
  }

  #employ({ name, role, clinic, complete }, as) {
    const email = `${name.toLowerCase()}@staff.example`;
    const { agent_id } = as('agent.add', { role, name, email,
      ...(clinic === null ? {} : { clinic_id: this.clinics[clinic] }) });
    const actor = { role, agent_id };
    if (complete) as('representative.set', { name, position: 'manager', email }, actor);
    return { actor, email };
  }

  /** @param {object} actor @param {Asked} asked @returns {any} the core's reply */
  ask(actor, asked) {
    return this.#desk.request({ now: this.now, actor, ...asked });
  }

  /** @param {any} op @param {any} [input] @returns {any} */
  asHost(op, input = {}) {
    return this.#desk.call(op, input, { now: this.now, actor: HOST });
  }

  /** What waits to be sent and still may be, without taking it.
   * @returns {{effect_id: number, kind: string, to: string, item_kind: string, item_id: number,
   *   deadline_at: number,
   *   link: {link_id: number, purpose: string, expires_at: number}|null}[]} */
  waiting() {
    this.asHost('core.hold');
    const { effects } = this.asHost('effect.take', { limit: 1000 });
    this.asHost('core.rollback');
    return effects.filter((effect) => effect.deadline_at > this.now);
  }

  close() {
    this.#desk.close();
  }
}
