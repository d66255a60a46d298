import type { RedriveFigures } from '../../../application/redrive/redrive.ts';

/** What a terminal is told of a redrive. */
export const REDRIVE_FORMAT =
  'redriving: {messages} messages, {rows} rows | failed {failed} | {duration_formatted}';

/** Its figures now. */
export function redriveFigures(figures: RedriveFigures | undefined) {
  const { messages = 0, rows = 0, failed = 0 } = figures ?? {};
  return {
    messages: messages.toLocaleString('en'),
    rows: rows.toLocaleString('en'),
    failed: failed.toLocaleString('en'),
  };
}
