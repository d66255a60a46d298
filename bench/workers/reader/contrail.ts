import { createWriteStream } from 'node:fs';
import {
  SystemClock,
  SystemMonotonicClock,
  SystemRandom,
  SystemSleeper,
} from '../../../src/adapters/system/system.ts';
import { WinstonLogger } from '../../../src/adapters/winston/winston-logger.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import type { Sleeper } from '../../../src/application/ports/sleeper.ts';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import type { HandleRecords } from '../../../src/application/read-stream/handle-records.ts';
import type { ReadStreamOptions } from '../../../src/application/read-stream/options.ts';
import { ReadStream } from '../../../src/application/read-stream/read-stream.ts';
import { streamWorker } from '../../../src/entrypoints/composition/container.ts';
import { handleRecordsOf } from '../../../src/entrypoints/handle-records.ts';
import { createMemoryWorker } from '../../../src/entrypoints/memory-worker.ts';

/** What is written to the log is read by nobody. */
const nowhere = createWriteStream('/dev/null');

const SYSTEM: Time = {
  clock: new SystemClock(),
  monotonic: new SystemMonotonicClock(),
  sleeper: new SystemSleeper(),
};

interface Time {
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;
}

export interface ContrailReaderOptions extends Partial<ReadStreamOptions> {
  /** The machine's, unless given. */
  readonly time?: Time;
}

/** Reads as `contrail consume` does, until it is stopped. */
export async function contrailReader(
  source: StreamSource,
  states: ShardStates,
  handle: HandleRecords,
  stop: AbortSignal,
  { time = SYSTEM, ...options }: ContrailReaderOptions = {},
): Promise<void> {
  const { clock, monotonic, sleeper } = time;
  const logger = new WinstonLogger({ level: 'info', stream: nowhere, readable: false });
  const random = new SystemRandom();
  const reader = new ReadStream(
    { source, states, handle, owner: 'bench', clock, monotonic, sleeper, random, logger },
    options,
  );
  const { gaps } = await reader.run(stop);
  if (gaps.length > 0) throw new Error(`${gaps.length} gaps were noted`);
}

/** A worker with everything in memory, as `contrail consume --backend memory` has it: for the fleet. */
export function memoryWorker(): HandleRecords {
  const { container } = createMemoryWorker({ log: { stream: nowhere, readable: false } });
  const handle = handleRecordsOf(streamWorker(container));
  return async (records, limit) => {
    const results = await handle(records, limit);
    if (results.some((result) => result !== 'done')) throw new Error('a record was not handled');
    return results;
  };
}

/** A worker that does nothing. */
export const noWorker: HandleRecords = async (records) => records.map(() => 'done' as const);
