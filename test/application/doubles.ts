import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import { ImageRepository, type PointerWrite } from '../../src/application/ports/image-repository.ts';
import { type LogFields, Logger, type LogLevel } from '../../src/application/ports/logger.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { type PoisonRecord, Quarantine } from '../../src/application/ports/quarantine.ts';
import { Random } from '../../src/application/ports/random.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import type { Done } from '../../src/application/result.ts';
import { Retrier, type RetryPolicy } from '../../src/application/retry.ts';
import type { Change } from '../../src/domain/change.ts';
import type { CountedRow, CountMove } from '../../src/domain/count-move.ts';
import type { RowsMove, SourceRow } from '../../src/domain/derived-rows.ts';
import type { Entity } from '../../src/domain/pointer.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';

/** Keeps what each call is about, and answers it; with nothing where there is no answer. */
function noted<Entries, Result>(
  calls: Entries[],
  answer: ((entries: Entries) => Promise<readonly Result[]>) | undefined,
) {
  return async (entries: Entries): Promise<readonly Result[]> => {
    calls.push(entries);
    return answer === undefined ? [] : answer(entries);
  };
}

/** A queue that answers as told. */
export class ScriptedQueue extends SearchQueue {
  readonly calls: (readonly SearchAction[])[] = [];
  override readonly send: SearchQueue['send'];

  constructor(answer: (actions: readonly SearchAction[]) => readonly Done[]) {
    super();
    this.send = noted(this.calls, async (actions) => answer(actions));
  }
}

/** A queue that forgets at once what it delivered, so that repeats are left to the index. */
export class ForgetfulQueue extends MemorySearchQueue {
  #waiting: SearchAction[] = [];

  override async send(actions: readonly SearchAction[]) {
    this.#waiting.push(...actions);
    return actions.map(() => 'done' as const);
  }

  override drain(): readonly SearchAction[] {
    return this.#waiting.splice(0);
  }
}

/** A quarantine that answers as told. */
export class ScriptedQuarantine extends Quarantine {
  readonly calls: (readonly PoisonRecord[])[] = [];
  override readonly keep: Quarantine['keep'];

  constructor(answer: (records: readonly PoisonRecord[]) => readonly Done[]) {
    super();
    this.keep = noted(this.calls, async (records) => answer(records));
  }
}

/** An image repository that does what another does, unless told otherwise. */
export class ScriptedImages extends ImageRepository {
  readonly loads: (readonly Entity[])[] = [];
  readonly saves: (readonly PointerWrite[])[] = [];
  override readonly load: ImageRepository['load'];
  override readonly save: ImageRepository['save'];

  constructor({ load, save }: Partial<ImageRepository>, inner?: ImageRepository) {
    super();
    this.load = noted(this.loads, load ?? inner?.load.bind(inner));
    this.save = noted(this.saves, save ?? inner?.save.bind(inner));
  }
}

/** A matcher repository that does what another does, unless told otherwise. */
export class ScriptedMatcher extends MatcherRepository {
  readonly loads: (readonly CountedRow[])[] = [];
  readonly applies: (readonly CountMove[])[] = [];
  override readonly load: MatcherRepository['load'];
  override readonly apply: MatcherRepository['apply'];
  override readonly correct: MatcherRepository['correct'];

  constructor({ load, apply, correct }: Partial<MatcherRepository>, inner?: MatcherRepository) {
    super();
    this.correct = noted([], correct ?? inner?.correct.bind(inner));
    this.load = noted(this.loads, load ?? inner?.load.bind(inner));
    this.apply = noted(this.applies, apply ?? inner?.apply.bind(inner));
  }
}

/** A repository of derived rows that does what another does, unless told otherwise. */
export class ScriptedRows extends DerivedRowRepository {
  readonly loads: (readonly SourceRow[])[] = [];
  readonly applies: (readonly RowsMove[])[] = [];
  override readonly load: DerivedRowRepository['load'];
  override readonly read: DerivedRowRepository['read'];
  override readonly apply: DerivedRowRepository['apply'];
  override readonly discard: DerivedRowRepository['discard'];

  constructor({ load, read, apply, discard }: Partial<DerivedRowRepository>, inner?: DerivedRowRepository) {
    super();
    this.discard = noted([], discard ?? inner?.discard.bind(inner));
    this.read = noted([], read ?? inner?.read.bind(inner));
    this.load = noted(this.loads, load ?? inner?.load.bind(inner));
    this.apply = noted(this.applies, apply ?? inner?.apply.bind(inner));
  }
}

/** A replica that notes what it is given, or fails. */
export class ScriptedReplica extends TableReplica {
  readonly calls: (readonly Change[])[] = [];
  override readonly apply: TableReplica['apply'];

  constructor(failure?: Error) {
    super();
    this.apply = noted(this.calls, failure && (() => Promise.reject(failure)));
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

/** A sleeper that nobody wakes but the signal: no time passes. */
export class PatientSleeper extends Sleeper {
  override sleep(_: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
    });
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
