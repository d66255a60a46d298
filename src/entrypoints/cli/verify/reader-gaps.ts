import { TableGaps } from '../../../application/read-stream/table-gaps.ts';
import { Fault } from '../../../domain/fault.ts';
import type { StreamGap } from '../../../domain/shard.ts';
import { withStateStore } from '../../composition/state-store.ts';
import { readStateConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { streamsOf } from '../gaps/streams-of.ts';

/** What became of the gaps of a table's reader. */
export interface GapsOutcome {
  readonly closed: readonly StreamGap[];
  readonly open: readonly StreamGap[];
  /** Why gaps stay open, or why it is not known whether there are any. */
  readonly why: string | undefined;
}

/** The gaps of a table's reader that were open when a repair began. */
export interface ReaderGaps {
  /** Closes them, unless there is a reason why they must stay. */
  readonly end: (why: string | undefined) => Promise<GapsOutcome>;
}

/**
 * Looks for open gaps of the reader of a table's streams, before a repair begins: only those may be closed by it.
 *
 * @returns undefined where there are none, or nothing says which table it is.
 */
export async function readerGaps(environment: Environment): Promise<ReaderGaps | undefined> {
  const { TABLE_NAME: named } = environment;
  const state = readStateConfig(environment);
  if (state.kind === 'memory' || named === undefined || named === '') return undefined;
  try {
    const { table, streams } = await streamsOf(named);
    const withGaps = <T>(work: (gaps: TableGaps) => Promise<T>) =>
      withStateStore(state, ({ shards }) => work(new TableGaps(shards, table, streams)));
    const { noted, unfinished } = await withGaps(async (gaps) => ({
      noted: await gaps.open(),
      unfinished: await gaps.unfinished(streams[0]),
    }));
    if (noted.length === 0) return undefined;
    const isBehind = unfinished.length > 0 ? BEHIND : undefined;
    const end = (found: string | undefined) =>
      withGaps(async (gaps): Promise<GapsOutcome> => {
        const why = found ?? isBehind;
        const closed = why === undefined ? noted : [];
        await gaps.close(closed);
        const open = await gaps.open();
        return { closed, open, why: why ?? (open.length > 0 ? 'they were noted meanwhile' : undefined) };
      });
    return { end: (why) => end(why).catch(unknown) };
  } catch (error) {
    const outcome = unknown(error);
    return { end: () => Promise.resolve(outcome) };
  }
}

const BEHIND =
  'an earlier stream was not read to its end, and what is left of it is older than what was lost: repair again once contrail consume has read that';

/** What was found and mended is told all the same. */
function unknown(error: unknown): GapsOutcome {
  if (!Fault.is(error)) throw error;
  return { closed: [], open: [], why: `whether gaps are open is not known: ${error.message}` };
}
