import { readStreamArn } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import { FileShardStates } from '../../../adapters/files/file-shard-states.ts';
import type { ShardStates } from '../../../application/ports/shard-states.ts';
import { ToldShardStates } from '../../../application/read-changes/told-shard-states.ts';
import { TableGaps } from '../../../application/read-stream/table-gaps.ts';
import { Fault } from '../../../domain/fault.ts';
import type { StreamGap } from '../../../domain/shard.ts';
import { withStateStore } from '../../composition/state-store.ts';
import { readStateConfig } from '../../config.ts';
import { FAILED } from '../exit-status.ts';
import { gapLine } from '../gap-line.ts';
import { whereItIs } from '../where-it-is.ts';
import { type Asked, streamsOf } from './streams-of.ts';

export interface GapsCommandOptions {
  readonly table?: string;
  readonly streamArn?: string;
  readonly backend?: 'aws' | 'postgres';
  /** Of a reader. */
  readonly name?: string;
  /** A folder. */
  readonly state?: string;
  /** Milliseconds since 1970. */
  readonly closeBefore?: number;
  readonly report: 'text' | 'json';
}

/** Lists the gaps of a table's streams, closes those that are repaired, and sets the exit status. */
export async function runGaps(options: GapsCommandOptions): Promise<void> {
  const { name, closeBefore = -Infinity, report } = options;
  const withStates = statesOf(options);
  const { table, streams } = await askedFor(options);
  const { open, closed } = await whereItIs(() =>
    withStates(async (shards) => {
      const gaps = new TableGaps(name === undefined ? shards : statesNamed(shards, name), table, streams);
      const repaired = (await gaps.open()).filter(({ at }) => at < closeBefore);
      await gaps.close(repaired);
      return { open: await gaps.open(), closed: repaired };
    }),
  );
  process.stdout.write(
    report === 'json'
      ? `${JSON.stringify({ table, open, closed, closeBefore: timeBehind(open) })}\n`
      : textOf(table, open, closed),
  );
  if (open.length > 0) process.exitCode = FAILED;
}

type WithStates = <T>(work: (shards: ShardStates) => Promise<T>) => Promise<T>;

/** Where they are noted. */
function statesOf({ backend, state: folder }: GapsCommandOptions): WithStates {
  if (folder !== undefined)
    return async (work) => {
      const shards = await FileShardStates.open(folder);
      try {
        return await work(shards);
      } finally {
        await shards.close();
      }
    };
  const state = readStateConfig({
    ...process.env,
    ...(backend === undefined ? {} : { BACKEND: backend }),
  });
  if (state.kind === 'memory')
    throw new Fault(
      'configuration',
      'with BACKEND=memory gaps are gone with the process that noted them; give --backend aws, --backend postgres or --state FOLDER',
    );
  return (work) => withStateStore(state, ({ shards }) => work(shards));
}

/** As a reader of that name has them. */
function statesNamed(shards: ShardStates, name: string): ShardStates {
  const nobody = () => undefined;
  return new ToldShardStates(shards, name, { newShards: nobody, removedShards: nobody, gap: nobody });
}

async function askedFor({ table, streamArn }: GapsCommandOptions): Promise<Asked> {
  if (table !== undefined && streamArn !== undefined)
    throw new Fault('configuration', 'both --table and --stream-arn are given; leave one out');
  if (streamArn !== undefined) return { table: readStreamArn(streamArn).tableArn, streams: [streamArn] };
  const named = table ?? process.env['TABLE_NAME'];
  if (!named)
    throw new Fault(
      'configuration',
      'nothing says which table is meant; give --table NAME or --stream-arn ARN, or set TABLE_NAME',
    );
  return streamsOf(named);
}

function textOf(table: string, open: readonly StreamGap[], closed: readonly StreamGap[]): string {
  const time = timeBehind(open);
  const lines = [
    ...closed.map((gap) => `closed ${gapLine(gap)}`),
    ...open.map(gapLine),
    time === undefined
      ? `no gap of ${table} is open`
      : `What is in gaps was lost to its reader: run contrail verify --repair=missing,stale,wrong,extra, which closes them once nothing differs; or bring what is derived of the table’s rows into line yourself, then: contrail gaps --close-before ${time}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The time to close all of these before, by the clocks that noted them: the one here may be slow or fast. */
function timeBehind(gaps: readonly StreamGap[]): string | undefined {
  return gaps.length === 0 ? undefined : new Date(Math.max(...gaps.map(({ at }) => at)) + 1).toISOString();
}
