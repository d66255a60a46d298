import type { ReaderStatus } from '../../../application/read-stream/reader-status.ts';
import { EVERY } from '../status-line.ts';

/** What a terminal is told of a reader. */
export const CONSUME_FORMAT =
  'consuming {handled} handled | {rate}/s | {lag} | {shards} of {open} shards{blocked}{gaps} | {duration_formatted}';

/** Its figures, each time that they are asked for: the rate is that since the time before. */
export function consumeFigures(status: () => ReaderStatus): () => Readonly<Record<string, string>> {
  let handledBefore = 0;
  return () => {
    const { handled, lagMs, shards, open, gaps } = status();
    const perSecond = ((handled - handledBefore) * 1_000) / EVERY;
    handledBefore = handled;
    const blocked = shards.reduce((sum, { blockedItems }) => sum + blockedItems, 0);
    return {
      handled: handled.toLocaleString('en'),
      rate: Math.round(perSecond).toLocaleString('en'),
      lag: lagMs === undefined ? 'lag unknown' : `${(lagMs / 1_000).toFixed(1)} s behind`,
      shards: shards.length.toLocaleString('en'),
      open: open.toLocaleString('en'),
      blocked: blocked === 0 ? '' : ` | ${blocked.toLocaleString('en')} items blocked`,
      gaps: gaps.length === 0 ? '' : ` | ${gaps.length.toLocaleString('en')} gaps`,
    };
  };
}
