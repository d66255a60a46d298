import { Fault } from '../../domain/fault.ts';
import type { ScannedRow, ScanPage, TableScan } from '../ports/table-scan.ts';
import type { Retrier } from '../retry.ts';

export interface ScanAllParts {
  readonly scan: TableScan;
  readonly retrier: Retrier;
}

export interface ScanAllOptions {
  /** Parts of the table that are read at the same time. */
  readonly segments: number;
  /** Rows a page. */
  readonly pageRows: number;
}

/** Reads the whole table, its segments at the same time, the pages of each one after the other. */
export async function scanAll(
  { scan, retrier }: ScanAllParts,
  { segments, pageRows }: ScanAllOptions,
  onPage: (rows: readonly ScannedRow[], signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  // Where one segment fails, the others end with it.
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const one = async (segment: number) => {
    let from: string | undefined;
    do {
      const request = { segment, segments, from, limit: pageRows };
      const page: ScanPage = await tryAgain(retrier, () => scan.page(request, either), either);
      await onPage(page.rows, either);
      from = page.next;
    } while (from !== undefined);
  };
  const results = await Promise.allSettled(
    Array.from({ length: segments }, async (_, segment) => {
      try {
        await one(segment);
      } catch (error) {
        failing.abort();
        throw error;
      }
    }),
  );
  signal.throwIfAborted();
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (reasons.length > 0) throw reasons.find((reason) => Fault.is(reason)) ?? reasons[0];
}

/** Reads something, and again while that makes sense. @throws what it was rejected with last. */
export async function tryAgain<T>(retrier: Retrier, read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let result: { readonly value: T } | undefined;
  const [fault] = await retrier.run(
    [undefined],
    async () => {
      result = { value: await read() };
      return ['done'];
    },
    { signal, remaining: () => Infinity },
  );
  signal.throwIfAborted();
  if (result === undefined) throw fault ?? new Fault('transient', 'nothing was read');
  return result.value;
}
