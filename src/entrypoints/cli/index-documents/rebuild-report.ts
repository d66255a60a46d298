import { printable } from '../../../adapters/json/excerpt.ts';
import type { ReplayResult } from '../replay/replay.ts';

/** What became of a collection that was to be made anew. */
export interface RebuildOutcome {
  readonly collection: string;
  readonly name: string;
  readonly replayed: ReplayResult;
  /** Documents of the new collection. */
  readonly documents: number;
  /** Actions that the engine refused for good. */
  readonly refused: number;
  /** Documents of the old collection that the recording knows nothing of. */
  readonly unknown: readonly string[];
  readonly seconds: number;
  /** What is left of earlier ones, a text each. */
  readonly leftovers: readonly string[];
  /** What was left of earlier ones, and was removed. */
  readonly removed: readonly string[];
  /** Whether somebody has written to the old collection meanwhile. */
  readonly isWritten: boolean;
  /** What was switched; undefined where nothing was. */
  readonly switched: string | undefined;
}

/** How many are named. */
const NAMED = 5;

export function rebuildReport(form: 'text' | 'json', outcome: RebuildOutcome): string {
  const { collection, name, replayed, documents, refused, unknown, seconds, leftovers, removed } = outcome;
  const { isWritten, switched } = outcome;
  const failures = replayed.failures.list();
  if (form === 'json') {
    const { records } = replayed;
    const figures = {
      collection,
      records,
      documents,
      refused,
      unknown,
      failures,
      seconds,
      leftovers,
      removed,
    };
    return `${JSON.stringify({ ...figures, written: isWritten, switched: switched !== undefined })}\n`;
  }
  const count = (number: number) => number.toLocaleString('en');
  const lines = [
    `${count(replayed.records)} records in ${seconds.toFixed(2)} s: ${count(documents)} documents in ${name}`,
    ...failures.slice(0, NAMED).map(({ error }) => `  ${error}`),
  ];
  if (switched !== undefined) {
    lines.push(switched);
    if (isWritten)
      lines.push(
        `somebody wrote to the old one in the moment of the switch, and ${name} may lack that: stop the indexer, and run contrail verify --repair`,
      );
  } else {
    if (replayed.failures.total > 0) lines.push(`${count(replayed.failures.total)} records failed`);
    if (refused > 0) lines.push(`${count(refused)} documents were refused: the log says why`);
    if (unknown.length > 0)
      lines.push(
        `${count(unknown.length)} documents of ${collection} are not in the recording: ${unknown
          .slice(0, NAMED)
          .map((id) => printable(id))
          .join(', ')}${unknown.length > NAMED ? ', …' : ''}`,
      );
    if (isWritten)
      lines.push(
        `somebody has written to ${collection} meanwhile, and ${name} would lack that: stop the indexer, and begin again`,
      );
    lines.push(isWritten ? `nothing was switched` : `${collection} is as it was`);
  }
  if (removed.length > 0) lines.push(`removed what earlier ones had left: ${removed.join(', ')}`);
  if (leftovers.length > 0)
    lines.push(
      `left of earlier ones, to be taken away where nobody needs it, nor fills it now: ${leftovers.join(', ')}`,
    );
  return `${lines.join('\n')}\n`;
}
