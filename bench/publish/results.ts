import type { DerivationsTimes } from '../measures/derivations.ts';
import type { Stages } from '../measures/engine.ts';
import type { FillComparison } from '../measures/fill.ts';
import type { IndexerTimes } from '../measures/indexer.ts';
import type { LocalComparison } from '../measures/local.ts';
import type { PostgresTimes } from '../measures/postgres.ts';
import type { ReaderTimes } from '../measures/reader.ts';
import type { Waiting } from '../measures/waiting.ts';
import type { Plan } from '../plan.ts';
import { type Goal, goalsOf, type Measured } from '../report/goals.ts';
import { postgresGoalsOf } from '../report/postgres-goals.ts';
import { readerGoalsOf } from '../report/reader-goals.ts';
import { fillGoalsOf } from '../report/fill-goals.ts';
import { indexerGoalsOf } from '../report/indexer-goals.ts';
import type { Machine } from '../report/machine.ts';

/** What can be measured by itself, and what of the figures it gives. */
const FIGURES = {
  counts: ['counts', 'waiting'],
  'cold-start': ['coldStarts'],
  engine: ['engine', 'stages'],
  batches: ['batches', 'growth', 'tail'],
  small: ['small'],
  'hot-tuple': ['hotTuple'],
  derivations: ['derivations'],
  indexer: ['indexer'],
  postgres: ['postgres'],
  reader: ['reader'],
  fill: ['fill'],
  memory: ['memory'],
  local: ['local'],
} as const satisfies Record<string, readonly (keyof Figures)[]>;

export type Part = keyof typeof FIGURES;

export const PARTS = Object.keys(FIGURES) as readonly Part[];

/** All that was measured; empty or missing where a part was left out. */
export interface Figures extends Measured {
  readonly stages?: Stages | undefined;
  readonly waiting?: Waiting | undefined;
  readonly derivations: readonly DerivationsTimes[];
  readonly indexer?: IndexerTimes | undefined;
  /** A server's is missing where there is none. */
  readonly postgres?: readonly PostgresTimes[] | undefined;
  readonly reader?: ReaderTimes | undefined;
  /** Missing where there are no servers. */
  readonly fill?: FillComparison | undefined;
  /** Why there is nothing to say, where there are no servers. */
  readonly local: readonly LocalComparison[] | string;
}

/** Where and when parts were measured. */
export interface Run {
  readonly parts: readonly Part[];
  readonly machine: Machine;
  readonly seconds: number;
  readonly isSmoke: boolean;
  readonly plan: Plan;
}

export interface Results {
  /** Of each part one. */
  readonly runs: readonly Run[];
  readonly goals: readonly Goal[];
  readonly indexerGoals: readonly Goal[];
  readonly postgresGoals: readonly Goal[];
  readonly readerGoals: readonly Goal[];
  readonly fillGoals: readonly Goal[];
  readonly figures: Figures;
}

export function resultsOf(runs: readonly Run[], figures: Figures): Results {
  const planOf = (part: Part) => runs.find(({ parts }) => parts.includes(part))?.plan;
  // What is said of the worker is said of the usual batch.
  const plan = planOf('batches') ?? runs[0]?.plan;
  const indexerPlan = planOf('indexer')?.indexer;
  const { indexer, postgres = [], reader, fill } = figures;
  const postgresPlan = planOf('postgres')?.postgres;
  return {
    runs,
    goals: plan === undefined ? [] : goalsOf(figures, plan),
    indexerGoals:
      indexer === undefined || indexerPlan === undefined ? [] : indexerGoalsOf(indexer, indexerPlan),
    postgresGoals: postgresPlan === undefined ? [] : postgresGoalsOf(postgres, postgresPlan),
    readerGoals: reader === undefined ? [] : readerGoalsOf(reader),
    fillGoals: fill === undefined ? [] : fillGoalsOf(fill),
    figures,
  };
}

/** The results with these parts as they were measured last, all else as it was. */
export function replaced(
  before: Results,
  { runs: [run], figures }: Results,
  parts: readonly Part[],
): Results {
  if (run === undefined) throw new Error('there is no run to publish');
  const missing = parts.find((part) => !run.parts.includes(part));
  if (missing !== undefined) throw new Error(`the run did not measure ${missing}`);
  // What could not be measured leaves no older figures without their machine.
  const isMeasured = (part: Part) =>
    part === 'local'
      ? typeof figures.local !== 'string'
      : (part !== 'reader' && part !== 'fill') || figures[part] !== undefined;
  const taken = parts.filter(isMeasured);
  const changed = taken.flatMap<keyof Figures>((part) => FIGURES[part]);
  const others = before.runs
    .map((one) => ({ ...one, parts: one.parts.filter((part) => !taken.includes(part)) }))
    .filter((one) => one.parts.length > 0);
  return resultsOf([{ ...run, parts: taken }, ...others], {
    ...before.figures,
    ...Object.fromEntries(changed.map((name) => [name, figures[name]])),
  });
}

/** Figures may be infinite, or no numbers, which JSON has not. */
export function resultsJson(results: Results): string {
  const written = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(results, written, 2)}\n`;
}

export function readResults(json: string): Results {
  return JSON.parse(json, (_, value: unknown) =>
    value === 'Infinity' || value === 'NaN' ? Number(value) : value,
  ) as Results;
}
