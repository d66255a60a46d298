import type { AttributeValue } from 'aws-lambda';
import type { Aircraft } from './aircraft.ts';
import { number, text, time } from './attribute.ts';
import { MODELS, type Model } from './catalogue.ts';
import { Pool } from './pool.ts';
import type { Random } from '../../random/random.ts';
import type { FeedContext } from './feed-context.ts';
import type { Item } from './table.ts';
import {
  blankField,
  isValid,
  oddSerial,
  padded,
  spoiledField,
  TUPLE_FIELDS,
  tupleFields,
} from './tuple-fields.ts';
import * as words from './words.ts';

interface Link {
  readonly model: Model;
  readonly item: Item;
}

const LEAST_ROOM = 30;
/** How many links begin without a valid tuple. */
const INVALID_SHARE = 0.08;

/** The FAA link rows: whose manufacturer, model and type are corrected, lost and found again. */
export class Links {
  readonly #context: FeedContext;
  readonly #aircraft: () => Aircraft | undefined;
  readonly #alive = new Pool<Link>();

  /** `aircraft` names one that may get a link. */
  constructor(context: FeedContext, aircraft: () => Aircraft | undefined) {
    this.#context = context;
    this.#aircraft = aircraft;
  }

  /** One link more, or one less where there are enough. */
  link(): void {
    if (this.#alive.size >= Math.max(this.#context.fleet, LEAST_ROOM)) {
      this.unlink();
      return;
    }
    const { random } = this.#context;
    const aircraft = random.chance(0.8) ? this.#aircraft() : undefined;
    const model = aircraft?.model ?? random.pick(MODELS);
    this.#insert(model, aircraft?.serial ?? oddSerial(random));
  }

  unlink(): void {
    this.#remove(this.#pick());
  }

  /** The tuple becomes another: another spelling, another name of the type, another type. */
  move(link = this.#pick()): void {
    if (link === undefined) return;
    const { random, table } = this.#context;
    const { model } = random.chance(0.2) ? { model: random.pick(MODELS) } : link;
    table.update(link.item, { ...tupleFields(random, model), matched_at: time(table.now) });
  }

  /** A field's blanks change, and so nothing that counts. */
  pad(): void {
    const link = this.#pick();
    if (link === undefined) return;
    const { random, table } = this.#context;
    const field = random.pick(TUPLE_FIELDS);
    const value = link.item.image[field]?.S;
    if (value !== undefined) table.update(link.item, { [field]: text(padded(random, value.trim())) });
  }

  /** The tuple becomes invalid. */
  spoil(): void {
    const link = this.#pick();
    if (link === undefined) return;
    const { random, table } = this.#context;
    table.update(link.item, spoiledField(random));
  }

  /** A tuple that is not valid becomes so. */
  mend(): void {
    const invalid = this.#alive.find(this.#context.random, ({ item }) => !isValid(item.image));
    if (invalid !== undefined) this.move(invalid);
  }

  /** What is not counted changes. */
  touch(link = this.#pick()): void {
    if (link === undefined) return;
    const { random, table } = this.#context;
    if (random.chance(0.7)) table.update(link.item, { confidence: confidence(random) });
    else table.update(link.item, { audit_hash: words.auditHash(random), notes: words.note(random) });
  }

  /** One link moves many times in a row. */
  burst(): void {
    const link = this.#pick();
    if (link === undefined) return;
    const { random, plans } = this.#context;
    const step = () => (random.chance(0.8) ? this.move(link) : this.touch(link));
    plans.add(new Array<() => void>(random.int(7, 20)).fill(step));
  }

  /** A link is made, removed and made again. */
  flap(): void {
    const { random, plans } = this.#context;
    const model = random.pick(MODELS);
    const serial = oddSerial(random);
    const link = this.#insert(model, serial);
    plans.add([() => this.#remove(link), () => void this.#insert(model, serial)]);
  }

  #insert(model: Model, serial: string): Link | undefined {
    const { random, table } = this.#context;
    const sk = `MFR_MDL_CODE#${model.faaCode}#SN#${serial}`;
    if (table.has('FAA#LINKS', sk)) return undefined;
    const item = table.insert('FAA#LINKS', sk, {
      ...tupleFields(random, model),
      serial_number: text(serial),
      mfr_mdl_code: text(model.faaCode),
      matched_at: time(table.now),
      ...(random.chance(0.3) && { confidence: confidence(random) }),
      ...(random.chance(INVALID_SHARE) && blankField(random)),
    });
    const link = { model, item };
    this.#alive.add(link);
    return link;
  }

  #remove(link: Link | undefined): void {
    if (link === undefined) return;
    this.#context.table.remove(link.item);
    this.#alive.delete(link);
  }

  #pick(): Link | undefined {
    return this.#alive.pick(this.#context.random);
  }
}

/** Two decimals, without the zero that DynamoDB would drop. */
function confidence(random: Random): AttributeValue {
  return number(`0.${random.int(1, 9)}${random.int(1, 9)}`);
}
