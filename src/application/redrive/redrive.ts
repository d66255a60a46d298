import { Fault } from '../../domain/fault.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { BringIntoLine, DerivationTally } from '../bring-into-line/bring-into-line.ts';
import type { Delivery } from '../delivery.ts';
import type { GivenUpMessage, GivenUpMessages } from '../ports/given-up.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { StreamSource } from '../ports/stream-source.ts';
import type { TableReplica } from '../ports/table-replica.ts';
import type { Retrier } from '../retry.ts';
import { type RunEffects, ZERO_EFFECTS } from '../run-effects.ts';
import { Pace } from '../scan/pace.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { RedriveBatch } from './redrive-batch.ts';

export interface RedriveDependencies {
  readonly model: TableModel;
  readonly bring: Pick<BringIntoLine, 'execute'>;
  readonly effects: Pick<RunEffects, 'execute'>;
  /** Where the backend keeps the table's rows itself: it lacks what was given up. */
  readonly replica: TableReplica | undefined;
  /** What records are, one for each, in the order given. */
  readonly read: (records: readonly unknown[]) => Promise<readonly Delivery[]>;
  /** A stream by its ARN; undefined where none can be read. */
  readonly stream: ((arn: string) => StreamSource) | undefined;
  readonly retrier: Retrier;
  readonly clock: MonotonicClock;
  readonly sleeper: Sleeper;
}

export interface RedriveOptions {
  /** Whether nothing is written to the copy of the table, and no message is taken away: what else writes, `bring` and `effects` decide. */
  readonly isDry: boolean;
  /** Rows a second; undefined for as fast as it goes. */
  readonly rate: number | undefined;
}

/** Why a message stays. */
export interface StillFailed {
  readonly place: string;
  readonly why: string;
}

/** What has been done so far. */
export interface RedriveFigures {
  /** Messages, or records of files. */
  messages: number;
  done: number;
  failed: number;
  /** Stream records among what they hold. */
  records: number;
  /** Rows that were brought into line; one that is in two batches counts twice. */
  rows: number;
  /** Of the records, what became of their effects: `repeated` had run for the record, or for a newer change of its row. */
  readonly effects: Record<keyof typeof ZERO_EFFECTS, number>;
  readonly derivations: Map<string, DerivationTally>;
  isStopped: boolean;
}

/**
 * Redrives what was given up: brings what is derived of its rows into line with the rows as they are now, never as they were then, and
 * gives records to those effects that have not run for them.
 *
 * Batch by batch, in the order of the messages. A message is acknowledged once all that it asks for is done, and stays otherwise. Idempotent:
 * a second time, nothing is written that is in line, but documents, which are sent again. Beside any number of workers.
 */
export class Redrive {
  readonly #deps: RedriveDependencies;

  constructor(deps: RedriveDependencies) {
    this.#deps = deps;
  }

  /**
   * @param stop once aborted, the present batch is the last one.
   * @param onBegun is given the figures, which grow from then on.
   * @throws Fault when messages cannot be received.
   */
  async execute(
    from: GivenUpMessages,
    { isDry, rate }: RedriveOptions,
    onFailed: (failed: StillFailed) => void,
    stop: AbortSignal,
    onBegun?: (figures: RedriveFigures) => void,
  ): Promise<RedriveFigures> {
    const figures: RedriveFigures = {
      ...{ messages: 0, done: 0, failed: 0, records: 0, rows: 0, isStopped: false },
      effects: { ...ZERO_EFFECTS },
      derivations: new Map(),
    };
    onBegun?.(figures);
    const pace = new Pace(this.#deps, rate);
    try {
      while (!stop.aborted) {
        await pace.turn(stop);
        const messages = await from.receive(stop);
        if (messages.length === 0) return figures;
        const before = figures.rows;
        const faults = await new RedriveBatch(this.#deps, figures, { isDry }).execute(messages);
        const unremoved = isDry ? faults : await this.#acknowledge(from, messages, faults);
        for (const [index, { place }] of messages.entries()) {
          const fault = unremoved[index];
          figures[fault === undefined ? 'done' : 'failed']++;
          if (fault !== undefined) onFailed({ place, why: fault.message });
        }
        figures.messages += messages.length;
        pace.took(figures.rows - before);
      }
    } catch (error) {
      if (!stop.aborted) throw error;
    } finally {
      await from.close();
    }
    figures.isStopped = true;
    return figures;
  }

  /** @returns a fault for each message that is not done, or done and still there. */
  async #acknowledge(
    from: GivenUpMessages,
    messages: readonly GivenUpMessage[],
    faults: readonly (Fault | undefined)[],
  ): Promise<(Fault | undefined)[]> {
    const done = messages.filter((_, index) => faults[index] === undefined);
    const acknowledged = await this.#deps.retrier.run(done, (some) => from.acknowledge(some), NO_LIMIT);
    const results = acknowledged.values();
    return faults.map((fault) => {
      if (fault !== undefined) return fault;
      const refusal = results.next().value;
      return (
        refusal &&
        new Fault(refusal.kind, `done, but it is still there: ${refusal.message}`, { cause: refusal })
      );
    });
  }
}
