import { ShardStates } from '../../application/ports/shard-states.ts';
import { StreamSource } from '../../application/ports/stream-source.ts';

/** Stands around every call. */
export type Around = <T>(name: string, make: () => Promise<T>, signal: AbortSignal | undefined) => Promise<T>;

export function sourceWith(source: StreamSource, around: Around): StreamSource {
  return new (class extends StreamSource {
    override readonly arn = source.arn;
    override readonly list: StreamSource['list'] = (request, signal) =>
      around('list', () => source.list(request, signal), signal);
    override readonly iterator: StreamSource['iterator'] = (shard, position, signal) =>
      around('iterator', () => source.iterator(shard, position, signal), signal);
    override readonly records: StreamSource['records'] = (iterator, max, signal) =>
      around('records', () => source.records(iterator, max, signal), signal);
  })();
}

export function statesWith(states: ShardStates, around: Around): ShardStates {
  return new (class extends ShardStates {
    override readonly load: ShardStates['load'] = (stream, signal) =>
      around('load', () => states.load(stream), signal);
    override readonly add: ShardStates['add'] = (stream, shards, signal) =>
      around('add', () => states.add(stream, shards), signal);
    override readonly claim: ShardStates['claim'] = (stream, claims, owner, signal) =>
      around('claim', () => states.claim(stream, claims, owner), signal);
    override readonly renew: ShardStates['renew'] = (stream, held, owner, signal) =>
      around('renew', () => states.renew(stream, held, owner), signal);
    override readonly release: ShardStates['release'] = (stream, held, owner, signal) =>
      around('release', () => states.release(stream, held, owner), signal);
    override readonly advance: ShardStates['advance'] = (stream, moves, signal) =>
      around('advance', () => states.advance(stream, moves), signal);
    override readonly forget: ShardStates['forget'] = (stream, shards, signal) =>
      around('forget', () => states.forget(stream, shards), signal);
    override readonly noteGaps: ShardStates['noteGaps'] = (stream, gaps, signal) =>
      around('noteGaps', () => states.noteGaps(stream, gaps), signal);
    override readonly gaps: ShardStates['gaps'] = (stream, signal) =>
      around('gaps', () => states.gaps(stream), signal);
    override readonly closeGaps: ShardStates['closeGaps'] = (stream, gaps, signal) =>
      around('closeGaps', () => states.closeGaps(stream, gaps), signal);
  })();
}
