import {
  type ScanPage,
  type ScanRequest,
  TableScan,
  type TableSize,
} from '../../application/ports/table-scan.ts';
import { Fault } from '../../domain/fault.ts';
import { compareTexts } from '../../domain/compare-texts.ts';
import { keyTextOf } from '../../domain/key-value.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { Attributes } from '../../domain/value.ts';
import type { MemoryTable } from './memory-table.ts';

/** The rows of the table in memory. They are listed once for each segment, in the order of their keys, when that is begun or gone on with. */
export class MemoryTableScan extends TableScan {
  readonly #table: MemoryTable;
  /** Lists of segments that are not at their end, by where their next page begins. */
  readonly #listed = new Map<string, { readonly items: readonly string[]; readonly at: number }>();

  constructor(table: MemoryTable) {
    super();
    this.#table = table;
  }

  override async page(
    { segment, segments, from, limit }: ScanRequest,
    signal?: AbortSignal,
  ): Promise<ScanPage> {
    signal?.throwIfAborted();
    if (from !== undefined && !PLACE.test(from)) throw noPlace(from);
    const name = (place: string | undefined) => `${segment}/${segments} ${place ?? ''}`;
    const { items, at } = this.#listed.get(name(from)) ?? {
      items: this.#list(segment, segments, from),
      at: 0,
    };
    this.#listed.delete(name(from));
    const some = items.slice(at, at + limit);
    const next = at + limit < items.length ? some.at(-1) : undefined;
    if (next !== undefined) this.#listed.set(name(next), { items, at: at + limit });
    const rows = some.flatMap((item) => {
      const attributes = this.#table.ofItem(item);
      return attributes === undefined ? [] : [{ key: this.#keyOf(attributes), attributes }];
    });
    return { rows, next, readUnits: rows.length };
  }

  override async size(signal?: AbortSignal): Promise<TableSize> {
    signal?.throwIfAborted();
    const rows = [...this.#table.items()].length;
    return { rows, scanUnits: rows, readUnitsPerSecond: undefined };
  }

  #list(segment: number, segments: number, from: string | undefined): readonly string[] {
    return [...this.#table.items()]
      .filter((item) => hashOf(item) % segments === segment && (from === undefined || item > from))
      .toSorted(compareTexts);
  }

  #keyOf(attributes: Attributes): ItemKey {
    const { partition, partitionType, sort, sortType } = this.#table.keys;
    return {
      partition: keyTextOf(attributes.get(partition), partitionType) ?? '',
      sort: sort === undefined ? undefined : keyTextOf(attributes.get(sort), sortType),
    };
  }
}

/** As `itemKey` begins. */
const PLACE = /^\d+#/;

function noPlace(from: string): Fault {
  return new Fault(
    'configuration',
    `${JSON.stringify(from.slice(0, 200))} is no place in the table: begin anew`,
    { reason: 'a scan cannot go on from where it is said to be' },
  );
}

/** FNV-1a, by code units: it spreads keys evenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
