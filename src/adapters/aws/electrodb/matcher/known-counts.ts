import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../../../domain/fault.ts';
import { readAll } from '../batch-get.ts';
import { rawKey } from '../raw-key.ts';
import { type CountRow, rowsIn } from './count-row.ts';
import type { MatcherTables } from './matcher-tables.ts';
import { deltaKey, isTaken, type ModelDelta, rowsOf } from './model-delta.ts';

/** Why it is not known how many rows are counted in a count. */
export interface UnknownCount {
  readonly delta: ModelDelta;
  readonly fault: Fault;
  /** Whether it is none of Contrail's. Otherwise it was not read, which is in nobody's way who only adds to it. */
  readonly isForeign: boolean;
}

/** How many rows are counted, by count, as read from the table and as own transactions have moved them since; 0 where there is no row. */
export class KnownCounts {
  readonly #client: DynamoDBDocumentClient;
  readonly #tables: MatcherTables;
  readonly #signal: AbortSignal | undefined;
  readonly #rows = new Map<string, number>();

  constructor(client: DynamoDBDocumentClient, tables: MatcherTables, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#tables = tables;
    this.#signal = signal;
  }

  /** Reads how many rows are counted. @throws what the client throws. */
  async read(deltas: readonly ModelDelta[]): Promise<readonly UnknownCount[]> {
    const keys = deltas.map(({ at }) => rawKey(this.#tables.keys, at));
    const rows = await readAll<CountRow>(this.#client, this.#tables.table, keys, this.#signal);
    return deltas.flatMap((delta, index) => {
      const row = rows[index];
      const known = Fault.is(row) ? row : row === undefined ? 0 : rowsIn(row, delta, this.#tables);
      if (Fault.is(known)) return [{ delta, fault: known, isForeign: row !== known }];
      this.#rows.set(deltaKey(delta), known);
      return [];
    });
  }

  of(delta: ModelDelta): number {
    return this.#rows.get(deltaKey(delta)) ?? 0;
  }

  /** Notes what was written. */
  move(deltas: readonly ModelDelta[]): void {
    for (const delta of deltas) this.#rows.set(deltaKey(delta), this.of(delta) + rowsOf(delta));
  }

  /** Whether more is taken than is there: rows, or something of the amount of rows where none is counted. */
  isShort(delta: ModelDelta): boolean {
    if (!isTaken(delta)) return false;
    const known = this.of(delta);
    return known <= 0 || known + rowsOf(delta) < 0;
  }
}
