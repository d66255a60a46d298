import { DRIFT_KINDS, type DriftKind, type Finding } from '../../domain/drift/finding.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import type { Mending } from '../../domain/drift/mending.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import { SeenSet } from './seen-set.ts';

/** What is told while it goes on. */
export interface VerifyListener {
  /** Drift: told once for each item; with what became of it, where it was to be mended. */
  onFinding?(finding: Finding, mending?: Mending): void;
  /** Of an item it could not be told whether it is right. */
  onUndecided?(item: string, why: string): void;
  /** The definition refuses a row: nothing is expected of it. */
  onRefused?(row: ItemKey, why: string): void;
}

/** Of one derivation, how many items were compared, and how many of them have drifted in each way. */
export type DerivationFigures = Record<DriftKind | 'compared', number>;

/** What rows that were drawn at random have shown. */
export interface SampleFigures {
  readonly size: number;
  /** Rows of them of which something was not as it must be. */
  readonly differing: number;
  /** At most this share of all rows are like those, with the confidence of `CONFIDENCE`. */
  readonly bound: number;
}

/** How far it is, and what it has found. */
export interface VerifyFigures {
  /** Rows of the table that were read in the first pass. */
  readonly rows: number;
  /** Items that differed when they were last looked at, and are to be looked at again. */
  readonly suspects: number;
  readonly findings: number;
  /** Findings that were mended: of each it was seen that it is as it must be. */
  readonly mended: number;
  readonly undecided: number;
  readonly refused: number;
  /** By derivation. */
  readonly derivations: ReadonlyMap<string, DerivationFigures>;
  /** What could not be compared, and how many there are of it. */
  readonly uncompared: ReadonlyMap<string, number>;
  /** Undefined where all rows were looked at. */
  readonly sample: SampleFigures | undefined;
}

/** Counts what is found, and tells of it. */
export class VerifyReport implements VerifyFigures {
  rows = 0;
  suspects = 0;
  findings = 0;
  mended = 0;
  undecided = 0;
  readonly derivations: Map<string, DerivationFigures>;
  readonly uncompared = new Map<string, number>();
  refused = 0;
  sample: SampleFigures | undefined;
  readonly #listener: VerifyListener;
  readonly #fingerprints: Fingerprinter;
  readonly #told = new SeenSet(MOST_TOLD);

  constructor(derivations: readonly string[], listener: VerifyListener, fingerprints: Fingerprinter) {
    this.derivations = new Map(derivations.map((name) => [name, noFigures()]));
    this.#listener = listener;
    this.#fingerprints = fingerprints;
  }

  compared(derivation: string, count = 1): void {
    this.#of(derivation).compared += count;
  }

  found(finding: Finding, mending?: Mending): void {
    const { drift, derivation, item } = finding;
    if (!this.#isNews(`found ${drift} ${derivation} ${item}`)) return;
    this.#of(finding.derivation)[finding.drift]++;
    this.findings++;
    if (mending?.isMended === true) this.mended++;
    this.#listener.onFinding?.(finding, mending);
  }

  undecidedOf(item: string, why: string): void {
    if (!this.#isNews(`undecided ${item}`)) return;
    this.undecided++;
    this.#listener.onUndecided?.(item, why);
  }

  refusedOf(row: ItemKey, why: string): void {
    if (!this.#isNews(`refused ${itemKey(row)}`)) return;
    this.refused++;
    this.#listener.onRefused?.(row, why);
  }

  leftOut(what: string): void {
    this.uncompared.set(what, (this.uncompared.get(what) ?? 0) + 1);
  }

  /** What is looked at twice is told once. */
  #isNews(text: string): boolean {
    const fingerprint = this.#fingerprints.of(text);
    if (this.#told.has(fingerprint)) return false;
    this.#told.add(fingerprint);
    return true;
  }

  #of(derivation: string): DerivationFigures {
    const figures = this.derivations.get(derivation) ?? noFigures();
    this.derivations.set(derivation, figures);
    return figures;
  }
}

/** Of so many it is known that they were told. */
const MOST_TOLD = 1_000_000;

function noFigures(): DerivationFigures {
  return {
    compared: 0,
    ...(Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, 0])) as Record<DriftKind, number>),
  };
}
