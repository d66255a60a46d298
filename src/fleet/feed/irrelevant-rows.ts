import { expiry, number, text, time } from './attribute.ts';
import { MODELS } from './catalogue.ts';
import { Expiries } from './expiries.ts';
import { Pool } from './pool.ts';
import type { FeedContext } from './feed-context.ts';
import type { Item } from './table.ts';
import * as words from './words.ts';

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
/** How long sessions and flights live, in milliseconds, at least and at most. */
const LIFETIME = [60_000, 300_000] as const;

/** The rows of the same table that nothing is derived from: users, their sessions, flights. */
export class IrrelevantRows {
  readonly #context: FeedContext;
  readonly #users = new Pool<Item>();
  readonly #fleeting = new Pool<Item>();
  readonly #expiries: Expiries;
  readonly #room: number;

  constructor(context: FeedContext) {
    this.#context = context;
    this.#expiries = new Expiries(context.table);
    this.#room = Math.max(10, Math.ceil(context.fleet / 10));
  }

  /** One change, at most, of one of them. */
  step(): void {
    const { random } = this.#context;
    if (random.chance(0.5) && this.#expiries.step()) return;
    const full = this.#fleeting.size >= this.#room;
    random.weighted<() => void>([
      [3, () => this.#user()],
      [4, () => (full ? this.#end() : this.#session())],
      [3, () => (full ? this.#end() : this.#flight())],
      [1, () => this.#end()],
      [3, () => this.#track()],
    ])();
  }

  #user(): void {
    const { random, table } = this.#context;
    const user = this.#users.pick(random);
    if (user === undefined || (this.#users.size < this.#room && random.chance(0.5))) {
      const id = random.hex(1);
      if (table.has(`USER#${id}`, 'PROFILE')) return;
      this.#users.add(
        table.insert(`USER#${id}`, 'PROFILE', { name: text(words.owner(random)), logins: number(0) }),
      );
    } else if (random.chance(0.1)) {
      table.remove(user);
      this.#users.delete(user);
    } else table.update(user, { logins: number(random.int(1, 9999)), notes: words.note(random) });
  }

  #session(): void {
    const { random } = this.#context;
    const user = this.#users.pick(random)?.pk ?? `USER#${random.hex(1)}`;
    this.#insert(user, `SESSION#${random.hex(2)}`);
  }

  #flight(): void {
    const { random, table } = this.#context;
    const callsign = random.text(CAPITALS, 3) + random.text(DIGITS, 4);
    this.#insert(`FLIGHT#${callsign}`, `LEG#${new Date(table.now).toISOString().slice(0, 10)}#1`);
  }

  #insert(pk: string, sk: string): void {
    const { random, table } = this.#context;
    if (table.has(pk, sk)) return;
    const expiresAt = table.now + random.int(...LIFETIME);
    const item = table.insert(pk, sk, {
      started_at: time(table.now),
      type: text(random.pick(MODELS).designator),
      ttl: expiry(expiresAt),
    });
    this.#fleeting.add(item);
    this.#expiries.add(item, expiresAt, () => void this.#fleeting.delete(item));
  }

  #track(): void {
    const { random, table } = this.#context;
    const item = this.#fleeting.pick(random);
    if (item === undefined) return;
    const position = [random.int(-90, 90), random.int(-180, 180)].map(number);
    table.update(item, { last_seen_at: time(table.now), position: { L: position } });
  }

  #end(): void {
    const item = this.#fleeting.pick(this.#context.random);
    if (item === undefined) return;
    this.#context.table.remove(item);
    this.#fleeting.delete(item);
  }
}
