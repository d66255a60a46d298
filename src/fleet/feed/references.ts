import { number, text, time } from './attribute.ts';
import { engineType, MAKERS, type Maker, type Model, MODELS } from './catalogue.ts';
import { Pool } from './pool.ts';
import type { Step } from './plans.ts';
import type { FeedContext } from './feed-context.ts';
import type { Item } from './table.ts';
import * as words from './words.ts';

interface Reference {
  readonly item: Item;
  readonly insert: () => void;
  /** Changes what search holds of it. */
  readonly edit: () => void;
}

/** ICAO's types, manufacturers and variants: written once, seldom changed. */
export class References {
  readonly #context: FeedContext;
  readonly #alive = new Pool<Reference>();

  constructor(context: FeedContext) {
    this.#context = context;
  }

  /** What writes them all, one after the other. */
  load(): Step[] {
    return [
      ...MAKERS.map((maker) => () => this.#insertMaker(maker)),
      ...MODELS.map((model) => () => this.#insertType(model)),
      ...MODELS.filter(({ names }) => names.length > 2).map((model) => () => this.#insertVariant(model)),
    ];
  }

  edit(): void {
    this.#pick()?.edit();
  }

  /** What search does not hold changes. */
  touch(): void {
    const { random, table } = this.#context;
    const reference = this.#pick();
    if (reference !== undefined)
      table.update(reference.item, { notes: words.note(random), checked_at: time(table.now) });
  }

  /** One is withdrawn, and comes back after a while. */
  flap(): void {
    const reference = this.#pick();
    if (reference === undefined) return;
    this.#alive.delete(reference);
    this.#context.table.remove(reference.item);
    this.#context.plans.add([reference.insert]);
  }

  #insertMaker(maker: Maker): void {
    const { random, table } = this.#context;
    const item = table.insert('ICAO#MANUFACTURERS', `MFR#${maker.code}`, {
      code: text(maker.code),
      name: text(maker.name),
      country: text(maker.country),
    });
    const edit = () => table.update(item, { name: text(random.pick([maker.name, ...maker.spellings])) });
    this.#alive.add({ item, insert: () => this.#insertMaker(maker), edit });
  }

  #insertType(model: Model): void {
    const { random, table } = this.#context;
    const item = table.insert('ICAO#AIRCRAFT', `TYPE#${model.designator}`, {
      designator: text(model.designator),
      manufacturer: text(model.maker.code),
      model: text(model.names[0] ?? model.designator),
      description: text(model.description),
      engine_type: text(engineType(model)),
      engine_count: number(model.description.charAt(1)),
      wake_category: text(model.wake),
    });
    const edit = () =>
      random.chance(0.7)
        ? table.update(item, { model: text(random.pick(model.names)) })
        : table.update(item, { wake_category: text(random.pick(['L', 'L/M', 'M', 'H'])) });
    this.#alive.add({ item, insert: () => this.#insertType(model), edit });
  }

  #insertVariant(model: Model): void {
    const { random, table } = this.#context;
    const item = table.insert('ICAO#VARIANTS', `VARIANT#${model.designator}#${model.names[1] ?? ''}`, {
      designator: text(model.designator),
      names: { SS: [...model.names] },
    });
    const edit = () => table.update(item, { rank: number(random.int(1, 99)) });
    this.#alive.add({ item, insert: () => this.#insertVariant(model), edit });
  }

  #pick(): Reference | undefined {
    return this.#alive.pick(this.#context.random);
  }
}
