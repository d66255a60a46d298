import { MemoryEffectLog } from '../../src/adapters/memory/memory-effect-log.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { EffectLog } from '../../src/application/ports/effect-log.ts';
import type { Sleeper } from '../../src/application/ports/sleeper.ts';
import { Retrier, type RetryPolicy } from '../../src/application/retry.ts';
import { RunEffects } from '../../src/application/run-effects.ts';
import { commandsOf, type RunEffectCommand } from '../../src/domain/command.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { effect, type EffectChange, type EffectSpec } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { StreamRecord } from '../support/stream-records.ts';
import { FixedRandom, PatientSleeper, RecordingLogger, RecordingSleeper, SteppingClock } from './doubles.ts';

export interface Order {
  readonly status: string;
  readonly total: number;
}

export const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

type OrderKey = (typeof order)['key'];
export type OrderSpec = EffectSpec<OrderKey, Order>;
export type OrderChange = EffectChange<OrderKey, Order>;

/** A table whose orders have these effects. */
export function withEffects(specs: Readonly<Record<string, OrderSpec>>): TableDefinition {
  const derive = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, effect(order, spec)]));
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive });
}

/** A log that does what another does, unless told otherwise. */
export class ScriptedEffectLog extends EffectLog {
  readonly loads: number[] = [];
  readonly advances: number[] = [];
  override readonly load: EffectLog['load'];
  override readonly advance: EffectLog['advance'];

  constructor({ load, advance }: Partial<EffectLog>, inner: EffectLog = new MemoryEffectLog()) {
    super();
    this.load = async (rows, signal) => {
      this.loads.push(rows.length);
      return (load ?? inner.load.bind(inner))(rows, signal);
    };
    this.advance = async (moves, signal) => {
      this.advances.push(moves.length);
      return (advance ?? inner.advance.bind(inner))(moves, signal);
    };
  }
}

export interface EffectsParts {
  readonly log?: EffectLog;
  readonly retries?: Partial<RetryPolicy>;
  readonly sleeper?: Sleeper;
}

/** The use case on a log in memory. Its pauses take no time, and its attempts as long as they like. */
export function someEffects({ log, retries, sleeper }: EffectsParts = {}) {
  const [metrics, pauses, logger] = [
    new MemoryMetrics(),
    new RecordingSleeper(),
    new RecordingLogger('debug'),
  ];
  const policy = { attempts: 1, conflicts: 8, baseMs: 100, capMs: 1_000, ...retries };
  const retrierOf = (own: Partial<RetryPolicy>) =>
    new Retrier(pauses, new FixedRandom(0.5), metrics, { ...policy, ...own });
  return {
    effects: new RunEffects({
      log: log ?? new MemoryEffectLog(),
      retrier: retrierOf({}),
      retrierOf,
      sleeper: sleeper ?? new PatientSleeper(),
      clock: new SteppingClock(),
      metrics,
      logger,
    }),
    logger,
    metrics,
    pauses: pauses.pauses,
  };
}

/** What records ask of a definition's effects. */
export function asked({ model }: TableDefinition, records: readonly StreamRecord[]): RunEffectCommand[] {
  return records.flatMap((record) => {
    const delivery = toDelivery(record, model);
    if (delivery.kind !== 'change') throw new Error(`the record is ${delivery.kind}`);
    return commandsOf(delivery.change).filter((command) => command.does === 'effect');
  });
}
