import { MemoryDerivedState } from '../../../src/adapters/memory/memory-derived-state.ts';
import type { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import { Violation } from '../checks/violation.ts';
import type { Script } from './scenario.ts';
import type { Stores } from './stores.ts';

/**
 * Compares all that is derived with the rows as they were written.
 *
 * @throws Violation where they differ.
 */
export async function checkTruth(stores: Stores, rows: Script['rows']): Promise<void> {
  stores.index.apply(stores.queue.drain());
  for (const index of [stores.index, stores.forgetful]) {
    const { drift } = await verify(new TrueState(stores, index, rows));
    if (drift.length > 0)
      throw new Violation(
        'what is derived is what the table says',
        drift.map(({ subsystem, problem, what }) => `${subsystem}: ${problem} ${what}`).join('; '),
      );
  }
  const found = [...stores.table.rows()].map((row) => ({ row, item: itemOf(row) }));
  const wrong = found.find(({ row, item }) => rows.get(item)?.equals(row) !== true);
  if (wrong !== undefined || found.length !== rows.size)
    throw new Violation(
      'the replica is the table',
      `it has ${found.length} rows of ${rows.size}; wrong is ${wrong?.item ?? 'none'}`,
    );
}

function itemOf(row: Attributes): string {
  const [pk, sk] = [row.get('PK'), row.get('SK')];
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('a row without keys');
  return `${pk} | ${sk}`;
}

/** What is derived, beside the rows as they were written, and not as the worker read them. */
class TrueState extends MemoryDerivedState {
  readonly #rows: Script['rows'];

  constructor({ table, matcher }: Stores, index: MemorySearchIndex, rows: Script['rows']) {
    super(index, table, matcher);
    this.#rows = rows;
  }

  override async *rows() {
    yield* this.#rows.values();
  }
}
