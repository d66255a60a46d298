import type { Clock } from '../../../application/ports/clock.ts';
import {
  type ReceivedAction,
  type ReceiveOptions,
  type RefusedAction,
  SearchActionSource,
} from '../../../application/ports/search-action-source.ts';
import type { Sleeper } from '../../../application/ports/sleeper.ts';
import type { Done } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { isBusy } from '../client/database-fault.ts';
import type { Names } from '../schema/names.ts';
import type { DocumentKey } from '../../../domain/search-document.ts';
import { storedText } from '../values/text.ts';
import { actionOf } from './action-columns.ts';
import { SentHints } from './sent-hints.ts';
import { acknowledgeActions, hideActions, refuseActions, type SettledRow } from './settle-actions.ts';
import { takeActions, type TakenRow } from './take-actions.ts';

/** How often others may be in the way of taking actions. */
const ATTEMPTS = 10;

export interface PostgresSourceOptions {
  readonly clock: Clock;
  readonly sleeper: Sleeper;
  /** 30 seconds, unless given. */
  readonly visibilityMs?: number | undefined;
  /** How long to sleep between two looks while there is nothing, and no notification comes: 1,000 milliseconds, unless given. */
  readonly pollMs?: number | undefined;
  /** For how long it is listened for notifications when nobody waits any more: 1,000 milliseconds, unless given. */
  readonly lingerMs?: number | undefined;
  /** How many receivers may have an action of whom none finished it or gave it back, before it is a dead letter: 10, unless given. */
  readonly maxUnanswered?: number | undefined;
  /** Told of each action that is a dead letter because of that. */
  readonly onDied?: ((key: DocumentKey, reason: string) => void) | undefined;
}

/**
 * Takes search actions from the queue in PostgreSQL. Whoever dies gives back what it had, when its visibility ends; what kills one receiver after the other
 * becomes a dead letter.
 */
export class PostgresSearchActionSource extends SearchActionSource {
  override readonly visibilityMs: number;
  readonly #database: Database;
  readonly #names: Names;
  readonly #clock: Clock;
  readonly #hints: SentHints;
  readonly #pollMs: number;
  readonly #maxUnanswered: number;
  readonly #onDied: NonNullable<PostgresSourceOptions['onDied']>;

  constructor(
    database: Database,
    names: Names,
    {
      clock,
      sleeper,
      visibilityMs = 30_000,
      pollMs = 1_000,
      lingerMs = 1_000,
      maxUnanswered = 10,
      onDied = () => undefined,
    }: PostgresSourceOptions,
  ) {
    super();
    this.visibilityMs = visibilityMs;
    this.#database = database;
    this.#names = names;
    this.#clock = clock;
    this.#hints = new SentHints(database, names.channel, { clock, sleeper, lingerMs });
    this.#pollMs = pollMs;
    this.#maxUnanswered = maxUnanswered;
    this.#onDied = onDied;
  }

  override async receive({ max, waitMs, signal }: ReceiveOptions): Promise<readonly ReceivedAction[]> {
    const until = this.#clock.now() + waitMs;
    let hints: ReturnType<SentHints['begin']> | undefined;
    try {
      while (!isAborted(signal)) {
        // Those that come while it is looked are of what may not have been there yet.
        const hinted = this.#hints.count;
        const { taken, died } = await this.#take(max);
        if (taken.length > 0) return taken.map(receivedOf);
        // There may be more behind them.
        if (died > 0) continue;
        const left = until - this.#clock.now();
        if (left <= 0 || isAborted(signal)) break;
        hints ??= this.#hints.begin();
        await this.#hints.wait(hinted, Math.min(left, this.#pollMs), signal);
      }
      return [];
    } finally {
      hints?.end();
    }
  }

  /** Not to be aborted: what was taken then would be hidden, and nobody's. */
  async #take(max: number): Promise<{ readonly taken: readonly TakenRow[]; readonly died: number }> {
    const seconds = this.visibilityMs / 1_000;
    const reason = `${this.#maxUnanswered} receivers had it, and none finished it or gave it back: each ended before, or took longer than ${seconds} s`;
    const values = [String(max), String(this.visibilityMs), String(this.#maxUnanswered), reason];
    const rows = await this.#taken(values);
    const taken = rows.filter(({ died }) => !died);
    for (const row of rows) if (row.died) this.#onDied(actionOf(row).key, reason);
    return { taken, died: rows.length - taken.length };
  }

  /** Repeated where others were in the way, as in a deadlock: nothing was taken then. */
  async #taken(values: readonly string[]): Promise<readonly TakenRow[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#database.query<TakenRow>(takeActions(this.#names), values);
      } catch (error) {
        if (!isBusy(error) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  override acknowledge(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    return this.#settle(acknowledgeActions(this.#names), received, [], ({ own, gone }) =>
      own || gone ? 'done' : notOwn(),
    );
  }

  override giveBack(received: readonly ReceivedAction[], delayMs: number): Promise<readonly Done[]> {
    const text = hideActions(this.#names, { keeps: false });
    return this.#settle(text, received, [String(Math.ceil(delayMs))], () => 'done');
  }

  override extend(received: readonly ReceivedAction[]): Promise<readonly Done[]> {
    const text = hideActions(this.#names, { keeps: true });
    return this.#settle(text, received, [String(this.visibilityMs)], ({ own }) => (own ? 'done' : notOwn()));
  }

  override refuse(refused: readonly RefusedAction[]): Promise<readonly Done[]> {
    const received = refused.map((one) => one.received);
    const reasons = refused.map(({ fault }) => storedText(fault.message));
    return this.#settle(refuseActions(this.#names), received, [], () => 'done', reasons);
  }

  async #settle(
    text: string,
    received: readonly ReceivedAction[],
    values: readonly string[],
    resultOf: (row: SettledRow) => Done,
    reasons: readonly string[] = [],
  ): Promise<readonly Done[]> {
    if (received.length === 0) return [];
    const receipts = received.map(({ message, receipt }, n) => ({
      ...{ n, id: `\\x${message}`, receipt, reason: reasons[n] },
    }));
    try {
      const rows = await this.#database.query<SettledRow>(text, [JSON.stringify(receipts), ...values]);
      const found = new Map(rows.map((row) => [row.n, row]));
      return received.map((_, n) => {
        const row = found.get(n);
        return row === undefined ? new Fault('transient', 'the message got no result') : resultOf(row);
      });
    } catch (error) {
      if (!Fault.is(error)) throw error;
      return received.map(() => error);
    }
  }
}

function receivedOf(row: TakenRow): ReceivedAction {
  return {
    action: actionOf(row),
    receipt: row.receipt,
    message: row.id,
    group: row.document,
    receives: row.receives,
    sentAt: Number(row.sent_at),
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function notOwn(): Fault {
  return new Fault(
    'conflict',
    'the message is no longer this receiver’s: it was hidden for too short a time',
  );
}
