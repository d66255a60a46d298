import { DRIFT_KINDS, type DriftKind, type Finding } from '../../domain/drift/finding.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';

/** What is told while it goes on. */
export interface VerifyListener {
  /** Drift: told once for each item. */
  onFinding?(finding: Finding): void;
  /** Of an item it could not be told whether it is right. */
  onUndecided?(item: string, why: string): void;
  /** The definition refuses a row: nothing is expected of it. */
  onRefused?(row: ItemKey, why: string): void;
}

/** Of one derivation, how many items were compared, and how many of them have drifted in each way. */
export type DerivationFigures = Record<DriftKind | 'compared', number>;

/** How far it is, and what it has found. */
export interface VerifyFigures {
  /** Rows of the table that were read in the first pass. */
  readonly rows: number;
  /** Items that differed when they were last looked at, and are to be looked at again. */
  readonly suspects: number;
  readonly findings: number;
  readonly undecided: number;
  readonly refused: number;
  /** By derivation. */
  readonly derivations: ReadonlyMap<string, DerivationFigures>;
  /** What could not be compared, and how many there are of it. */
  readonly uncompared: ReadonlyMap<string, number>;
}

/** Counts what is found, and tells of it. */
export class VerifyReport implements VerifyFigures {
  rows = 0;
  suspects = 0;
  findings = 0;
  undecided = 0;
  readonly derivations: Map<string, DerivationFigures>;
  readonly uncompared = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #listener: VerifyListener;
  #uncountedRefused = 0;

  constructor(derivations: readonly string[], listener: VerifyListener) {
    this.derivations = new Map(derivations.map((name) => [name, noFigures()]));
    this.#listener = listener;
  }

  get refused(): number {
    return this.#refused.size + this.#uncountedRefused;
  }

  compared(derivation: string, count = 1): void {
    this.#of(derivation).compared += count;
  }

  found(finding: Finding): void {
    this.#of(finding.derivation)[finding.drift]++;
    this.findings++;
    this.#listener.onFinding?.(finding);
  }

  undecidedOf(item: string, why: string): void {
    this.undecided++;
    this.#listener.onUndecided?.(item, why);
  }

  refusedOf(row: ItemKey, why: string): void {
    const name = itemKey(row);
    if (this.#refused.has(name)) return;
    if (this.#refused.size < MOST_REFUSED) this.#refused.add(name);
    else this.#uncountedRefused++;
    this.#listener.onRefused?.(row, why);
  }

  leftOut(what: string): void {
    this.uncompared.set(what, (this.uncompared.get(what) ?? 0) + 1);
  }

  #of(derivation: string): DerivationFigures {
    const figures = this.derivations.get(derivation) ?? noFigures();
    this.derivations.set(derivation, figures);
    return figures;
  }
}

/** Of so many it is known that they were told of. */
const MOST_REFUSED = 10_000;

function noFigures(): DerivationFigures {
  return {
    compared: 0,
    ...(Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<DriftKind, number>),
  };
}
