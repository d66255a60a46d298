import { Fault } from '../../domain/fault.ts';
import type { NotingDependencies } from './dependencies.ts';
import { GapNoting } from './gap-noting.ts';
import { ShardLister } from './list-shards.ts';
import { READ_STREAM_DEFAULTS, type ReadStreamOptions } from './options.ts';
import { ShardNoting } from './shard-noting.ts';
import { SourceTime } from './source-time.ts';

/**
 * Notes which shards a stream has that is to be read later: such as leave it until then are a gap. A stream that is gone has none.
 *
 * @throws Fault when not all could be listed, or it is not known what was noted: to be done again.
 */
export async function noteShards(
  deps: NotingDependencies,
  from: ReadStreamOptions['from'],
  signal: AbortSignal,
): Promise<void> {
  const time = new SourceTime(deps.clock);
  const lister = new ShardLister(deps, signal, READ_STREAM_DEFAULTS.retryMs, time);
  const noting = new ShardNoting(
    deps,
    lister,
    new GapNoting(deps, signal, time),
    { ...READ_STREAM_DEFAULTS, from },
    signal,
  );
  if ((await noting.noteAll()) === false)
    throw new Fault('transient', `the shards of the stream ${deps.source.arn} could not all be listed`);
}
