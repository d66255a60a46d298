import type { ShardPosition, ShardState } from './shard.ts';

/** Noted shards by their ids. */
export type NotedShards = ReadonlyMap<string, ShardState>;

export function byId(noted: readonly ShardState[]): NotedShards {
  return new Map(noted.map((shard) => [shard.id, shard]));
}

/**
 * The shards that are to be read now: not complete, with a parent that is. A parent that is not noted is before the reader's
 * time, or lost, which was noted as a gap when its child was.
 */
export function readable(noted: readonly ShardState[]): readonly ShardState[] {
  const known = byId(noted);
  return noted.filter(
    ({ complete, parent }) => !complete && (parent === undefined || known.get(parent)?.complete !== false),
  );
}

/**
 * Where whoever has just claimed a shard begins. Where the reader as a whole does, at the horizon or the latest record, only the
 * very first, for a shard that no noted one comes before: after them nothing of it may be missing, and what has left the
 * stream meanwhile shows only at its beginning.
 */
export function beginningOf(shard: ShardState, noted: NotedShards): ShardPosition {
  const { frontier, start, lease, parent } = shard;
  if (frontier !== undefined) return { after: frontier };
  const isFirst = lease.epoch === 1 && (parent === undefined || !noted.has(parent));
  return isFirst && start !== 'beginning' ? start : wholeOf(shard);
}

/** Where all of a shard is read, or it shows that not all can be: also for a stream that does not know any more where it began. */
export function wholeOf({ first }: ShardState): ShardPosition {
  return first === undefined ? 'beginning' : { at: first };
}

/**
 * The shards of which nothing need be kept: complete, no longer in the stream, and with no child that still asks for them.
 *
 * @param listed the ids of all shards of the stream.
 */
export function forgettable(noted: readonly ShardState[], listed: ReadonlySet<string>): readonly string[] {
  const needed = new Set(
    noted.flatMap(({ parent, complete }) => (complete || parent === undefined ? [] : parent)),
  );
  return noted.flatMap(({ id, complete }) => (complete && !listed.has(id) && !needed.has(id) ? id : []));
}

/**
 * Of shards that are to be forgotten, those that a shard comes after which stays noted: by that one everybody knows that they are of the past, also who
 * has listed them just before. Others would be new to them, and then lost.
 */
export function knownByFollowers(
  forgotten: readonly string[],
  noted: readonly ShardState[],
): readonly string[] {
  const known = byId(noted);
  const leaving = new Set(forgotten);
  const followed = new Set<string>();
  for (const { id, parent } of noted)
    if (!leaving.has(id))
      for (
        let before = parent;
        before !== undefined && !followed.has(before);
        before = known.get(before)?.parent
      )
        followed.add(before);
  return forgotten.filter((id) => followed.has(id));
}
