import type { MemoryDerivedRowRepository } from '../adapters/memory/memory-derived-row-repository.ts';
import type { MemoryMatcherRepository } from '../adapters/memory/memory-matcher-repository.ts';
import type { MemoryTable } from '../adapters/memory/memory-table.ts';
import { canonicalRecord } from '../domain/canonical-text.ts';
import { compareTexts } from '../domain/compare-texts.ts';
import { countKey } from '../domain/count.ts';
import { pointerKey, storedCount, storedPointer, storedRow } from '../domain/stored-rows.ts';
import { keyRecord } from '../domain/key-value.ts';
import type { KeySchema } from '../domain/table-model.ts';
import type { Image } from './given-row.ts';
import { operationOf, type TableChange } from './source-table.ts';

/** Where a worker in memory keeps the rows that it derives. */
export interface DerivedStores {
  readonly keys: KeySchema;
  /** What the definition may call the source rows' table. */
  readonly table: string;
  readonly counts: MemoryMatcherRepository;
  readonly pointers: MemoryTable;
  readonly rows: MemoryDerivedRowRepository;
}

/** A derived row as it is; of a pointer without its revision, which tells one writing of it from the next. */
interface Derived {
  readonly keys: Image;
  readonly image: Image;
  readonly isPointer: boolean;
}

/** A derived row as the stream has told of it. */
interface Told {
  readonly keys: Image;
  readonly image: Image;
  /** The same for all that say the same. */
  readonly text: string;
}

/** What the table's stream would tell of the rows that the worker itself writes there, which look as on DynamoDB. */
export class FedBack {
  readonly #stores: DerivedStores;
  #told: ReadonlyMap<string, Told> = new Map();
  #revisions = 0;

  constructor(stores: DerivedStores) {
    this.#stores = stores;
  }

  /** What has changed since it was last asked, in the order of the keys. */
  changes(at: number): readonly TableChange[] {
    const before = this.#told;
    const after = new Map<string, Told>();
    for (const { keys, image, isPointer } of this.#derived()) {
      const item = canonicalRecord(Object.entries(keys));
      const text = canonicalRecord(Object.entries(image));
      const old = before.get(item);
      const revision = isPointer ? { revision: String(this.#revisions + 1) } : {};
      if (old?.text !== text) this.#revisions++;
      after.set(item, old?.text === text ? old : { keys, image: { ...image, ...revision }, text });
    }
    this.#told = after;
    const items = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareTexts);
    return items.flatMap((item): TableChange[] => {
      const [old, now] = [before.get(item), after.get(item)];
      const keys = (now ?? old)?.keys;
      if (keys === undefined || old === now) return [];
      const operation = operationOf(old?.image, now?.image);
      return [{ operation, keys, before: old?.image, after: now?.image, at, origin: 'user' }];
    });
  }

  *#derived(): Generator<Derived> {
    const { keys: schema, counts, pointers, rows, table } = this.#stores;
    for (const count of counts.stored())
      yield {
        keys: keyRecord(schema, countKey(count.model, count.tuple)),
        image: storedCount(schema, count),
        isPointer: false,
      };
    for (const { entity, member } of pointers.pointers())
      yield {
        keys: keyRecord(schema, pointerKey(entity)),
        image: storedPointer(schema, entity, member),
        isPointer: true,
      };
    for (const { row, source } of rows.rows())
      if (row.table === undefined || row.table === table)
        yield { keys: row.key, image: storedRow(row, source), isPointer: false };
  }
}
