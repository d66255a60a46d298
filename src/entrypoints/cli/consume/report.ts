import type { ReadResult } from '../../../application/read-stream/reader-status.ts';
import type { Gap } from '../../../domain/shard.ts';

export interface Consumed {
  readonly result: ReadResult & { readonly stream: string };
  readonly seconds: number;
}

/** What became of the stream's records. */
export function consumeReport(form: 'text' | 'json', { result, seconds }: Consumed): string {
  const { stream, handled, unhandled, gaps, isEndOfStream } = result;
  if (form === 'json')
    return `${JSON.stringify({ stream, handled, unhandled, endOfStream: isEndOfStream, gaps, seconds })}\n`;
  const count = (number: number) => number.toLocaleString('en');
  const lines = [
    `${count(handled)} record${handled === 1 ? '' : 's'} handled in ${seconds.toFixed(2)} s, ${count(unhandled)} read and not handled`,
    ...(isEndOfStream ? ['the stream is switched off, and read to its end'] : []),
    ...gaps.map(gapLine),
    ...(gaps.length > 0 ? [REPAIR] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function gapLine({ shard, reason, after, at }: Gap): string {
  const where = shard === undefined ? '' : ` in the shard ${shard}`;
  const from = after === undefined ? '' : ` after ${after}`;
  return `gap: ${reason}${where}${from}, noted ${new Date(at).toISOString()}`;
}

const REPAIR =
  'What is in gaps was lost to this reader: bring what is derived of the table’s rows into line with the rows as they are, then close the gaps.';
