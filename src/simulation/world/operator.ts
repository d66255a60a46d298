import type { Random } from '../../random/random.ts';
import type { Counts } from './counts.ts';
import { type Entry, isRepairable } from './entry.ts';
import { firstFailed } from './event-source.ts';
import type { Answer } from './function-pool.ts';
import type { Invocation } from './instance.ts';
import type { Scheduler } from './scheduler.ts';
import { DAY, HOUR, MINUTE } from './settings.ts';

interface OperatorParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly counts: Counts;
  readonly invoke: (entries: readonly Entry[], answer: (answer: Answer) => void) => void;
  readonly acknowledged: (invocation: Invocation, entries: readonly Entry[]) => void;
  /** Whether the streams have gone on past all that the record's item had before it. */
  readonly isPast: (entry: Entry) => boolean;
  readonly trace: (text: () => string) => void;
}

/** Looks after what was given up or quarantined: repairs the records and has them handled, mostly days later. */
export class Operator {
  readonly #parts: OperatorParts;
  /** What is to be handled again, batch by batch. */
  readonly #open = new Set<readonly Entry[]>();

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** Whether any such record is still to be handled again. */
  has(test: (entry: Entry) => boolean): boolean {
    return [...this.#open].some((entries) => entries.some(test));
  }

  /** Takes over records, in the order in which their stream has them. */
  takeOver(entries: readonly Entry[]): void {
    const repairable = entries.filter(isRepairable);
    if (repairable.length === 0) return;
    const { random, trace } = this.#parts;
    const after = random.pick([MINUTE, HOUR, DAY, 5 * DAY]) * random.fraction();
    trace(() => `the operator has ${entries.map(({ number }) => `#${number}`).join(' ')}`);
    this.#redrive(repairable, after);
  }

  #redrive(entries: readonly Entry[], after: number): void {
    const { scheduler, random, invoke, acknowledged, counts, isPast } = this.#parts;
    this.#open.add(entries);
    scheduler.in(after, () => {
      // Where the worker could not tell the item, it could not wait for what the item had before.
      if (!entries.every((entry) => entry.spoil?.hidesItem !== true || isPast(entry))) {
        counts.add('redrive put off');
        this.#redrive(entries, MINUTE);
        return;
      }
      counts.add('batch redriven');
      invoke(entries, (answer) => {
        const from = firstFailed(answer, entries);
        this.#open.delete(entries);
        if (answer.kind === 'response') acknowledged(answer.invocation, entries.slice(0, from));
        if (from < entries.length) this.#redrive(entries.slice(from), random.int(1, 10) * MINUTE);
      });
    });
  }
}
