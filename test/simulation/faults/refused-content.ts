import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/pointer.ts';
import type { Version } from '../../../src/domain/version.ts';
import { aroundCalls, type PortCall, type Ports } from '../../support/ports.ts';
import { chanceOf } from '../world/chance.ts';
import type { Entry, Position } from '../world/entry.ts';

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
    return aroundCalls(stores, async (call, make) => {
      const refusals = this.#refusalsOf(call);
      const results = await make(call.entries.filter((_, index) => refusals[index] === undefined));
      let next = 0;
      return call.entries.map((_, index) => refusals[index] ?? results[next++]!);
    });
  }

  #refusalsOf({ port, entries }: PortCall): readonly (Fault | undefined)[] {
    const ofChange = (version: Version) => nameOfChange(this.#positionOf(version));
    switch (port) {
      case 'queue.send':
        return entries.map(({ version }) => this.#refusalOf(ofChange(version), port));
      case 'images.save':
        return entries.map(({ view }) => this.#refusalOf(nameOfEntity(view.entity), port));
      case 'matcher.apply':
        return entries.map(({ to }) => this.#refusalOf(ofChange(to.version), port));
      default:
        return [];
    }
  }

  #refusalOf(name: string, port: string): Fault | undefined {
    if (this.#mended.has(name) || !this.#isRefused(name)) return undefined;
    const reason = `simulated: ${port} refuses what it is to hold`;
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

function nameOfEntity({ parts }: Entity): string {
  return `entity ${JSON.stringify(parts)}`;
}
