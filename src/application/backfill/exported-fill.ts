import { Fault } from '../../domain/fault.ts';
import type { StreamGap } from '../../domain/shard.ts';
import { TOMBSTONE_SECONDS } from '../../domain/tombstones.ts';
import type { ExportDescription, ExportedRows } from '../ports/exported-rows.ts';

/** What is known of the table that is filled. */
export interface FilledTable {
  /** Its ARN; undefined where nothing says it. */
  readonly table: string | undefined;
  readonly tableId: string | undefined;
  /**
   * Since when its present stream is switched on, in milliseconds since 1970; `off` where none is, undefined where that is not known.
   */
  readonly streamSince: number | 'off' | undefined;
  /** Where its stream was read with gaps that nobody has repaired. */
  readonly gaps: readonly StreamGap[];
}

/** A fill whose rows are those of an export, instead of those that a scan of the table finds. */
export interface ExportedFill {
  readonly rows: ExportedRows;
  /** Every change since then has been handled by a worker with this definition, or will be; undefined where nobody says so. */
  readonly followedSince: number | undefined;
  readonly filled: FilledTable;
}

/** Tombstones are written by clocks that may be wrong by much less. */
const MARGIN_MS = 24 * 60 * 60 * 1_000;
const OLDEST_MS = TOMBSTONE_SECONDS * 1_000 - MARGIN_MS;

/**
 * Whether what an export has may be derived where nothing is noted of a row: only if all that has changed since the export was made is
 * handled. What was put between the export and the first change that a worker handles is in neither, and what was removed would come back.
 *
 * @throws Fault `configuration` that says what does not hold, and what to do.
 */
export function checkExport(
  { rows: { description }, followedSince, filled }: ExportedFill,
  now: number,
): void {
  const { name, table, tableId, at } = description;
  const taken = `${name} has the rows of ${iso(at)}`;
  if (filled.table !== undefined && filled.table !== table)
    throw new Fault('configuration', `${name} is an export of ${table}, and the table is ${filled.table}`);
  if (filled.tableId !== undefined && tableId !== undefined && filled.tableId !== tableId)
    throw new Fault(
      'configuration',
      `${name} is an export of an earlier table that had the name of ${table}: take a new one`,
    );
  if (filled.streamSince === 'off')
    throw new Fault(
      'configuration',
      `${taken}, and the table has no stream that tells what changed since: ${INSTEAD}`,
    );
  if (filled.streamSince !== undefined && filled.streamSince > at)
    throw new Fault(
      'configuration',
      `${taken}, and the table's stream is switched on since ${iso(filled.streamSince)}: what changed in between is in neither. ${INSTEAD}`,
    );
  if (followedSince === undefined)
    throw new Fault(
      'configuration',
      `${taken}: what was put or removed since then must be in what a worker with this definition has handled. Say from when on one has handled every change, with --followed-since TIME; where that is later, ${INSTEAD}`,
    );
  if (followedSince > at)
    throw new Fault(
      'configuration',
      `${taken}, and changes are handled since ${iso(followedSince)}: what changed in between is in neither. ${INSTEAD}`,
    );
  const gap = filled.gaps.find((one) => one.at > at);
  if (gap !== undefined)
    throw new Fault(
      'configuration',
      `${taken}, and changes were lost that may be later (a gap of ${gap.stream}, noted ${iso(gap.at)}; contrail gaps lists it): ${INSTEAD}`,
    );
  checkAge(description, now);
}

/** @throws Fault `configuration` once it may be forgotten that a row was removed since the export. */
export function checkAge({ name, at }: ExportDescription, now: number): void {
  if (now - at <= OLDEST_MS) return;
  throw new Fault(
    'configuration',
    `${name} has the rows of ${iso(at)}, ${Math.floor((now - at) / 86_400_000)} days ago, and that a row was removed is remembered for ${TOMBSTONE_SECONDS / 86_400} days: take a new export`,
  );
}

const INSTEAD = 'take a new export, or leave --export out to read the table itself';

function iso(time: number): string {
  return new Date(time).toISOString();
}
