import { Fault } from '../../domain/fault.ts';
import type { Entity } from '../../domain/pointer.ts';
import type { Version } from '../../domain/version.ts';
import { aroundCalls, type PortCall, type Ports } from '../world/ports.ts';
import { chanceOf } from '../world/chance.ts';
import type { Entry, Position } from '../world/entry.ts';

/** What is known of changes. */
interface Known {
  readonly positionOf: (version: Version) => Position;
  /** Those whose pointers the worker may write for it. */
  readonly entitiesOf: (entry: Entry) => readonly Pick<Entity, 'parts'>[];
}

/**
 * What the stores never take for what it holds: what some changes ask for, and the default rows of some entities. The
 * same at every delivery, until an operator puts it right.
 */
export class RefusedContent {
  readonly #seed: number;
  readonly #share: number;
  readonly #known: Known;
  readonly #mended = new Set<string>();

  /** @param share how much of all that is written is refused. */
  constructor(seed: number, share: number, known: Known) {
    this.#seed = seed;
    this.#share = share;
    this.#known = known;
  }

  /** Whether the record asks for what is not taken, mended or not. */
  isPoison(entry: Entry): boolean {
    return this.#namesOf(entry).some((name) => this.#isRefused(name));
  }

  mend(entry: Entry): void {
    for (const name of this.#namesOf(entry)) this.#mended.add(name);
  }

  /** The stores, which refuse it. */
  refusedBy(stores: Ports): Ports {
    if (this.#share === 0) return stores;
    return aroundCalls(stores, async (call, make) => {
      const refusals = this.#refusalsOf(call);
      const results = await make(call.entries.filter((_, index) => refusals[index] === undefined));
      let next = 0;
      // Undefined may be a result.
      return call.entries.map((_, index) => refusals[index] ?? (results[next++] as (typeof results)[number]));
    });
  }

  #refusalsOf({ port, entries }: PortCall): readonly (Fault | undefined)[] {
    const ofChange = (version: Version) => nameOfChange(this.#known.positionOf(version));
    switch (port) {
      case 'queue.send':
        return entries.map(({ version }) => this.#refusalOf(ofChange(version), port));
      case 'images.save':
        return entries.map(({ view }) => this.#refusalOf(nameOfEntity(view.entity), port));
      case 'matcher.apply':
      case 'rows.apply':
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

  #namesOf(entry: Entry): readonly string[] {
    return [nameOfChange(entry.position), ...this.#known.entitiesOf(entry).map(nameOfEntity)];
  }

  #isRefused(name: string): boolean {
    return this.#share > 0 && chanceOf(this.#seed, 'refused content', name).chance(this.#share);
  }
}

function nameOfChange({ epoch, sequence }: Position): string {
  return `change ${sequence} of stream ${epoch}`;
}

function nameOfEntity({ parts }: Pick<Entity, 'parts'>): string {
  return `entity ${JSON.stringify(parts)}`;
}
