import type { EffectModel } from '../effect.ts';
import type { Operation, SourceRecord } from '../change.ts';
import { isPlainObject } from '../plain-value.ts';
import { membersOf, type Owner, shown } from './problems.ts';
import type { AnyAttributes, KeyTemplates, Parts, RowKind } from './row.ts';
import { type ChangeOf, operationsOf } from './rows.ts';

/** A change of a row, as an effect is given it. */
export interface EffectChange<Key, A> extends ChangeOf {
  /** The parts of the row's key, by their names. */
  readonly key: Parts<Key>;
  /** The row before the change; undefined when there was none. */
  readonly before: Readonly<A> | undefined;
  /** The row after the change; undefined when it is gone. */
  readonly after: Readonly<A> | undefined;
  /** The same whenever this change is delivered, and different for every other: to recognise a repeat by. */
  readonly id: string;
  /** The whole record as the stream has it: a copy, made when it is asked for. */
  readonly record: SourceRecord;
}

/** What an effect returns that had nothing to do: made by `skip`. */
export interface Skipped {
  readonly is: 'skipped';
  readonly why: string;
}

/** Says that an effect had nothing to do for a change, and why: the change counts as skipped, not as run. */
export function skip(why: string): Skipped {
  return Object.freeze({ is: 'skipped', why });
}

/** What the code of an effect is told of its attempt. */
export interface BatchContext {
  /** Aborted when the attempt's time is up, or the worker's: what the code does then is not waited for. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt at this delivery. */
  readonly attempt: number;
  /**
   * The time by the worker's clock, in milliseconds since 1970. Another at each attempt: `change.at` is when the change was
   * made, whenever it is delivered.
   */
  readonly now: () => number;
}

/** What the code of an effect for one change is told of its attempt, and can do in it. */
export interface EffectContext extends BatchContext {
  /**
   * Hands in a write of the effect's own, to be made in one transaction with the note that the effect has run: both
   * happen, or neither, and never twice. At most once per attempt. For DynamoDB an item of a `TransactWriteItems`, or
   * up to 99 of them, as the document client takes them, which in memory are noted and not made (`contrail/testing`,
   * `contrail replay`, `onItems` of `createMemoryWorker`); there also a function, which makes the write.
   */
  readonly once: (write: unknown) => void;
}

interface EffectOptions<Key, A> {
  /** The operations that it runs for. All by default. */
  readonly on?: readonly Operation[];
  /** The changes that it runs for; all by default. A pure function. */
  readonly where?: (change: EffectChange<Key, A>) => boolean;
  /**
   * Whether a backfill runs it, as for an insertion, for rows that it has never run for. It may run for their insertion as well, where
   * the stream still has that. Not by default.
   */
  readonly backfill?: boolean;
  /** How often it is tried before the record fails, and is delivered again. Default 3. */
  readonly attempts?: number;
  /** Milliseconds for one attempt. Default 10,000. */
  readonly timeoutMs?: number;
  /** The pauses between attempts; the worker's where it is left out (`RETRY_BASE_MS`, `RETRY_CAP_MS`). */
  readonly backoff?: Backoff;
}

/** Pauses with full jitter: each is drawn from 0 up to a bound, which doubles from pause to pause. Milliseconds, up to 60,000. */
export interface Backoff {
  /** The bound of the first pause. */
  readonly baseMs: number;
  /** What no bound goes beyond. */
  readonly capMs: number;
}

/**
 * The effect: `run` for each change, or `runBatch` for many at once. It runs at least once for every change that passes
 * `on` and `where`, the changes of a row one after the other, and has failed when it throws: then it is tried again. What it
 * returns is waited for, and means nothing unless it is made by `skip`.
 */
export type EffectSpec<Key, A> = EffectOptions<Key, A> &
  (
    | {
        /** Called for one change; for those of different rows at once. */
        readonly run: (change: EffectChange<Key, A>, context: EffectContext) => unknown;
        readonly runBatch?: never;
      }
    | {
        /** Called for many changes, in their order: each of another row. A row's next change is in the next call. */
        readonly runBatch: (changes: readonly EffectChange<Key, A>[], context: BatchContext) => unknown;
        readonly run?: never;
      }
  );

/** Code that runs for changes. */
export interface Effect<Change = unknown> {
  readonly is: 'effect';
  readonly of: RowKind;
  readonly spec: EffectSpec<KeyTemplates, AnyAttributes>;
  /** For the compiler only: never there. */
  readonly types?: { readonly change: Change };
}

/** Runs code for every change of a kind of row: what it does is not derived state, so it is not coalesced, proved or repaired. */
export function effect<Key extends KeyTemplates, A>(
  of: RowKind<Key, A>,
  spec: EffectSpec<Key, A>,
): Effect<EffectChange<Key, A>> {
  return Object.freeze({ is: 'effect', of, spec } as unknown as Effect<EffectChange<Key, A>>);
}

/** Reads a specification, and adds what is wrong with it to the owner's problems. */
export function effectModel(owner: Owner, spec: unknown): EffectModel {
  const { name, problem } = owner;
  const members = ['run', 'runBatch', 'on', 'where', 'backfill', 'attempts', 'timeoutMs', 'backoff'] as const;
  const {
    run,
    runBatch,
    on,
    where,
    backfill = false,
    attempts = 3,
    timeoutMs = 10_000,
    backoff,
  } = membersOf(owner, 'its specification', spec, members);
  if (run !== undefined && runBatch !== undefined) problem('it has both run and runBatch: leave one out');
  if (runBatch !== undefined && typeof runBatch !== 'function')
    problem(`its runBatch must be a function, and is ${shown(runBatch)}`);
  if (typeof run !== 'function' && (run !== undefined || runBatch === undefined) && isPlainObject(spec))
    problem(`its run must be a function, and is ${shown(run)}`);
  if (where !== undefined && typeof where !== 'function')
    problem(`its where must be a function, and is ${shown(where)}`);
  if (typeof backfill !== 'boolean') problem(`its backfill must be true or false, and is ${shown(backfill)}`);
  if (backfill === true && Array.isArray(on) && !on.includes('INSERT'))
    problem('it has backfill, which runs it as for an insertion, and is not on INSERT: leave one out');
  if (!isIntegerUpTo(attempts, 100))
    problem(`its attempts must be an integer from 1 to 100, and is ${shown(attempts)}`);
  if (!isIntegerUpTo(timeoutMs, 900_000))
    problem(`its timeoutMs must be an integer of milliseconds from 1 to 900,000, and is ${shown(timeoutMs)}`);
  return {
    name,
    run: (run ?? runBatch) as EffectModel['run'],
    takes: run === undefined ? 'many' : 'one',
    on: operationsOf(owner, on),
    where: where as EffectModel['where'],
    backfill: backfill === true,
    attempts: Number(attempts),
    timeoutMs: Number(timeoutMs),
    backoff: backoffOf(owner, backoff),
  } as EffectModel;
}

function backoffOf(owner: Owner, backoff: unknown): Backoff | undefined {
  if (backoff === undefined) return undefined;
  const { baseMs, capMs } = membersOf(owner, 'its backoff', backoff, ['baseMs', 'capMs']);
  if (!isPlainObject(backoff)) return undefined;
  for (const [name, value] of Object.entries({ baseMs, capMs }))
    if (value !== 0 && !isIntegerUpTo(value, 60_000))
      owner.problem(
        `its backoff.${name} must be an integer of milliseconds from 0 to 60,000, and is ${shown(value)}`,
      );
  if (Number(baseMs) > Number(capMs))
    owner.problem(`its backoff.baseMs is ${shown(baseMs)}, more than its capMs, which is ${shown(capMs)}`);
  return { baseMs: Number(baseMs), capMs: Number(capMs) };
}

function isIntegerUpTo(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
