import type { ReadStreamOptions } from '../../application/read-stream/options.ts';
import { chanceOf } from '../world/chance.ts';
import { DAY, MINUTE, SECOND, type Settings, START } from '../world/settings.ts';
import type { SourceSettings } from './modelled-source.ts';

/** How processes read a world's stream. Times in milliseconds. */
export interface ReaderSettings {
  /** How many there are to be at a time. */
  readonly processes: number;
  /** Shards that the stream begins with. */
  readonly shards: number;
  /** After how long records leave the stream, and closed shards. */
  readonly retentionMs: number;
  /** How often nobody reads for a time. */
  readonly holds: number;
  /** What the stream's API does. */
  readonly source: SourceSettings;
  readonly options: Partial<ReadStreamOptions>;
}

/** The same world, whose stream is read by processes and not by Lambda. */
export function withReader(settings: Settings): Settings {
  const { seed, poison, malformed, refusals, timeoutMs, redefinitions } = settings;
  const random = chanceOf(seed, 'reader');
  const hasPoison = poison > 0 || malformed;
  const isShort = redefinitions === 0 && random.chance(0.4);
  const reader: ReaderSettings = {
    processes: random.pick([1, 2, 2, 3]),
    shards: random.pick([1, 1, 2, 3]),
    retentionMs: isShort ? random.pick([40 * SECOND, 90 * SECOND]) : DAY,
    holds: isShort ? random.int(0, 2) : random.pick([0, 0, 1]),
    source: {
      iteratorMs: random.pick([3 * SECOND, 15 * MINUTE]),
      listPage: random.int(1, 4),
      emptyPages: random.pick([0, 0.3]),
      hasChildrenOf: random.chance(0.7),
    },
    options: {
      // All that ever was: what left the stream before it was read is a gap.
      from: 'beginning',
      batchSize: random.pick([1, 2, 5, 20]),
      parallelizationFactor: random.pick([1, 1, 2, 3]),
      batchesAtOnce: random.int(1, 3),
      requestsAtOnce: random.int(1, 3),
      batchMs: timeoutMs,
      pageSize: random.pick([1, 5, 100]),
      aheadMax: random.pick([2, 20, 10_000]),
      retryMs: random.pick([5 * SECOND, 30 * SECOND]),
      idleMs: random.pick([2 * SECOND, 10 * SECOND]),
      saveMs: random.pick([SECOND, 5 * SECOND]),
      listMs: random.pick([10 * SECOND, MINUTE]),
      failoverMs: random.pick([10 * SECOND, 20 * SECOND]),
      stopMs: random.pick([SECOND, 20 * SECOND]),
    },
  };
  return {
    ...settings,
    reader,
    // It asks for ever: no world of hours is worth that.
    quietFrom: refusals > 0 ? settings.quietFrom : START + random.pick([20 * SECOND, MINUTE, 2 * MINUTE]),
    // Nobody gives anything up: what can never be handled has to go somewhere, however much there is of it.
    quarantine: settings.quarantine || hasPoison,
    quarantineMaxShare: hasPoison || refusals > 0 ? 1 : settings.quarantineMaxShare,
    epidemic: settings.epidemic === 'no SequenceNumber' ? 'no keys' : settings.epidemic,
    misdirected: false,
    failureMode: 'report',
    splits: random.int(0, 5),
    // Before a table comes back, people wait for days.
    rollBacks: 0,
  };
}
