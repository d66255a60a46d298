import type { TableDefinition } from '../domain/definition/define-table.ts';
import { INVARIANTS, type Invariant } from './checks/invariants.ts';
import { mistakesIn } from './mistakes.ts';
import type { Samples } from './rows/samples.ts';
import { explain } from './runs/explain.ts';
import { runSeed } from './runs/run-seed.ts';
import type { UniqueParts } from './rows/unique-parts.ts';
import { itemsOf, type SubjectItemsOptions } from './subjects/items-of.ts';
import { subjectOf } from './subjects/subject-of.ts';
import type { SubjectSource } from './world/subject.ts';
import { addRun, emptyTally } from './world/tally.ts';

/** How many worlds there are, what is written in them, and what is known of effects. */
export interface SimulateOptions {
  /** How many worlds. Default 100. */
  readonly seeds?: number;
  /** The seed of the first one. Default 1. */
  readonly from?: number;
  /** Rows to write, by their kinds: plain attributes without those of the key. Kinds without samples get rows that are made up. */
  readonly rows?: Samples;
  /**
   * By kinds of rows, parts of their keys that together no two rows of the kind share: `{ message: ['id'] }`. Without it any
   * two rows may have any parts in common, as far as that is another key.
   */
  readonly unique?: UniqueParts;
  /** Whether samples may be mixed with one another, and changed within their types. Default false. */
  readonly mutate?: boolean;
  /** A definition that is deployed in the middle of some worlds. It must have the same kinds of rows and the same derivations. */
  readonly later?: TableDefinition;
  /**
   * Whether the code of effects is really called: by default only where `snapshot` is given, so that nobody writes to a real
   * service by mistake.
   */
  readonly effects?: 'run' | 'model';
  /**
   * What the code of effects has done so far, as plain data. Now and then the code is called once more for a change, as after
   * a crash: what is here must be the same before and after.
   */
  readonly snapshot?: () => unknown;
  /** Forgets what the code of effects has done. Called before each world. */
  readonly reset?: () => void;
  /** Told after each world. */
  readonly onProgress?: (progress: SimulationProgress) => void;
  /** How a failing world is said to be repeated. */
  readonly again?: (seed: number) => string;
}

/** How far a simulation is. */
export interface SimulationProgress {
  /** Worlds that are done, of all. */
  readonly seeds: number;
  readonly of: number;
}

/** What a simulation in which everything held came to. */
export interface SimulationReport {
  readonly seeds: number;
  /** Records of changes, and batches that workers were given. */
  readonly records: number;
  readonly invocations: number;
  /** How often what happened: faults, crashes, redeliveries, what was derived. */
  readonly happened: Readonly<Record<string, number>>;
}

/** Something does not hold. The message is the whole report. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
  /** Undefined where the definition itself is wrong, whatever happens to it. */
  readonly seed: number | undefined;
  readonly invariant: Invariant | undefined;

  constructor(message: string, seed?: number, invariant?: Invariant, options?: ErrorOptions) {
    super(message, options);
    this.seed = seed;
    this.invariant = invariant;
  }
}

/**
 * Runs the worker with a definition in modelled worlds, each decided by a seed: a table and its stream, Lambda, several workers,
 * crashes, faults before and after every call, redeliveries. All in this process, and of nothing but memory.
 *
 * @returns what happened, once all of it held.
 * @throws SimulationError with a report that people can read: mistakes of the definition, or the least schedule that violates
 *   an invariant. Fault `configuration` when no row of a kind can be made up, or a sample is none.
 */
export async function simulate(
  definition: TableDefinition,
  options: SimulateOptions = {},
): Promise<SimulationReport> {
  const { seeds = 100, from = 1, onProgress, again = howToRepeat } = options;
  const subject = sourceOf(definition, options);
  const tally = emptyTally();
  for (let seed = from; seed < from + seeds; seed++) {
    const mistakes = mistakesIn(definition, itemsOf(definition, seed, itemOptions(options)));
    if (mistakes.length > 0)
      throw new SimulationError(
        `the definition has ${mistakes.length === 1 ? 'a mistake' : 'mistakes'}:\n${mistakes.map((one) => `- ${one}`).join('\n')}`,
      );
    const run = await runSeed(seed, { subject });
    const { violation } = run;
    if (violation !== undefined) {
      const report = await explain(seed, { subject }, again(seed), MOST_ATTEMPTS);
      throw new SimulationError(report, seed, violation.invariant, { cause: violation });
    }
    addRun(tally, run);
    onProgress?.({ seeds: tally.seeds, of: seeds });
  }
  const { records, invocations, happened } = tally;
  return { seeds: tally.seeds, records, invocations, happened };
}

/** What must hold, by name, and what that means. */
export const SIMULATED_INVARIANTS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(INVARIANTS).map(([name, { meaning }]) => [name, meaning]),
);

/** Runs that are made to find the least that fails: a minute, mostly. */
const MOST_ATTEMPTS = 600;

function sourceOf(definition: TableDefinition, options: SimulateOptions): SubjectSource {
  const { later, snapshot, reset, effects = snapshot === undefined ? 'model' : 'run' } = options;
  return (seed) =>
    subjectOf({
      definition,
      later,
      items: itemsOf(definition, seed, itemOptions(options)),
      code: effects === 'run' ? { snapshot, reset } : undefined,
    });
}

function itemOptions({ rows, mutate = false, later, unique = {} }: SimulateOptions): SubjectItemsOptions {
  return { ...(rows === undefined ? {} : { rows }), mutate, later, unique };
}

function howToRepeat(seed: number): string {
  return `simulate(definition, { …, seeds: 1, from: ${seed} })`;
}
