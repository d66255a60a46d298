import { Fault } from '../../../src/domain/fault.ts';
import { type Entity, entityKey } from '../../../src/domain/row.ts';
import type { Version } from '../../../src/domain/version.ts';
import { chanceOf } from '../world/chance.ts';
import type { Entry, Position } from '../world/entry.ts';
import { imagesWith, matcherWith, queueWith } from '../mutants/parts/ports-with.ts';
import type { Ports } from '../runs/variant.ts';

/**
 * What the stores never take for what it holds: what some changes ask for, and the default rows of some entities. The
 * same at every delivery, until an operator puts it right.
 */
export class RefusedContent {
  readonly #seed: number;
  readonly #share: number;
  readonly #positionOf: (version: Version) => Position;
  readonly #mended = new Set<string>();

  /** @param share how much of all that is written is refused. */
  constructor(seed: number, share: number, positionOf: (version: Version) => Position) {
    this.#seed = seed;
    this.#share = share;
    this.#positionOf = positionOf;
  }

  /** Whether the record asks for what is not taken, mended or not. */
  isPoison(entry: Entry): boolean {
    return namesOf(entry).some((name) => this.#isRefused(name));
  }

  mend(entry: Entry): void {
    for (const name of namesOf(entry)) this.#mended.add(name);
  }

  /** The stores, which refuse it. */
  refusedBy(stores: Ports): Ports {
    if (this.#share === 0) return stores;
    const ofChange = (version: Version) => nameOfChange(this.#positionOf(version));
    return {
      ...stores,
      queue: queueWith((actions, signal) =>
        this.#take(
          'queue',
          actions,
          ({ version }) => ofChange(version),
          (some) => stores.queue.send(some, signal),
        ),
      ),
      images: imagesWith(stores.images, {
        save: (writes, signal) =>
          this.#take(
            'images',
            writes,
            ({ view }) => nameOfEntity(view.entity),
            (some) => stores.images.save(some, signal),
          ),
      }),
      matcher: matcherWith(stores.matcher, (moves, signal) =>
        this.#take(
          'matcher',
          moves,
          ({ to }) => ofChange(to.version),
          (some) => stores.matcher.apply(some, signal),
        ),
      ),
    };
  }

  async #take<T, Result>(
    store: string,
    entries: readonly T[],
    nameOf: (entry: T) => string,
    take: (entries: readonly T[]) => Promise<readonly (Result | Fault)[]>,
  ): Promise<readonly (Result | Fault)[]> {
    const refusals = entries.map((entry) => this.#refusalOf(nameOf(entry), store));
    const results = await take(entries.filter((_, index) => refusals[index] === undefined));
    let next = 0;
    return refusals.map((refusal) => refusal ?? (results[next++] as Result | Fault));
  }

  #refusalOf(name: string, store: string): Fault | undefined {
    if (this.#mended.has(name) || !this.#isRefused(name)) return undefined;
    const reason = `simulated: ${store} refuses what it is to hold`;
    return new Fault('permanent', `${reason}, that of ${name}`, { reason });
  }

  #isRefused(name: string): boolean {
    return this.#share > 0 && chanceOf(this.#seed, 'refused content', name).chance(this.#share);
  }
}

function namesOf({ position, item }: Entry): readonly string[] {
  const change = nameOfChange(position);
  return item?.entity === undefined ? [change] : [change, nameOfEntity(item.entity)];
}

function nameOfChange({ epoch, sequence }: Position): string {
  return `change ${sequence} of stream ${epoch}`;
}

function nameOfEntity(entity: Entity): string {
  return `entity ${entityKey(entity)}`;
}
