import type { TableModel } from '../../domain/table-model.ts';
import type { FactName, Facts } from './facts.ts';
import type { Verdict } from './finding.ts';

/** What a deployment is measured by. */
export interface Wanted {
  readonly model: TableModel;
  readonly backend: 'aws' | 'postgres';
  /** Who reads the stream: a function of Lambda, or `contrail consume`. */
  readonly reader: 'function' | 'consume';
  /** Who takes search actions to the index: a function of Lambda, or `contrail index`. */
  readonly indexer: 'function' | 'process';
  /** The ARN of the stream that is to be read; undefined for whichever the table has. */
  readonly stream: string | undefined;
  /** Sets of patterns, each as `contrail filters` may print it. */
  readonly filters: readonly (readonly string[])[];
  /** Variables as they are given here, by their names. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether poison is kept in a quarantine queue. */
  readonly hasQuarantine: boolean;
  /** Whether a search queue without order and deduplication is allowed. */
  readonly allowsStandardQueue: boolean;
}

/** A question about a deployment. Which facts it needs it says beforehand; what it makes of them is a pure function. */
export interface Check {
  readonly name: string;
  /** What is well, in words that a table of all checks has. */
  readonly about: string;
  readonly needs: readonly FactName[];
  readonly appliesTo: (wanted: Wanted) => boolean;
  readonly judge: (facts: Facts, wanted: Wanted) => readonly Verdict[];
}

interface CheckOf<Needed extends FactName> {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly Needed[];
  /** Every deployment, unless given. */
  readonly appliesTo?: (wanted: Wanted) => boolean;
  readonly judge: (facts: Pick<Facts, Needed>, wanted: Wanted) => readonly Verdict[];
}

/** A check that is given no facts but those that it needs. */
export function check<const Needed extends FactName>(one: CheckOf<Needed>): Check {
  return { appliesTo: () => true, ...one };
}
