import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import type { NotedStream } from '../../domain/shard-book.ts';
import type { Gap, ShardState } from '../../domain/shard.ts';

/** Of the file: one that only a later version knows is refused. */
const FORM = 1;

/** What is noted of streams, as their file has it. */
export function statesText(streams: Iterable<readonly [stream: string, noted: NotedStream]>): string {
  const noted = [...streams].map(([stream, { shards, gaps }]) => ({ stream, shards, gaps }));
  return `${JSON.stringify({ form: FORM, streams: noted })}\n`;
}

/**
 * What a file has noted. Leases are nobody's: whoever held them wrote in the file, and has ended.
 *
 * @throws Fault `configuration` for a file that is not as this code writes it: to begin anew would be a guess.
 */
export function readStatesText(text: string, path: string): ReadonlyMap<string, NotedStream> {
  const { form, streams } = parsed(text, path);
  if (form !== FORM)
    throw new Fault(
      'configuration',
      `${path} is of form ${JSON.stringify(form)}, and this version knows none but ${FORM}: a later version has written it; use that one`,
    );
  if (!Array.isArray(streams)) throw damaged(path);
  return new Map(
    (streams as unknown[]).map((one) => {
      if (!isObject(one) || typeof one['stream'] !== 'string') throw damaged(path);
      const { shards, gaps } = one;
      if (!Array.isArray(shards) || !Array.isArray(gaps)) throw damaged(path);
      return [
        one['stream'],
        { shards: (shards as ShardState[]).map(stateOf), gaps: (gaps as Gap[]).map(gapOf) },
      ];
    }),
  );
}

function parsed(text: string, path: string): { readonly form?: unknown; readonly streams?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw damaged(path, error);
  }
  throw damaged(path);
}

/** JSON has no members that are undefined. */
function stateOf({ id, parent, start: from, first, frontier, complete, lease }: ShardState): ShardState {
  const nobodys = { owner: '', epoch: lease.epoch, renewals: 0 };
  // The latest record was that of the process that noted it: by now it is another.
  const start = from === 'latest' ? 'beginning' : from;
  const state = { id, parent, start, frontier, complete, lease: nobodys };
  return first === undefined ? state : { ...state, first };
}

function gapOf({ shard, reason, after, at }: Gap): Gap {
  return { shard, reason, after, at };
}

function damaged(path: string, cause?: unknown): Fault {
  return new Fault(
    'configuration',
    `${path} is damaged, and only Contrail should write it: restore it, or take it away, and streams are read from their beginning`,
    { reason: `${path} is damaged`, cause },
  );
}
