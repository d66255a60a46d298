import { SourceRows } from '../../application/ports/source-rows.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { MemoryTable } from './memory-table.ts';

/** The rows of the table in memory, as the changes brought them. */
export class MemorySourceRows extends SourceRows {
  readonly #table: MemoryTable;

  constructor(table: MemoryTable) {
    super();
    this.#table = table;
  }

  override async read(
    keys: readonly ItemKey[],
    signal?: AbortSignal,
  ): Promise<readonly (Attributes | undefined)[]> {
    signal?.throwIfAborted();
    return keys.map((key) => this.#table.row(key));
  }
}
