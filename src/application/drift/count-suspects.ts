import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import type { ListedCount } from '../ports/derived-listing.ts';
import { countName, CountFold, findingsOf, type FoldedCount, sameFigures, sightOf } from './count-fold.ts';

export interface CountSuspectsParts {
  /** Adds all rows of the table to a fold. */
  readonly addRows: (fold: CountFold, signal: AbortSignal) => Promise<void>;
  /** Reads counts as they are stored. */
  readonly readStored: (
    counts: readonly FoldedCount[],
    signal: AbortSignal,
  ) => Promise<readonly ListedCount[]>;
  readonly settle: (signal: AbortSignal) => Promise<void>;
  readonly fingerprints: Fingerprinter;
  /** Told of a count that differs at as many looks as it takes. */
  readonly found: (count: FoldedCount) => unknown;
  readonly undecided: (count: FoldedCount, why: string) => unknown;
  /** How often suspects are looked at again. */
  readonly looks: number;
}

/** So many looks, one after the other, must show the same. */
const AGREEING = 3;

/**
 * Looks at counts again that differ from what the rows add up to. A count has no version, so one look does not tell whether it moved meanwhile: each is a pass over all rows between two
 * readings of the count, and what differs is drift where as many passes as that show the same sum of the same rows and the same count. For what
 * a pass sees in the middle of changes is by chance; the error of a count is constant, as each change moves it along with what is noted as counted.
 */
export async function settleCounts(
  parts: CountSuspectsParts,
  suspects: readonly FoldedCount[],
  signal: AbortSignal,
): Promise<void> {
  const { addRows, readStored, settle, fingerprints, found, undecided, looks } = parts;
  /** What was seen last, and how often in a row. */
  let pending = new Map(suspects.map((count) => [count.name, { count, sight: sightOf(count), times: 1 }]));
  for (let look = 0; pending.size > 0 && look < looks; look++) {
    await settle(signal);
    const counts = [...pending.values()].map(({ count }) => count);
    const before = byName(await readStored(counts, signal));
    const fold = new CountFold(fingerprints, { most: Infinity, only: (name) => pending.has(name) });
    await addRows(fold, signal);
    for (const stored of await readStored(counts, signal)) fold.addStored(stored);
    const now = new Map(Array.from(fold.counts(), (count) => [count.name, count]));
    const next: typeof pending = new Map();
    for (const [name, { count: last, sight: lastSight, times }] of pending) {
      const count = now.get(name) ?? { ...last, must: undefined, is: undefined, high: 0, low: 0 };
      const [finding] = findingsOf(count);
      if (finding === undefined) continue;
      const sight = sightOf(count);
      const isSteady = sameFigures(count.is, before.get(name));
      const agreeing = !isSteady ? 0 : sight === lastSight ? times + 1 : 1;
      if (agreeing >= AGREEING) found(count);
      else next.set(name, { count, sight, times: agreeing });
    }
    pending = next;
  }
  for (const { count } of pending.values())
    if (findingsOf(count).length > 0)
      undecided(count, 'its count, or the rows in it, were changing all the time');
}

function byName(counts: readonly ListedCount[]): ReadonlyMap<string, ListedCount> {
  return new Map(counts.map((count) => [countName(count.model, count.tuple), count]));
}
