import type { StreamGap } from '../../domain/shard.ts';

/** A gap, for a reader of reports. */
export function gapLine({ stream, shard, reason, after, at }: StreamGap): string {
  const where = shard === undefined ? '' : ` in the shard ${shard}`;
  const from = after === undefined ? '' : ` after ${after}`;
  return `gap: ${reason}${where}${from}, noted ${new Date(at).toISOString()}, of ${stream}`;
}
