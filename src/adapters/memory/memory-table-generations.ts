import { type NewestTable, nextGeneration } from '../../domain/next-generation.ts';
import {
  type Adoption,
  type AdoptionOptions,
  type Following,
  TableGenerations,
} from '../../application/ports/table-generations.ts';

/** The generations of tables, in memory. Unnamed streams count as those of one more table. */
export class MemoryTableGenerations extends TableGenerations {
  readonly #generations = new Map<string, number>();
  #newest: NewestTable | undefined;

  override async generationOf(tableArn: string, signal?: AbortSignal): Promise<Following> {
    signal?.throwIfAborted();
    const newest = this.#newest ?? this.#follow(tableArn, 0);
    const generation = this.#generations.get(tableArn);
    return generation === undefined
      ? { kind: 'refused', followed: newest.tableArn }
      : { kind: 'followed', generation, newest: generation === newest.generation };
  }

  override async adopt(
    tableArn: string,
    { generation: wanted, signal }: AdoptionOptions = {},
  ): Promise<Adoption> {
    signal?.throwIfAborted();
    const before = this.#newest;
    if (before?.tableArn === tableArn && (wanted ?? before.generation) === before.generation)
      return { generation: before.generation, previous: tableArn, changed: false };
    const { generation } = this.#follow(tableArn, nextGeneration(before, wanted));
    return { generation, previous: before?.tableArn, changed: true };
  }

  #follow(tableArn: string, generation: number): NewestTable {
    this.#generations.set(tableArn, generation);
    return (this.#newest = { tableArn, generation });
  }
}
