import {
  type Adoption,
  type Following,
  TableGenerations,
} from '../../application/ports/table-generations.ts';
import { Fault } from '../../domain/fault.ts';

/** The generations of tables, in memory. Streams without a name are taken for those of one more table. */
export class MemoryTableGenerations extends TableGenerations {
  readonly #generations = new Map<string, number>();
  #newest: { readonly tableArn: string; readonly generation: number } | undefined;

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

  override adopt(tableArn: string, signal?: AbortSignal): Promise<Adoption> {
    if (signal?.aborted) return Promise.reject(aborted());
    const before = this.#newest;
    const { generation } =
      before?.tableArn === tableArn ? before : this.#follow(tableArn, (before?.generation ?? 0) + 1);
    return Promise.resolve({ generation, previous: before?.tableArn });
  }

  #follow(tableArn: string, generation: number) {
    this.#generations.set(tableArn, generation);
    return (this.#newest = { tableArn, generation });
  }
}

function aborted(): Fault {
  return new Fault('transient', 'the call was aborted before it began');
}
