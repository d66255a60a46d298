import { countKey, type CountModel, type Tuple } from '../../domain/count.ts';
import { Decimal } from '../../domain/decimal.ts';
import { compareCount, type CountFigures } from '../../domain/drift/compare.ts';
import type { ExpectedCounts } from '../../domain/drift/expected.ts';
import type { Finding } from '../../domain/drift/finding.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { itemKey } from '../../domain/row.ts';
import type { ListedCount } from '../ports/derived-listing.ts';

/** A count as the rows make it, and as it is stored. */
export interface FoldedCount {
  readonly name: string;
  readonly model: CountModel;
  readonly tuple: Tuple;
  /** What the rows add up to, and how many there are; undefined where none holds the tuple. */
  must: CountFigures | undefined;
  is: CountFigures | undefined;
  /** Stands for the rows that are counted, and what each adds: the same whatever their order. */
  high: number;
  low: number;
}

/** Above all hashes. */
export const ALL_HASHES = 2 ** 32;

/**
 * Adds up what rows hold, by tuple. Where there are more tuples than it may keep, those with higher hashes are dropped, and left to another fold: so
 * its memory has a bound, and of each tuple that is below the bound in the end all is there.
 */
export class CountFold {
  readonly #fingerprints: Fingerprinter;
  readonly #most: number;
  readonly #from: number;
  readonly #only: ((name: string) => boolean) | undefined;
  readonly #counts = new Map<string, FoldedCount>();
  #below = ALL_HASHES;

  /**
   * @param most tuples that it keeps.
   * @param from the lowest hash that it takes.
   * @param only which tuples it takes, by name; all unless given.
   */
  constructor(
    fingerprints: Fingerprinter,
    { most, from = 0, only }: { most: number; from?: number; only?: (name: string) => boolean },
  ) {
    this.#fingerprints = fingerprints;
    this.#most = most;
    this.#from = from;
    this.#only = only;
  }

  /** The lowest hash that is left to another fold; `ALL_HASHES` where none is. */
  get below(): number {
    return this.#below;
  }

  /** @param row stands for the row: no other has the same. */
  addRow({ model, contributions }: ExpectedCounts, row: string): void {
    for (const { tuple, amount } of contributions) {
      const count = this.#count(model, tuple);
      if (count === undefined) continue;
      const { count: sum, rows = 0 } = count.must ?? {};
      count.must = { count: sum?.plus(amount) ?? amount, rows: rows + 1 };
      const { high, low } = this.#fingerprints.of(`${row} ${amount.canonical}`);
      count.high = (count.high ^ high) >>> 0;
      count.low = (count.low ^ low) >>> 0;
    }
  }

  addStored({ model, tuple, count, rows }: ListedCount): void {
    const folded = this.#count(model, tuple);
    if (folded !== undefined) folded.is = { count, rows };
  }

  counts(): Iterable<FoldedCount> {
    return this.#counts.values();
  }

  #count(model: CountModel, tuple: Tuple): FoldedCount | undefined {
    const name = countName(model, tuple);
    if (this.#only?.(name) === false) return undefined;
    const known = this.#counts.get(name);
    if (known !== undefined) return known;
    const hash = this.#hashOf(name);
    if (hash < this.#from || hash >= this.#below) return undefined;
    const count: FoldedCount = { name, model, tuple, must: undefined, is: undefined, high: 0, low: 0 };
    this.#counts.set(name, count);
    while (this.#counts.size > this.#most && this.#below > this.#from + 1) this.#halve();
    return this.#counts.get(name);
  }

  #halve(): void {
    this.#below = this.#from + Math.ceil((this.#below - this.#from) / 2);
    for (const name of this.#counts.keys()) if (this.#hashOf(name) >= this.#below) this.#counts.delete(name);
  }

  #hashOf(name: string): number {
    return this.#fingerprints.of(name).high;
  }
}

/** One text per count. */
export function countName(model: CountModel, tuple: Tuple): string {
  return `${model.name} ${itemKey(countKey(model, tuple))}`;
}

export function findingsOf({ model, tuple, must, is }: FoldedCount): readonly Finding[] {
  return compareCount({ derivation: model.name, tuple }, must, is);
}

/** One text for all that a fold says of a count. */
export function sightOf({ must, is, high, low }: FoldedCount): string {
  const textOf = (figures: CountFigures | undefined) =>
    figures === undefined ? '-' : `${figures.count?.canonical ?? '?'}/${figures.rows ?? '?'}`;
  return `${textOf(must)} ${textOf(is)} ${high} ${low}`;
}

export function sameFigures(a: CountFigures | undefined, b: CountFigures | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [one, other]: (Decimal | undefined)[] = [a.count, b.count];
  return a.rows === b.rows && one?.canonical === other?.canonical;
}
