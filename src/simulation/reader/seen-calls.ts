import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import type { World } from '../world/world.ts';
import { sourceWith, statesWith } from './calls.ts';
import type { EntryRecord } from './entry-record.ts';

type Told = Pick<World, 'counts' | 'trace'>;

/** The source of one process, of which it is counted and told what comes of it. */
export function seenSource(inner: StreamSource, { counts, trace }: Told, name: string): StreamSource {
  const list: StreamSource['list'] = async (request) => {
    const page = await inner.list(request);
    if (page?.next !== undefined) counts.add('reader: a page of shards of several');
    return page;
  };
  const iterator: StreamSource['iterator'] = async (shard, position) => {
    const found = await inner.iterator(shard, position);
    const from = typeof position === 'string' ? position : `after ${position.after}`;
    trace(() => `${name} is to read ${shard} from ${from}: ${found.is}`);
    if (found.is !== 'iterator') counts.add(`reader: an iterator is ${found.is}`);
    return found;
  };
  const records: StreamSource['records'] = async (at, max) => {
    const page = await inner.records(at, max);
    if (page.is !== 'page') counts.add(`reader: a page is ${page.is}`);
    else {
      const { length } = page.records;
      const end = page.next === undefined ? ', which is its end' : '';
      if (length === 0) counts.add('reader: an empty page');
      else if (end !== '') counts.add('reader: a last page with records');
      if (length > 0 || end !== '')
        trace(() => `${name} gets ${shardOf(at)}: ${numbersOf(page.records)}${end}`);
    }
    if (page.is !== 'page') trace(() => `${name} gets ${shardOf(at)}: ${page.is}`);
    return page;
  };
  return Object.assign(
    sourceWith(inner, (_, make) => make()),
    { list, iterator, records },
  );
}

/** What is noted of a stream, of which it is counted and told how it changes. */
export function seenStates(inner: ShardStates, { counts, trace }: Told): ShardStates {
  const add: ShardStates['add'] = async (stream, shards) => {
    await inner.add(stream, shards);
    trace(() => `noted: ${shards.map(({ id, start }) => `${id} from ${start}`).join(', ')}`);
  };
  const claim: ShardStates['claim'] = async (stream, claims, owner) => {
    const owners = new Map((await inner.load(stream)).map(({ id, lease }) => [id, lease.owner]));
    const got = await inner.claim(stream, claims, owner);
    for (const { id } of got) {
      const before = owners.get(id) ?? '';
      if (before !== '' && before !== owner) counts.add('reader: a lease is taken from another');
      trace(() => `${owner} has ${id}${before === '' || before === owner ? '' : `, which ${before} had`}`);
    }
    return got;
  };
  const advance: ShardStates['advance'] = async (stream, moves) => {
    const lost = await inner.advance(stream, moves);
    if (lost.length > 0) counts.add('reader: a frontier comes from who has lost the lease');
    trace(() =>
      moves
        .map(({ shard, frontier, complete }) => {
          const to = complete === true ? 'complete' : `handled up to ${frontier}`;
          return lost.includes(shard)
            ? `not noted, by who has lost it: ${shard} ${to}`
            : `noted: ${shard} ${to}`;
        })
        .join('; '),
    );
    for (const { complete } of moves) if (complete === true) counts.add('reader: a shard is complete');
    return lost;
  };
  const noteGaps: ShardStates['noteGaps'] = async (stream, gaps) => {
    const known = (await inner.gaps(stream)).length;
    await inner.noteGaps(stream, gaps);
    if ((await inner.gaps(stream)).length === known) return;
    for (const { shard, reason, after } of gaps) {
      counts.add(`reader: a gap is noted: ${reason}`);
      trace(
        () =>
          `a gap is noted: ${shard ?? 'the stream'} ${reason}${after === undefined ? '' : ` after ${after}`}`,
      );
    }
  };
  return Object.assign(
    statesWith(inner, (_, make) => make()),
    { add, claim, advance, noteGaps },
  );
}

function shardOf(iterator: string): string {
  return (JSON.parse(iterator) as { shard: string }).shard;
}

function numbersOf(records: readonly { readonly record: unknown }[]): string {
  return records.map(({ record }) => `#${(record as EntryRecord).entry.number}`).join(' ');
}
