import type { StreamGap } from '../../domain/shard.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Random } from '../ports/random.ts';
import type { ShardStates } from '../ports/shard-states.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { StreamSource } from '../ports/stream-source.ts';
import type { HandleRecords } from './handle-records.ts';

/** What it takes to note of a stream what is there. */
export interface NotingDependencies {
  readonly source: StreamSource;
  readonly states: ShardStates;
  /** The gaps that are told with those of the stream, or all of them; those of the stream alone unless given. */
  readonly openGaps?: (signal: AbortSignal) => Promise<readonly StreamGap[]>;
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly logger: Logger;
}

export interface ReadStreamDependencies extends NotingDependencies {
  readonly handle: HandleRecords;
  /** Names this process among all that read the stream, ever. */
  readonly owner: string;
}
