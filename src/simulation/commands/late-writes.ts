import { itemKey } from '../../domain/row.ts';
import { chanceOf } from '../world/chance.ts';
import type { Operation } from '../world/workload.ts';
import type { World } from '../world/world.ts';
import type { Planted } from './planted/plant.ts';

/** Writes that go on while something is looked for: none of rows that it is planted on, which they might mend. */
export class LateWrites {
  readonly #world: World;
  readonly #operations: readonly Operation[];

  constructor(
    world: World,
    operations: readonly Operation[],
    planted: readonly Planted[],
    take: (name: string) => boolean,
    when: string,
  ) {
    this.#world = world;
    const rows = planted.flatMap(({ row }) => row ?? []);
    const keys = new Set(rows.map(itemKey));
    const partitions = new Set(rows.map(({ partition }) => partition));
    const isPointed = planted.some(({ item }) => item.startsWith('pointer '));
    this.#operations = operations.filter(
      ({ item: { at }, name }) =>
        !keys.has(itemKey(at)) && !(isPointed && partitions.has(at.partition)) && take(`${when}: ${name}`),
    );
  }

  /** @param span how long they go on, in milliseconds. */
  begin(span: number): void {
    const { scheduler, source, changes, settings } = this.#world;
    const random = chanceOf(settings.seed, 'late writes', span);
    for (const operation of this.#operations)
      scheduler.in(random.int(1, span), () => {
        const write = source.write({ ...operation, variant: random.int(0, 7) });
        if (write !== undefined) changes.write(write, undefined);
      });
  }
}
