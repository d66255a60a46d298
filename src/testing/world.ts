import { ContainerModule } from 'inversify';
import { toDeliveries } from '../adapters/dynamodb-stream/to-deliveries.ts';
import { MemoryDerivedRowRepository } from '../adapters/memory/memory-derived-row-repository.ts';
import { MemoryMatcherRepository } from '../adapters/memory/memory-matcher-repository.ts';
import { MemoryQuarantine } from '../adapters/memory/memory-quarantine.ts';
import { MemoryTable } from '../adapters/memory/memory-table.ts';
import { SystemSleeper } from '../adapters/system/system.ts';
import { type Delivery, itemOf, type Outcome } from '../application/delivery.ts';
import { Clock } from '../application/ports/clock.ts';
import { Quarantine } from '../application/ports/quarantine.ts';
import { Random } from '../application/ports/random.ts';
import { Sleeper } from '../application/ports/sleeper.ts';
import { TableReplica } from '../application/ports/table-replica.ts';
import { heldBack } from '../application/record-state.ts';
import { DEFAULT_RETRIES } from '../application/retry.ts';
import { NO_LIMIT } from '../application/time-limit.ts';
import type { TableDefinition } from '../domain/definition/define-table.ts';
import type { Fault } from '../domain/fault.ts';
import type { SearchAction } from '../domain/search-action.ts';
import { streamWorker } from '../entrypoints/composition/container.ts';
import { QUARANTINE_MAX_SHARE } from '../entrypoints/composition/core.module.ts';
import { createMemoryWorker, type MemoryWorker } from '../entrypoints/memory-worker.ts';
import { Random as Chance } from '../random/random.ts';
import type { Delivering, KitSettings } from './settings.ts';
import { EffectCalls } from './effect-calls.ts';
import { FedBack } from './fed-back.ts';
import type { TableChange } from './source-table.ts';
import { carriesNew, type StreamRecord } from '../adapters/dynamodb-stream/stream-record.ts';
import { RecordMaker } from './stream-record.ts';
import { TestClock } from './test-clock.ts';

/** A change that came to nothing. */
export interface Failure {
  readonly delivery: Delivery;
  readonly record: StreamRecord;
  readonly fault: Fault;
  /** Only because an earlier change of its row failed. */
  readonly heldBack: boolean;
}

/** Rounds in which derived rows may come back as changes, of which more is derived. */
const MOST_ROUNDS = 100;

/** Pauses between attempts are of no length; what an effect is given as its time passes as it does. */
class TestSleeper extends SystemSleeper {
  override async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (milliseconds > 0) await super.sleep(milliseconds, signal);
  }
}

/** Pauses of no length need no chance. */
class NoChance extends Random {
  override next(): number {
    return 0;
  }
}

/** A worker, its table's stream, and what delivers that. */
export class World {
  readonly worker: MemoryWorker;
  readonly effects: EffectCalls;
  readonly failures: Failure[] = [];
  readonly quarantine = new MemoryQuarantine();
  /** Search actions, in the order in which they were sent. */
  readonly sent: SearchAction[] = [];
  readonly #clock = new TestClock();
  /** Whether the worker keeps the rows that its stream tells of: where it does not, they are the table's, as on AWS. */
  readonly #isReplicated: boolean;
  readonly #records: RecordMaker;
  readonly #fedBack: FedBack;
  /** By item, the change that failed: on AWS it would block its shard. */
  readonly #blocked = new Map<string, Failure>();
  /** By sequence number, the records that are done with: they failed. */
  readonly #given = new Set<string>();

  constructor(definition: TableDefinition, { table, view, poison, log }: KitSettings) {
    this.effects = new EffectCalls(definition);
    this.#records = new RecordMaker(table, view);
    this.#isReplicated = carriesNew(view);
    const ports = new ContainerModule(({ bind, rebind, unbind }) => {
      if (!this.#isReplicated) unbind(TableReplica);
      void rebind(Clock).toConstantValue(this.#clock);
      void rebind(Sleeper).toConstantValue(new TestSleeper());
      void rebind(Random).toConstantValue(new NoChance());
      void rebind(QUARANTINE_MAX_SHARE).toConstantValue(1);
      if (poison === 'quarantine') bind(Quarantine).toConstantValue(this.quarantine);
    });
    this.worker = createMemoryWorker({
      definition: this.effects.definition,
      log: { level: 'silent', ...log },
      retries: { ...DEFAULT_RETRIES, baseMs: 0, capMs: 0 },
      modules: [ports],
    });
    const { container } = this.worker;
    this.#fedBack = new FedBack({
      keys: definition.model.keys,
      table,
      counts: container.get(MemoryMatcherRepository),
      pointers: container.get(MemoryTable),
      rows: container.get(MemoryDerivedRowRepository),
    });
  }

  /** Delivers changes, and those of the rows that are derived of them, as the table's stream would. */
  async deliver(changes: readonly TableChange[], at: number, how: Delivering): Promise<void> {
    const { times, batch, redelivery, seed, redeliveries } = how;
    this.#clock.set(at);
    const delivered: (readonly StreamRecord[])[] = [];
    const atOnce = redelivery === 'at once' ? times : 1;
    const deliver = async (records: readonly StreamRecord[], count: number) => {
      for (let time = 1; time <= count; time++) await this.#deliver(records, redeliveries);
    };
    const deliverAll = async (some: readonly TableChange[]) => {
      for (const records of inBatches(some, batch).map((part) =>
        part.map((c) => this.#records.recordOf(c)),
      )) {
        delivered.push(records);
        await deliver(records, atOnce);
        await feedBack();
      }
    };
    const feedBack = async () => {
      for (let round = 1; ; round++) {
        const derived = this.#fedBack.changes(at);
        if (derived.length === 0) return;
        if (round > MOST_ROUNDS)
          throw new Error(
            `derived rows led to other derived rows ${MOST_ROUNDS} times: they go round in a circle, at ${JSON.stringify(derived[0]?.keys)}`,
          );
        for (const part of inBatches(derived, batch)) {
          const records = part.map((change) => this.#records.recordOf(change));
          delivered.push(records);
          await deliver(records, atOnce);
        }
      }
    };
    await deliverAll(changes);
    if (redelivery === 'at once') return;
    const late = [...delivered];
    for (let time = 2; time <= times; time++)
      for (const records of inOrder(late, redelivery, seed + time)) {
        await deliver(records, 1);
        await feedBack();
      }
  }

  /** Forgets what was called and sent so far: it was before the test. */
  startAnew(): void {
    this.effects.forget();
    this.sent.length = 0;
  }

  /** Delivers a batch until it is done, or as often as allowed: from the lowest failed record on, as Lambda does. */
  async #deliver(batch: readonly StreamRecord[], redeliveries: number): Promise<void> {
    const { processBatch, tables, model } = streamWorker(this.worker.container);
    const decoded = (some: readonly StreamRecord[]) =>
      toDeliveries(some, model, (arns) => tables.generationsOf(arns, NO_LIMIT));
    let records = batch;
    if (!this.#isReplicated)
      await this.#keepRows(await decoded(batch.map((one) => this.#records.whole(one))));
    for (let again = 0; ; again++) {
      const all = await decoded(records);
      const handled = all.flatMap((delivery, index) => {
        const record = records[index];
        return record === undefined || this.#isBehind(delivery, record) ? [] : [{ delivery, record }];
      });
      const { outcomes } = await processBatch.execute(handled.map(({ delivery }) => delivery));
      this.sent.push(...this.worker.drain());
      const failed = handled.flatMap((one, index) => failureOf(one, outcomes[index]));
      if (failed.length === 0) return;
      const mayPass = failed.some((one) => !one.heldBack && isPassing(one.fault));
      if (!mayPass || again >= redeliveries) {
        for (const failure of failed) this.#note(failure);
        return;
      }
      const first = failed[0]?.record;
      records = records.slice(records.findIndex((record) => record === first));
    }
  }

  /** Puts rows where those of the table are, which is ahead of its stream. */
  async #keepRows(deliveries: readonly Delivery[]): Promise<void> {
    const changes = deliveries.flatMap((one) => (one.kind === 'change' ? [one.change] : []));
    await this.worker.container.get(MemoryTable).apply(changes);
  }

  /** Whether a record is of a row of which an earlier change failed; it has failed too then. */
  #isBehind(delivery: Delivery, record: StreamRecord): boolean {
    if (this.#given.has(record.dynamodb.SequenceNumber)) return true;
    const earlier = this.#blocked.get(itemOf(delivery) ?? '');
    if (earlier === undefined) return false;
    const outcome = heldBack(earlier.delivery.record);
    if (outcome.status === 'failed') this.#note({ delivery, record, fault: outcome.fault, heldBack: true });
    return true;
  }

  #note(failure: Failure): void {
    this.failures.push(failure);
    this.#given.add(failure.record.dynamodb.SequenceNumber);
    const item = itemOf(failure.delivery);
    if (item !== undefined && !this.#blocked.has(item)) this.#blocked.set(item, failure);
  }
}

function failureOf(
  { delivery, record }: Pick<Failure, 'delivery' | 'record'>,
  outcome: Outcome | undefined,
): readonly Failure[] {
  if (outcome?.status !== 'failed') return [];
  return [{ delivery, record, fault: outcome.fault, heldBack: outcome.heldBack }];
}

function isPassing({ kind }: Fault): boolean {
  return kind === 'transient' || kind === 'conflict';
}

function inBatches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const batches: T[][] = [];
  for (let from = 0; from < items.length; from += size) batches.push(items.slice(from, from + size));
  return batches;
}

function inOrder<T>(items: readonly T[], order: Delivering['redelivery'], seed: number): readonly T[] {
  if (order === 'reversed') return items.toReversed();
  if (order !== 'shuffled') return items;
  const chance = Chance.of(seed);
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = chance.int(0, last);
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}
