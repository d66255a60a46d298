import type { Change } from '../domain/change.ts';
import { groupBy, type NonEmpty } from '../domain/coalesce.ts';
import type { RunEffectCommand } from '../domain/command.ts';
import { type EffectMove, type EffectRow, type EffectState, hasRun } from '../domain/effect.ts';
import { Fault } from '../domain/fault.ts';
import { describeRow } from '../domain/row-view.ts';
import { type Called, callEffect } from './call-effect.ts';
import { EffectProgress } from './effect-progress.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { EffectLog } from './ports/effect-log.ts';
import type { Clock } from './ports/clock.ts';
import type { Logger } from './ports/logger.ts';
import type { EffectHeading, Metrics } from './ports/metrics.ts';
import type { Sleeper } from './ports/sleeper.ts';
import type { Result } from './result.ts';
import { OutOfTime, type Retrier, type RetryPolicy } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import { together } from './together.ts';
import { withOwnLimits } from './own-limits.ts';
import type { UseCaseResult } from './use-case-result.ts';

export const ZERO_EFFECTS = { run: 0, skipped: 0, repeated: 0 };
export type EffectTally = keyof typeof ZERO_EFFECTS;

/** Calls of effects under way at a time. */
const CONCURRENCY = 24;

export interface EffectsResult extends UseCaseResult<EffectTally> {
  /** The changes for which an effect has not run because it failed for an earlier one of their row. */
  readonly waiting: ReadonlySet<Change>;
}

export interface RunEffectsDependencies {
  readonly log: EffectLog;
  readonly retrier: Retrier;
  /** Makes the retrier for an effect that is tried so often, with pauses of its own where it has any. */
  readonly retrierOf: (own: Pick<RetryPolicy, 'attempts'> & Partial<RetryPolicy>) => Retrier;
  readonly sleeper: Sleeper;
  readonly clock: Clock;
  /** What each effect counts by itself goes there. */
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** One change that an effect is to run for. */
interface Step {
  readonly progress: EffectProgress;
  readonly command: RunEffectCommand;
}

/** What all of one execution share, but for the limit. */
interface Execution {
  readonly limit: TimeLimit;
  readonly tally: Record<EffectTally, number>;
  readonly load: (row: EffectRow) => Promise<EffectState | Fault | undefined>;
  readonly advance: (move: EffectMove) => Promise<Result | undefined>;
}

/** Runs the code of effects for a batch's changes: those of a row one after the other, rows at once. */
export class RunEffects {
  readonly #deps: RunEffectsDependencies;

  constructor(deps: RunEffectsDependencies) {
    this.#deps = deps;
  }

  /**
   * Runs each effect at least once for each change, in the order of a row's changes, and notes each as soon as it has: what
   * was noted does not run again when it is delivered again. A write that was handed in with `once` is made exactly once.
   *
   * The tally counts changes: `run` and `skipped` as the code says, `repeated` ones for which, or for a newer change of
   * their row, it was noted before that the effect had run.
   *
   * @param commands those of a row in the order of its changes.
   */
  async execute(commands: readonly RunEffectCommand[], limit: TimeLimit = NO_LIMIT): Promise<EffectsResult> {
    // Most batches ask for none, and some are small.
    if (commands.length === 0) return { failed: new Map(), waiting: new Set(), tally: { ...ZERO_EFFECTS } };
    const { log } = this.#deps;
    const { signal } = limit;
    const groups = groupBy(commands, ({ model, change }) => `${model.name} ${change.item}`);
    const all = [...groups.values()].map((group) => new EffectProgress(group));
    const unloaded = await this.#load(all, limit);
    const execution = {
      tally: { ...ZERO_EFFECTS },
      load: together((rows: readonly EffectRow[]) => inTime(rows, signal, () => log.load(rows, signal))),
      advance: together((moves: readonly EffectMove[]) =>
        inTime(moves, signal, () => log.advance(moves, signal)),
      ),
    };
    await withOwnLimits(limit, (ownLimit) =>
      mapConcurrently(ranTogether(all), CONCURRENCY, (some) =>
        this.#runAll(some, { ...execution, limit: ownLimit() }),
      ),
    );
    for (const progress of all) {
      const { repeated, failure, row } = progress;
      execution.tally.repeated += repeated;
      this.#count(row.model.name, 'duplicate', repeated);
      // Where the state could not be read, the effect has not been tried.
      if (failure !== undefined && !unloaded.has(progress)) this.#count(row.model.name, 'dead_letter', 1);
    }
    return {
      failed: failuresOf(all),
      waiting: new Set(all.flatMap(({ waiting }) => waiting)),
      tally: execution.tally,
    };
  }

  /** @returns those of which it is not known up to which change the effect has run: they have failed. */
  async #load(all: readonly EffectProgress[], limit: TimeLimit): Promise<ReadonlySet<EffectProgress>> {
    const load = async (pending: readonly EffectProgress[], signal: AbortSignal): Promise<Result[]> => {
      const rows = pending.map(({ row }) => row);
      const states = await this.#deps.log.load(rows, signal);
      return pending.map((progress, index) => {
        const state = states[index];
        if (Fault.is(state)) return state;
        progress.noted = state;
        return 'done';
      });
    };
    const faults = await this.#deps.retrier.run(all, load, limit);
    const unloaded = new Set<EffectProgress>();
    for (const [index, progress] of all.entries()) {
      const fault = faults[index];
      if (fault === undefined) continue;
      progress.fail(fault);
      unloaded.add(progress);
    }
    return unloaded;
  }

  /** Runs an effect for the next change of each row, until none is left or it has failed for all. */
  async #runAll(rows: readonly EffectProgress[], execution: Execution): Promise<void> {
    for (;;) {
      const [first, ...others] = rows.flatMap((progress): Step[] => {
        const command = progress.next();
        return command === undefined ? [] : [{ progress, command }];
      });
      if (first === undefined) return;
      await this.#runFor([first, ...others], execution);
    }
  }

  /** Runs an effect once for some changes, each of another row. */
  async #runFor(steps: NonEmpty<Step>, execution: Execution): Promise<void> {
    const { model } = steps[0].command;
    let attempts = 0;
    let called: Called | undefined;
    const call = async (_: unknown, signal: AbortSignal): Promise<readonly Result[]> => {
      const commands = mapAll(steps, (step) => step.command);
      if (++attempts > 1) this.#count(model.name, 'retry', steps.length);
      called = await callEffect(commands, attempts, this.#deps, signal);
      // Decided together with the write, which the code may decide otherwise the next time.
      return called.write === undefined ? ['done'] : [await this.#note(steps[0], called.write, execution)];
    };
    const retrier = this.#deps.retrierOf({ attempts: model.attempts, ...model.backoff });
    const [fault] = await retrier.run([steps], call, execution.limit);
    if (fault?.kind === 'permanent' && steps.length > 1) {
      // It does not say for which of them.
      for (const step of steps) await this.#runFor([step], execution);
      return;
    }
    const faults =
      fault !== undefined || called?.write !== undefined
        ? steps.map(() => fault)
        : await this.#noteAll(steps, execution);
    for (const [index, { progress }] of steps.entries()) {
      const failure = faults[index];
      if (failure !== undefined) {
        progress.fail(failure, fault !== undefined && attempts > 0);
        continue;
      }
      progress.pass();
      const isRun = called?.skipped === undefined;
      execution.tally[isRun ? 'run' : 'skipped']++;
      this.#count(model.name, isRun ? 'processed' : 'skip', 1);
    }
    if (called?.skipped !== undefined) this.#logSkipped(steps, called.skipped);
  }

  #noteAll(steps: NonEmpty<Step>, execution: Execution): Promise<readonly (Fault | undefined)[]> {
    const note = (pending: readonly Step[]) =>
      Promise.all(pending.map((step) => this.#note(step, undefined, execution)));
    return this.#deps.retrier.run(steps, note, execution.limit);
  }

  /** Notes that an effect has run for a change, together with its write. */
  async #note({ progress, command }: Step, write: unknown, execution: Execution): Promise<Result> {
    const move = progress.moveTo(command.change, write);
    const result =
      (await execution.advance(move)) ?? new Fault('transient', 'the log of effects gave no result');
    if (result === 'done') {
      progress.noted = move.to;
      return 'done';
    }
    // The answer was lost, or another worker was quicker: what is noted decides.
    const state = await execution.load(progress.row);
    if (Fault.is(state)) return Fault.is(result) ? result : state;
    progress.noted = state;
    return hasRun(state, command.change) ? 'done' : result;
  }

  #count(effect: string, heading: EffectHeading, changes: number): void {
    if (changes > 0) this.#deps.metrics.add(`${effect}:${heading}`, changes);
  }

  #logSkipped(steps: NonEmpty<Step>, why: string): void {
    const { logger } = this.#deps;
    if (!logger.enabled('debug')) return;
    for (const { command } of steps)
      logger.log('debug', 'effect skipped', {
        effect: command.model.name,
        row: describeRow(command.change.row),
        why,
      });
  }
}

/** The rows for which an effect runs in one call: each by itself, unless it takes many. */
function ranTogether(all: readonly EffectProgress[]): readonly (readonly EffectProgress[])[] {
  const alone: EffectProgress[][] = [];
  const shared = new Map<string, EffectProgress[]>();
  for (const progress of all) {
    const { name, takes } = progress.row.model;
    const others = shared.get(name);
    if (others !== undefined) others.push(progress);
    else if (takes === 'many') shared.set(name, [progress]);
    else alone.push([progress]);
  }
  return [...shared.values(), ...alone];
}

/** One fault per change, of whichever effect: one that may pass goes first, as in quarantine it would be lost. */
function failuresOf(all: readonly EffectProgress[]): ReadonlyMap<Change, Fault> {
  const failed = new Map<Change, Fault>();
  for (const { failure } of all) {
    if (failure === undefined) continue;
    const [change, fault] = failure;
    const known = failed.get(change);
    if (known === undefined || known.kind === 'permanent') failed.set(change, fault);
  }
  return failed;
}

/** What a call gives; a fault for each of its items where it rejects, or must not begin any more. */
async function inTime<Answer>(
  items: readonly unknown[],
  signal: AbortSignal,
  call: () => Promise<readonly Answer[]>,
): Promise<readonly (Answer | Fault)[]> {
  if (signal.aborted) return items.map(() => new OutOfTime('whether the effect has run is not noted'));
  return call().catch((error: unknown) => items.map(() => Fault.from(error)));
}

function mapAll<T, U>([first, ...others]: NonEmpty<T>, map: (item: T) => U): NonEmpty<U> {
  return [map(first), ...others.map(map)];
}
