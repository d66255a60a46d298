import {
  type ScanPage,
  type ScanRequest,
  TableScan,
  type TableSize,
} from '../../../application/ports/table-scan.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { attributesIn } from '../pointers/load-entities.ts';
import type { Names } from '../schema/names.ts';
import { readText } from '../values/text.ts';

/** The id of a row, in hexadecimal digits. */
const PLACE = /^[0-9a-f]{64}$/;

/** Ids are hashes: their first four bytes divide them evenly. */
const PREFIXES = 2 ** 32;

interface Row {
  readonly at: string;
  readonly partition: string;
  readonly sort: string | null;
  readonly attributes: string;
}

/** The rows that `PostgresTableReplica` keeps, in the order of their ids: a segment is a range of them. */
export class PostgresTableScan extends TableScan {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async page(
    { segment, segments, from, limit }: ScanRequest,
    signal?: AbortSignal,
  ): Promise<ScanPage> {
    signal?.throwIfAborted();
    if (from !== undefined && !PLACE.test(from)) throw noPlace(from);
    const end = segment + 1 < segments ? boundOf(segment + 1, segments) : undefined;
    const found = await this.#database.query<Row>(
      `select encode(r.id, 'hex') as at, r.partition, r.sort, r.attributes::text from ${this.#names.source_rows} r
where not r.removed and r.attributes is not null and r.id ${from === undefined ? '>=' : '>'} $1::text::bytea${end === undefined ? '' : ' and r.id < $2::text::bytea'}
order by r.id limit ${limit}`,
      [`\\x${from ?? boundOf(segment, segments)}`, ...(end === undefined ? [] : [`\\x${end}`])],
      signal,
    );
    return {
      rows: found.map(({ partition, sort, attributes }) => ({
        key: { partition: readText(partition), sort: sort === null ? undefined : readText(sort) },
        attributes: attributesIn(attributes),
      })),
      next: found.length < limit ? undefined : found.at(-1)?.at,
      readUnits: found.length,
    };
  }

  override async size(signal?: AbortSignal): Promise<TableSize> {
    signal?.throwIfAborted();
    const [row] = await this.#database.query<{ readonly rows: string }>(
      `select count(*)::text as rows from ${this.#names.source_rows} where not removed and attributes is not null`,
      [],
      signal,
    );
    const rows = Number(row?.rows ?? 0);
    return { rows, scanUnits: rows, readUnitsPerSecond: undefined };
  }
}

/** The first four bytes of the first id of a segment. */
function boundOf(segment: number, segments: number): string {
  return Math.ceil((segment * PREFIXES) / segments)
    .toString(16)
    .padStart(8, '0');
}

function noPlace(from: string): Fault {
  return new Fault(
    'configuration',
    `${JSON.stringify(from.slice(0, 200))} is no place in the replica of a table: begin anew`,
    { reason: 'a scan cannot go on from where it is said to be' },
  );
}
