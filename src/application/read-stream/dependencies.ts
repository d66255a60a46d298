import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Random } from '../ports/random.ts';
import type { ShardStates } from '../ports/shard-states.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { StreamSource } from '../ports/stream-source.ts';
import type { HandleRecords } from './handle-records.ts';

export interface ReadStreamDependencies {
  readonly source: StreamSource;
  readonly states: ShardStates;
  readonly handle: HandleRecords;
  /**
   * Called once it stands in every shard that is to be read now: whatever is changed from then on is handled, or a gap. Where other
   * processes have some of the shards, not before this one has had all.
   */
  readonly begun?: () => void;
  /** Names this process among all that read the stream, ever. */
  readonly owner: string;
  readonly clock: Clock;
  readonly monotonic: MonotonicClock;
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly logger: Logger;
}
