import {
  type AnyDerivation,
  derivationData,
  derivationsOf,
  type DerivationData,
  standsElsewhere,
} from '../../domain/plan/derivation-data.ts';
import { compareTexts } from '../../domain/compare-texts.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { TableScan, TableSize } from '../ports/table-scan.ts';
import type { DerivationNotes, NotedDerivation } from './derivation-notes.ts';

/**
 * `new`: no backfill of it was ever complete. `changed`: it says something else than the last complete one knew. `filled`: it says the
 * same. `gone`: the definition has it no more. `on changes`: an effect that runs for changes alone.
 */
export type DerivationStatus = 'new' | 'changed' | 'filled' | 'gone' | 'on changes';

/** What something takes at most beside the scan, roughly: as if every row of the table were of the derivation's kind. */
export interface Work {
  /** Read units of DynamoDB, or rows that are read. */
  readonly reads: number;
  /** Write units of DynamoDB, or rows that are written; those of the indexer among them. */
  readonly writes: number;
  /** To the search queue. */
  readonly messages: number;
}

export interface PlannedDerivation {
  readonly name: string;
  readonly is: DerivationData['is'];
  readonly status: DerivationStatus;
  /** When all rows were last in line with it, in milliseconds since 1970. */
  readonly filledAt: number | undefined;
  /** What its name derived before, where that stands elsewhere, so that no backfill finds it. */
  readonly was: DerivationData['is'] | undefined;
  /** What a backfill of it takes; undefined where none is needed. */
  readonly work: Work | undefined;
}

export interface PlanResult {
  readonly size: TableSize;
  /** In the order of their names. */
  readonly derivations: readonly PlannedDerivation[];
  readonly isNothingToDo: boolean;
}

export interface PlanParts {
  readonly model: TableModel;
  readonly scan: Pick<TableScan, 'size'>;
  readonly derivations: DerivationNotes;
}

/** What each kind takes for one row, in units of a DynamoDB table with small rows: states and what they move are written in transactions. */
const PER_ROW: Readonly<Record<DerivationData['is'], Work>> = {
  // Its fence is read, and moved by the indexer.
  documents: { reads: 2, writes: 1, messages: 1 },
  // The state, and the count.
  counts: { reads: 1, writes: 4, messages: 0 },
  // The newest row and the pointer; the pointer is written on condition of its rows.
  pointer: { reads: 2, writes: 6, messages: 0 },
  // The state, and one row that is derived.
  rows: { reads: 2, writes: 4, messages: 0 },
  effect: { reads: 1, writes: 2, messages: 0 },
};

/** Says what is to be done so that all that is derived is what the definition says. Reads notes and the size of the table, and writes nothing. */
export class Plan {
  readonly #parts: PlanParts;

  constructor(parts: PlanParts) {
    this.#parts = parts;
  }

  /** @throws Fault where something cannot be read. */
  async execute(): Promise<PlanResult> {
    const { model, scan, derivations: notes } = this.#parts;
    const [size, noted] = [await scan.size(), await notes.load()];
    const there = derivationsOf(model).map((derivation) =>
      this.#planned(derivation, noted.get(derivation.model.name), size),
    );
    const names = new Set(there.map(({ name }) => name));
    const gone = [...noted.values()]
      .filter(({ name }) => !names.has(name))
      .map(({ name, data, filledAt }) => {
        return { name, is: data.is, status: 'gone', filledAt, was: undefined, work: undefined } as const;
      });
    const all = [...there, ...gone].toSorted((a, b) => compareTexts(a.name, b.name));
    const isNothingToDo = all.every(({ status }) => status === 'filled' || status === 'on changes');
    return { size, derivations: all, isNothingToDo };
  }

  #planned(
    derivation: AnyDerivation,
    noted: NotedDerivation | undefined,
    { rows }: TableSize,
  ): PlannedDerivation {
    const { model, derivations: notes } = this.#parts;
    const { is } = derivation;
    const status = this.#statusOf(derivation, noted && noted.hash === notes.hashOf(model.keys, derivation));
    const isElsewhere =
      noted !== undefined && standsElsewhere(noted.data, derivationData(model.keys, derivation));
    const { reads, writes, messages } = PER_ROW[is];
    const isFilled = status === 'new' || status === 'changed';
    return {
      ...{ name: derivation.model.name, is, status },
      ...{ filledAt: noted?.filledAt, was: isElsewhere ? noted.data.is : undefined },
      work: isFilled ? { reads: reads * rows, writes: writes * rows, messages: messages * rows } : undefined,
    };
  }

  #statusOf(derivation: AnyDerivation, isSame: boolean | undefined): DerivationStatus {
    if (derivation.is === 'effect' && !derivation.model.backfill) return 'on changes';
    if (isSame === undefined) return 'new';
    return isSame ? 'filled' : 'changed';
  }
}
