import type { ReadResult } from '../../../application/read-stream/reader-status.ts';
import { gapLine } from '../gap-line.ts';

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

const REPAIR =
  'What is in gaps was lost to this reader: bring what is derived of the table’s rows into line with the rows as they are, and the gaps are closed (contrail verify --repair=missing,stale,wrong,extra).';
