import type { AttributeValue } from 'aws-lambda';
import { expiry, number, text, time } from './attribute.ts';
import { MODELS, type Model } from './catalogue.ts';
import { faaMark, foreignMark, type RegistrationMark } from './registration-mark.ts';
import { Pool } from './pool.ts';
import type { Random } from '../../random/random.ts';
import type { FeedContext } from './feed-context.ts';
import type { Changes, Item } from './table.ts';
import * as words from './words.ts';

/** A registered aircraft. */
export interface Aircraft {
  readonly mark: RegistrationMark;
  readonly model: Model;
  readonly serial: string;
  readonly item: Item;
}

const FAA_SHARE = 0.65;
/** How many marks of aircraft gone are kept to be given again. */
const FREE_MARKS = 50;
const FERRY_PERMIT = 5 * 60_000;

/** The registration rows: aircraft come, change owners, are seen, and go. */
export class Registrations {
  readonly #context: FeedContext;
  readonly #alive = new Pool<Aircraft>();
  readonly #freeMarks: RegistrationMark[] = [];

  constructor(context: FeedContext) {
    this.#context = context;
  }

  pick(): Aircraft | undefined {
    return this.#alive.pick(this.#context.random);
  }

  /** An aircraft of the FAA's register. */
  pickFaa(): Aircraft | undefined {
    return this.#alive.find(this.#context.random, ({ mark }) => mark.registry === 'FAA');
  }

  /** A new aircraft, or one less where the fleet is complete. */
  register(): void {
    if (this.#alive.size >= this.#context.fleet) this.deregister();
    else this.#register(this.#mark());
  }

  deregister(): void {
    const aircraft = this.pick();
    if (aircraft !== undefined) this.#deregister(aircraft);
  }

  /** What search holds changes. */
  update(aircraft = this.pick()): void {
    if (aircraft !== undefined) this.#context.table.update(aircraft.item, this.#correction(aircraft));
  }

  /** What search does not hold changes, and nothing else. */
  touch(): void {
    const aircraft = this.pick();
    if (aircraft !== undefined) this.#context.table.update(aircraft.item, this.#sighting());
  }

  /** One aircraft changes many times in a row. */
  burst(): void {
    const aircraft = this.pick();
    if (aircraft === undefined) return;
    const { random, table, plans } = this.#context;
    const step = () => {
      if (random.chance(0.6)) this.update(aircraft);
      else table.update(aircraft.item, { last_seen_at: time(table.now) });
    };
    plans.add(new Array<() => void>(random.int(7, 20)).fill(step));
  }

  /** A mark is given, taken back and given again. */
  flap(): void {
    const mark = this.#mark();
    const aircraft = this.#register(mark);
    this.#context.plans.add([
      () => this.#deregister(aircraft),
      () => {
        if (!this.#context.table.has(...keyOf(mark))) this.#register(mark);
      },
    ]);
  }

  #register(mark: RegistrationMark): Aircraft {
    const { random, table, expiries } = this.#context;
    const model = random.pick(MODELS);
    const serial = serialNumber(random, model);
    const permit = mark.registry === 'FOREIGN' && random.chance(0.06) ? table.now + FERRY_PERMIT : undefined;
    const item = table.insert(...keyOf(mark), {
      registration: text(mark.registration),
      serial_number: text(serial),
      manufacturer: text(model.maker.name),
      model: text(random.pick(model.names)),
      type_designator: text(model.designator),
      icao24: text(mark.icao24),
      ...(random.chance(0.9) && { year_manufactured: number(random.int(model.since, 2025)) }),
      status: text('Valid'),
      ...(random.chance(0.9) && { owner_name: text(words.owner(random)) }),
      country: text(mark.country),
      updated_at: time(table.now),
      ...(random.chance(0.15) && { raw: words.raw(random) }),
      ...(permit !== undefined && { ttl: expiry(permit) }),
    });
    const aircraft = { mark, model, serial, item };
    this.#alive.add(aircraft);
    if (permit !== undefined) expiries.add(item, permit, () => this.#forget(aircraft));
    return aircraft;
  }

  #deregister(aircraft: Aircraft): void {
    this.#context.table.remove(aircraft.item);
    this.#forget(aircraft);
  }

  #forget(aircraft: Aircraft): void {
    if (!this.#alive.delete(aircraft)) return;
    this.#freeMarks.push(aircraft.mark);
    if (this.#freeMarks.length > FREE_MARKS) this.#freeMarks.shift();
  }

  /** A mark that no aircraft has: at times one that another had. */
  #mark(): RegistrationMark {
    const { random, table } = this.#context;
    for (;;) {
      const free = random.chance(0.4) ? this.#freeMarks.shift() : undefined;
      const mark = free ?? (random.chance(FAA_SHARE) ? faaMark(random) : foreignMark(random));
      if (!table.has(...keyOf(mark))) return mark;
    }
  }

  #correction({ model }: Aircraft): Changes {
    const { random, table } = this.#context;
    const changes = random.weighted<() => Changes>([
      [5, () => ({ owner_name: text(words.owner(random)) })],
      [4, () => ({ status: text(words.status(random)) })],
      [2, () => ({ model: text(random.pick(model.names)), type_designator: text(model.designator) })],
      [2, () => ({ year_manufactured: number(random.int(model.since, 2025)) })],
      [1, () => ({ owner_name: undefined, status: text('Deregistered') })],
      [1, () => ({ type_designator: random.chance(0.5) ? undefined : text('ZZZZ') })],
    ])();
    return { ...changes, updated_at: time(table.now) };
  }

  #sighting(): Changes {
    const { random, table } = this.#context;
    const once = <T extends AttributeValue>(value: T) => (random.chance(0.3) ? undefined : value);
    return random.weighted<() => Changes>([
      [12, () => ({ last_seen_at: time(table.now) })],
      [3, () => ({ notes: once(words.note(random)) })],
      [3, () => ({ tags: once(words.tags(random)) })],
      [1, () => ({ audit_hash: once(words.auditHash(random)) })],
      [1, () => ({ raw: once(words.raw(random)) })],
    ])();
  }
}

function keyOf({ registry, registration }: RegistrationMark): [pk: string, sk: string] {
  return [`AIRCRAFT#REGISTRY#${registry}`, `DETAIL#${registration}`];
}

/** Airliners have short numbers; those of light aircraft often begin with their series. */
function serialNumber(random: Random, { wake }: Model): string {
  const number = String(random.int(1000, 9999));
  return wake === 'L' && random.chance(0.8) ? `${random.int(28, 182)}${number}` : number;
}
