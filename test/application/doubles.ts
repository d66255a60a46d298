import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../src/application/ports/image-repository.ts';
import { type LogFields, Logger, type LogLevel } from '../../src/application/ports/logger.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Random } from '../../src/application/ports/random.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import type { Done, Result } from '../../src/application/ports/result.ts';
import { Retrier, type RetryPolicy } from '../../src/application/retry.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Fault } from '../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../src/domain/link-move.ts';
import type { Entity, Link } from '../../src/domain/row.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';

/** A queue that answers as told. */
export class ScriptedQueue extends SearchQueue {
  readonly calls: (readonly SearchAction[])[] = [];
  readonly #answer: (actions: readonly SearchAction[]) => readonly Done[];

  constructor(answer: (actions: readonly SearchAction[]) => readonly Done[]) {
    super();
    this.#answer = answer;
  }

  override async send(actions: readonly SearchAction[]) {
    this.calls.push(actions);
    return this.#answer(actions);
  }
}

/** An image repository that does what another does, unless told otherwise. */
export class ScriptedImages extends ImageRepository {
  readonly loads: (readonly Entity[])[] = [];
  readonly saves: (readonly DefaultImageWrite[])[] = [];
  readonly #script: Partial<Pick<ImageRepository, 'load' | 'save'>>;
  readonly #inner: ImageRepository | undefined;

  constructor(script: Partial<Pick<ImageRepository, 'load' | 'save'>>, inner?: ImageRepository) {
    super();
    this.#script = script;
    this.#inner = inner;
  }

  override async load(entities: readonly Entity[]): Promise<readonly (EntityView | Fault)[]> {
    this.loads.push(entities);
    return this.#script.load?.(entities) ?? this.#inner?.load(entities) ?? [];
  }

  override async save(writes: readonly DefaultImageWrite[]): Promise<readonly Result[]> {
    this.saves.push(writes);
    return this.#script.save?.(writes) ?? this.#inner?.save(writes) ?? [];
  }
}

/** A matcher repository that does what another does, unless told otherwise. */
export class ScriptedMatcher extends MatcherRepository {
  readonly loads: (readonly Link[])[] = [];
  readonly applies: (readonly LinkMove[])[] = [];
  readonly #script: Partial<Pick<MatcherRepository, 'load' | 'apply'>>;
  readonly #inner: MatcherRepository | undefined;

  constructor(script: Partial<Pick<MatcherRepository, 'load' | 'apply'>>, inner?: MatcherRepository) {
    super();
    this.#script = script;
    this.#inner = inner;
  }

  override async load(links: readonly Link[]): Promise<readonly (LinkState | undefined | Fault)[]> {
    this.loads.push(links);
    return this.#script.load?.(links) ?? this.#inner?.load(links) ?? [];
  }

  override async apply(moves: readonly LinkMove[]): Promise<readonly Result[]> {
    this.applies.push(moves);
    return this.#script.apply?.(moves) ?? this.#inner?.apply(moves) ?? [];
  }
}

/** A replica that notes what it is given, or fails. */
export class ScriptedReplica extends TableReplica {
  readonly calls: (readonly Change[])[] = [];
  readonly #fails: Error | undefined;

  constructor(fails?: Error) {
    super();
    this.#fails = fails;
  }

  override async apply(changes: readonly Change[]) {
    this.calls.push(changes);
    if (this.#fails !== undefined) throw this.#fails;
    return [];
  }
}

/** Keeps what is logged, and enables the levels up to its own. */
export class RecordingLogger extends Logger {
  readonly lines: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields }[] = [];
  readonly #levels: readonly LogLevel[];

  constructor(...levels: LogLevel[]) {
    super();
    this.#levels = levels;
  }

  override enabled(level: LogLevel): boolean {
    return this.#levels.includes(level);
  }

  override log(level: LogLevel, message: string, fields: LogFields): void {
    this.lines.push({ level, message, fields });
  }

  /** The fields of the lines with this message. */
  of(message: string): LogFields[] {
    return this.lines.filter((line) => line.message === message).map(({ fields }) => fields);
  }
}

/** A clock that goes on by a second whenever it is asked. */
export class SteppingClock extends Clock {
  #now = 0;

  override now(): number {
    return (this.#now += 1000);
  }
}

/** Notes the pauses that it is asked for, and takes none. */
export class RecordingSleeper extends Sleeper {
  readonly pauses: number[] = [];

  override async sleep(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
  }
}

/** Always the same number. */
export class FixedRandom extends Random {
  readonly #number: number;

  constructor(number: number) {
    super();
    this.#number = number;
  }

  override next(): number {
    return this.#number;
  }
}

/** Tries transient faults once only, unless told otherwise, and never waits. */
export function aRetrier(policy: Partial<RetryPolicy> = {}, metrics = new MemoryMetrics()): Retrier {
  return new Retrier(new RecordingSleeper(), new FixedRandom(0.5), metrics, {
    attempts: 1,
    conflicts: 8,
    baseMs: 100,
    capMs: 1_000,
    ...policy,
  });
}
