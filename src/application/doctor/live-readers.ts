import type { ShardState } from '../../domain/shard.ts';
import type { ShardStates } from '../ports/shard-states.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import { READ_STREAM_DEFAULTS } from '../read-stream/options.ts';

/**
 * Who reads a stream by leases in the state: those who renew one between two looks. An owner that is noted tells nothing, as a process
 * that was killed leaves its leases behind.
 *
 * @param signal ends the waiting between the looks.
 * @returns the owners, each once.
 */
export async function liveReaders(
  states: Pick<ShardStates, 'load'>,
  stream: string,
  sleeper: Sleeper,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const before = new Map(
    (await states.load(stream, signal)).filter(isHeld).map((shard) => [shard.id, shard]),
  );
  if (before.size === 0) return [];
  const failovers = Array.from(
    before.values(),
    ({ lease }) => lease.failoverMs ?? READ_STREAM_DEFAULTS.failoverMs,
  );
  // Each is renewed every third of that, and a request takes its time.
  await sleeper.sleep(Math.max(...failovers) / 2, signal);
  signal.throwIfAborted();
  const after = (await states.load(stream, signal)).filter(isHeld);
  return [
    ...new Set(
      after.flatMap(({ id, lease }) => {
        const was = before.get(id)?.lease;
        const isSame = was?.epoch === lease.epoch && was.renewals === lease.renewals;
        return isSame ? [] : [lease.owner];
      }),
    ),
  ].toSorted();
}

function isHeld({ lease, complete }: ShardState): boolean {
  return lease.owner !== '' && !complete;
}
