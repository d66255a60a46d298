import type { NewShard, Shard, ShardState } from './shard.ts';

/** What a listing has that is to be noted. */
export interface NewShards {
  /** To be noted one group after the other, parents first: where that breaks off, no child is noted without its parent. */
  readonly generations: readonly (readonly NewShard[])[];
  /** Parents that came and went without having been noted, where all was to be read: all of their records are lost. */
  readonly lost: readonly string[];
}

/**
 * Which shards of a listing are to be noted.
 *
 * As long as none of the noted ones was ever claimed, or is to be read from its beginning, reading has not begun, and what is there is from `from` on: all of it, all that ever was,
 * or only what comes now, of the shards without a child and those behind noted ones. What is before those is never noted. Later every new shard is read
 * from its beginning.
 *
 * @param isComplete whether the listing has all shards of the stream: of a partial one only children of what is noted can be
 *   told from shards whose parents are missing.
 */
export function newShards(
  listed: readonly Shard[],
  isComplete: boolean,
  noted: readonly ShardState[],
  from: ShardState['start'],
): NewShards {
  const byId = new Map(listed.map((shard) => [shard.id, shard]));
  const known = new Set(noted.map(({ id }) => id));
  const hasBegun = noted.some(({ lease, start }) => lease.epoch > 0 || start === 'beginning');
  const past = ancestorsOf(noted, byId, known);
  const parents = new Set(listed.map(({ parent }) => parent));
  const isLeaf = ({ id }: Shard) => !parents.has(id);
  const isBehindNoted = ({ parent }: Shard): boolean => {
    if (parent === undefined || known.has(parent)) return parent !== undefined;
    const listedParent = byId.get(parent);
    return listedParent !== undefined && isBehindNoted(listedParent);
  };
  const unknown = listed.filter(({ id }) => !known.has(id) && !past.has(id));
  const start = hasBegun ? 'beginning' : from;
  const generations: NewShard[][] = [];
  const lost = new Set<string>();
  let left = unknown.filter((shard) => start !== 'latest' || isLeaf(shard) || isBehindNoted(shard));
  while (left.length > 0) {
    const waiting = new Set(left.map(({ id }) => id));
    const next = left.filter(({ parent }) => parent === undefined || !waiting.has(parent));
    // Without those nobody comes first: a stream that lists a circle.
    if (next.length === 0) break;
    const noteworthy = next.filter(({ parent }) => isComplete || (parent !== undefined && known.has(parent)));
    for (const { id, parent } of noteworthy) {
      known.add(id);
      if (start === 'beginning' && parent !== undefined && !known.has(parent) && !byId.has(parent))
        lost.add(parent);
    }
    if (noteworthy.length > 0)
      generations.push(noteworthy.map(({ id, parent, first }) => ({ id, parent, start, first })));
    const decided = new Set(next);
    left = left.filter((shard) => !decided.has(shard));
  }
  return { generations, lost: [...lost] };
}

/** Those that were there before reading began, and are not read. */
function ancestorsOf(
  noted: readonly ShardState[],
  listed: ReadonlyMap<string, Shard>,
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const past = new Set<string>();
  for (const { parent } of noted)
    for (let id = parent; id !== undefined && !known.has(id) && !past.has(id); id = listed.get(id)?.parent)
      past.add(id);
  return past;
}
