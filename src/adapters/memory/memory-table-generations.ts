import { type NewestTable, nextGeneration } from '../../application/next-generation.ts';
import {
  type Adoption,
  type AdoptionOptions,
  type Following,
  TableGenerations,
} from '../../application/ports/table-generations.ts';
import { Fault } from '../../domain/fault.ts';

/** The generations of tables, in memory. Streams without a name are taken for those of one more table. */
export class MemoryTableGenerations extends TableGenerations {
  readonly #generations = new Map<string, number>();
  #newest: NewestTable | undefined;

  override generationOf(tableArn: string, signal?: AbortSignal): Promise<Following> {
    if (signal?.aborted) return Promise.reject(aborted());
    const newest = this.#newest ?? this.#follow(tableArn, 0);
    const generation = this.#generations.get(tableArn);
    return Promise.resolve(
      generation === undefined
        ? { kind: 'refused', followed: newest.tableArn }
        : { kind: 'followed', generation, newest: generation === newest.generation },
    );
  }

  override async adopt(
    tableArn: string,
    { generation: wanted, signal }: AdoptionOptions = {},
  ): Promise<Adoption> {
    if (signal?.aborted) throw aborted();
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

function aborted(): Fault {
  return new Fault('transient', 'the call was aborted before it began');
}
