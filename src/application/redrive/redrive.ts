import { effectsOf, type RunEffectCommand } from '../../domain/command.ts';
import type { Change } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { compareVersions, type Version } from '../../domain/version.ts';
import type { BringIntoLine, DerivationTally } from '../bring-into-line/bring-into-line.ts';
import type { Delivery } from '../delivery.ts';
import type { GivenUp, GivenUpMessage, GivenUpMessages, ShardRange } from '../ports/given-up.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { StreamSource } from '../ports/stream-source.ts';
import type { TableReplica } from '../ports/table-replica.ts';
import { replicate } from '../replicate.ts';
import type { Retrier } from '../retry.ts';
import { type RunEffects, ZERO_EFFECTS } from '../run-effects.ts';
import { Pace } from '../scan/pace.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { readRange } from './read-range.ts';

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
        const faults = await this.#redrive(messages, figures, isDry);
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

  /** @returns a fault for each message that is not done. */
  async #redrive(
    messages: readonly GivenUpMessage[],
    figures: RedriveFigures,
    isDry: boolean,
  ): Promise<(Fault | undefined)[]> {
    const held = messages.flatMap(({ holds }, message) => holds.map((one) => ({ message, one })));
    const faults = new Map<number, Fault>();
    const fail = (message: number, fault: Fault | undefined) => {
      const known = faults.get(message);
      // One that may pass goes first.
      if (fault !== undefined && (known === undefined || known.kind === 'permanent'))
        faults.set(message, fault);
    };
    const rows: RowOf[] = [];
    const raw: { readonly message: number; readonly record: unknown }[] = [];
    for (const { message, one } of held) {
      if (one.is === 'row') rows.push({ message, key: one.key, since: one.version });
      else if (one.is === 'unknown') fail(message, new Fault('permanent', one.why));
      else {
        const records = await this.#recordsOf(one);
        if (Fault.is(records)) fail(message, records);
        else raw.push(...records.map((record) => ({ message, record })));
      }
    }
    figures.records += raw.length;
    const deliveries = await this.#deps.read(raw.map(({ record }) => record));
    const changes: { readonly message: number; readonly change: Change }[] = [];
    for (const [index, { message }] of raw.entries()) {
      const delivery = deliveries[index];
      if (delivery === undefined || delivery.kind === 'unrecognised') continue;
      const key = this.#keyOf(delivery);
      // Of another table, or of one that is not followed: its keys are none of this table's.
      const isForeign = delivery.kind === 'undecodable' && delivery.fault.kind !== 'permanent';
      if (isForeign || key === undefined) fail(message, isForeign ? delivery.fault : withoutKeys(delivery));
      else
        rows.push({ message, key, since: delivery.kind === 'change' ? delivery.change.version : undefined });
      if (delivery.kind === 'change') changes.push({ message, change: delivery.change });
      else if (!isForeign && key !== undefined) fail(message, this.#neededBy(key, delivery));
    }
    await this.#replicate(changes, fail, isDry);
    await this.#runEffects(changes, figures, fail);
    const distinct = newestOf(rows);
    const brought = await this.#deps.bring.execute(distinct);
    const faultOf = new Map(distinct.map(({ key }, index) => [itemKey(key), brought.faults[index]]));
    for (const { message, key } of rows) fail(message, faultOf.get(itemKey(key)));
    figures.rows += distinct.length;
    for (const [name, { written, unchanged }] of brought.derivations) {
      const known = figures.derivations.get(name) ?? { written: 0, unchanged: 0 };
      figures.derivations.set(name, {
        written: known.written + written,
        unchanged: known.unchanged + unchanged,
      });
    }
    return messages.map((_, message) => faults.get(message));
  }

  async #recordsOf(one: GivenUp & { is: 'record' | 'range' }): Promise<readonly unknown[] | Fault> {
    if (one.is === 'record') return [one.record];
    const { stream, retrier } = this.#deps;
    if (stream === undefined) return unknownKeys(one, 'this backend reads no stream');
    const read = await readRange(stream(one.stream), one, retrier, NO_LIMIT);
    if ('fault' in read) return read.fault;
    return 'gone' in read ? unknownKeys(one, read.gone) : read.records;
  }

  #keyOf({ record: { pk, sk } }: Delivery): ItemKey | undefined {
    const hasSort = this.#deps.model.keys.sort !== undefined;
    return pk === undefined || (hasSort && sk === undefined) ? undefined : { partition: pk, sort: sk };
  }

  /** A record that cannot be read is needed by effects, and where it is the only one to say how the row is. */
  #neededBy({ partition, sort }: ItemKey, delivery: Delivery): Fault | undefined {
    if (delivery.kind !== 'undecodable') return undefined;
    const row = this.#deps.model.rowOf(partition, sort);
    if (row === undefined || 'malformed' in row) return undefined;
    const effects = [row, ...(row.others ?? [])].flatMap(({ model }) =>
      model.effects.map(({ name }) => name),
    );
    const needing = [
      ...(this.#deps.replica === undefined ? [] : ['the copy of the table']),
      ...effects.map((name) => `the effect ${name}`),
    ];
    const { fault } = delivery;
    return needing.length === 0
      ? undefined
      : new Fault('permanent', `the record is needed by ${needing.join(' and ')}: ${fault.message}`, {
          cause: fault,
          reason: fault.reason,
        });
  }

  /** The copy of the table lacks what the worker has given up: older changes change nothing in it. */
  async #replicate(
    changes: readonly Asked[],
    fail: (message: number, fault: Fault | undefined) => void,
    isDry: boolean,
  ): Promise<void> {
    const { replica, retrier } = this.#deps;
    if (replica === undefined) return;
    const whole = changes.filter(({ message, change: { after } }) => {
      if (after === 'withheld') return false;
      try {
        if (after !== 'absent') after.all();
        return true;
      } catch (error) {
        fail(message, Fault.from(error));
        return false;
      }
    });
    if (whole.length === 0 || isDry) return;
    const { failed, waiting } = await replicate(
      whole.map(({ change }) => change),
      { replica, retrier },
      NO_LIMIT,
    );
    for (const { message, change } of whole) fail(message, failed.get(change) ?? waiting.get(change));
  }

  async #runEffects(
    changes: readonly Asked[],
    figures: RedriveFigures,
    fail: (message: number, fault: Fault | undefined) => void,
  ): Promise<void> {
    const messageOf = new Map<Change, number>();
    const commands: RunEffectCommand[] = [];
    for (const { message, change } of changes)
      try {
        for (const command of effectsOf(change)) {
          messageOf.set(command.change, message);
          commands.push(command);
        }
      } catch (error) {
        fail(message, Fault.from(error));
      }
    const { failed, waiting, tally } = await this.#deps.effects.execute(commands);
    for (const [change, fault] of failed) fail(messageOf.get(change) ?? 0, fault);
    for (const change of waiting)
      fail(
        messageOf.get(change) ?? 0,
        new Fault('transient', 'an effect failed for an earlier change of its row'),
      );
    for (const name of ['run', 'skipped', 'repeated'] as const) figures.effects[name] += tally[name];
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

/** A row that a message is about, and the version of what was given up of it, where that is known. */
interface RowOf {
  readonly message: number;
  readonly key: ItemKey;
  readonly since: Version | undefined;
}

/** Each row once, with the newest that was given up of it. */
function newestOf(rows: readonly RowOf[]): readonly Pick<RowOf, 'key' | 'since'>[] {
  const byItem = new Map<string, Pick<RowOf, 'key' | 'since'>>();
  for (const { key, since } of rows) {
    const known = byItem.get(itemKey(key));
    if (known === undefined || isNewer(since, known.since)) byItem.set(itemKey(key), { key, since });
  }
  return [...byItem.values()];
}

function isNewer(a: Version | undefined, b: Version | undefined): boolean {
  return a !== undefined && (b === undefined || compareVersions(a, b) > 0);
}

interface Asked {
  readonly message: number;
  readonly change: Change;
}

function withoutKeys(delivery: Delivery): Fault {
  const why = delivery.kind === 'undecodable' ? delivery.fault.message : 'it has none';
  return new Fault(
    'permanent',
    `the keys of the row are unknown (${why}): contrail verify --repair finds what is wrong`,
  );
}

function unknownKeys({ stream, shard, first, last }: ShardRange, why: string): Fault {
  return new Fault(
    'permanent',
    `records ${first} to ${last} of ${shard} in ${stream}: their keys are unknown, as ${why}; ` +
      'contrail verify --repair finds what is wrong, without them',
  );
}
