import { expectedOf } from '../../domain/drift/expected.ts';
import { Fault } from '../../domain/fault.ts';
import { kindsOf } from '../../domain/roles.ts';
import { countKey } from '../../domain/count.ts';
import { itemKey, type Row } from '../../domain/row.ts';
import type { ListedCount } from '../ports/derived-listing.ts';
import type { ScannedRow } from '../ports/table-scan.ts';
import { countName, type CountFold, type FoldedCount } from './count-fold.ts';
import { lookAtRows, type RowLook } from './look-at-rows.ts';
import type { LookParts } from './look-parts.ts';
import { scanAll, type ScanAllOptions, tryAgain } from './scan-all.ts';
import { rowName } from './subject.ts';
import type { VerifyParts } from './verify-parts.ts';

/** What a pass over the rows for counts alone takes. */
export type CountPassParts = LookParts & Pick<VerifyParts, 'scan' | 'listing' | 'retrier'>;

/**
 * Adds what all rows of the table hold to a fold.
 *
 * @param withStored whether counts are added, too, that are among the rows.
 */
export async function addRowsTo(
  fold: CountFold,
  parts: CountPassParts,
  options: ScanAllOptions,
  signal: AbortSignal,
  withStored = false,
): Promise<void> {
  await scanAll(parts, options, (rows, until) => addPage(fold, parts, rows, withStored, until), signal);
}

async function addPage(
  fold: CountFold,
  parts: CountPassParts,
  rows: readonly ScannedRow[],
  withStored: boolean,
  signal: AbortSignal,
): Promise<void> {
  const refused: RowLook[] = [];
  for (const { key, attributes } of rows) {
    if (withStored) addListed(fold, parts, [storedIn(parts, { key, attributes })]);
    const found = parts.model.rowOf(key.partition, key.sort);
    if (found === undefined || 'malformed' in found) continue;
    for (const row of kindsOf(found)) {
      if (!row.model.counts.some(({ name }) => parts.isAsked(name))) continue;
      try {
        addExpected(fold, parts, row, expectedOf(row, attributes).counts);
      } catch {
        refused.push({ row, listed: [], attributes });
      }
    }
  }
  if (refused.length === 0) return;
  const seen = await tryAgain(parts.retrier, () => lookAtRows(parts, refused, signal), signal);
  for (const [at, { row }] of refused.entries())
    addExpected(fold, parts, row, seen[at]?.expected.counts ?? []);
}

function addExpected(
  fold: CountFold,
  { isAsked }: Pick<LookParts, 'isAsked'>,
  row: Row,
  counts: ReturnType<typeof expectedOf>['counts'],
): void {
  for (const expected of counts)
    if (isAsked(expected.model.name) && expected.contributions.length > 0)
      fold.addRow(expected, rowName(row));
}

/** What a row of the table is that may be a count; a row that cannot be read is none. */
function storedIn({ listing }: Pick<CountPassParts, 'listing'>, { key, attributes }: ScannedRow) {
  try {
    return listing.inTable(key, attributes);
  } catch (error) {
    if (Fault.is(error)) return undefined;
    throw error;
  }
}

function addListed(
  fold: CountFold,
  { isAsked }: Pick<LookParts, 'isAsked'>,
  items: readonly ReturnType<CountPassParts['listing']['inTable']>[],
): void {
  for (const item of items) if (item?.is === 'count' && isAsked(item.model.name)) fold.addStored(item);
}

/** Adds the counts to a fold that are kept apart from the table's rows. */
export async function addStoredTo(
  fold: CountFold,
  parts: CountPassParts,
  signal: AbortSignal,
): Promise<void> {
  for await (const page of parts.listing.elsewhere([], signal)) addListed(fold, parts, page);
}

/** Reads counts as they are stored, wherever that is: those that are not there are not among them. */
export async function readStored(
  parts: CountPassParts,
  counts: readonly FoldedCount[],
  signal: AbortSignal,
): Promise<readonly ListedCount[]> {
  const names = new Set(counts.map(({ name }) => name));
  const stored: ListedCount[] = [];
  for await (const page of parts.listing.elsewhere([], signal))
    for (const item of page)
      if (item.is === 'count' && names.has(countName(item.model, item.tuple))) stored.push(item);
  const keys = [
    ...new Map(
      counts.map(({ model, tuple }) => countKey(model, tuple)).map((key) => [itemKey(key), key]),
    ).values(),
  ];
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    const rows = await tryAgain(parts.retrier, () => readWhole(parts, some, signal), signal);
    for (const [at, key] of some.entries()) {
      const attributes = rows[at];
      const item = attributes && storedIn(parts, { key, attributes });
      if (item?.is === 'count' && names.has(countName(item.model, item.tuple))) stored.push(item);
    }
  }
  return stored;
}

/** So many rows are read at a time. */
const AT_ONCE = 500;

async function readWhole(
  { sourceRows }: LookParts,
  keys: Parameters<LookParts['sourceRows']['read']>[0],
  signal: AbortSignal,
) {
  const rows = await sourceRows.read(keys, signal);
  return rows.map((row) => {
    if (Fault.is(row)) throw row;
    return row;
  });
}
