import type { ShardState } from './shard.ts';

/**
 * Which leases a process claims, so that those who share a stream come to as many each: what nobody holds, up to its share;
 * where that is not enough, from those who have more than theirs, half of what they have too many at a time, as others may
 * take from them as well.
 *
 * @param readable the shards that are to be read now, in the order in which they are preferred.
 * @param isFree whether nobody holds a shard's lease, or holds it no longer.
 * @param mayTake whether those that others hold may be taken from them.
 */
export function leasesToClaim(
  readable: readonly ShardState[],
  owner: string,
  isFree: (shard: ShardState) => boolean,
  mayTake = true,
): readonly ShardState[] {
  const held = new Map<string, ShardState[]>([[owner, []]]);
  const free: ShardState[] = [];
  for (const shard of readable) {
    if (isFree(shard)) free.push(shard);
    else held.set(shard.lease.owner, [...(held.get(shard.lease.owner) ?? []), shard]);
  }
  const share = Math.ceil(readable.length / held.size);
  const missing = share - (held.get(owner)?.length ?? 0);
  if (missing <= 0) return [];
  const claimed = free.slice(0, missing);
  if (!mayTake) return claimed;
  const excess = [...held.values()].flatMap((shards) => shards.slice(share));
  const taken = excess.slice(0, Math.min(missing - claimed.length, Math.ceil(excess.length / 2)));
  return [...claimed, ...taken];
}
