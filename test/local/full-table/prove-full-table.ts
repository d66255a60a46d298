import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { freePort } from '../../../local/servers/free-port.ts';
import { type LocalServers, startServers, workerEnvironment } from '../../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../../local/servers/tables.ts';
import { EmbeddedSearchIndex } from '../../../src/adapters/embedded-search/embedded-search-index.ts';
import { tableArnOf } from '../../../src/adapters/dynamodb-stream/stream-arn.ts';
import { TableGenerations } from '../../../src/application/ports/table-generations.ts';
import { foundByRepair, PLANTED, plantedRows } from '../../application/drift/planted.ts';
import { orderRow } from '../../application/drift/proof-world.ts';
import { openWorldOn } from '../../integration/table-world.ts';
import { BUNDLED_CONTRAIL } from '../../support/bundled-contrail.ts';
import { start } from '../../support/command-line.ts';
import { range } from '../../support/range.ts';
import { STREAM_ARN } from '../../support/stream-records.ts';
import { PROVED_FILE } from './definition-file.ts';
import { writeLive } from './live-writer.ts';
import { measuredCommand, type MeasuredRun } from './measured-command.ts';

export interface FullTableOptions {
  /** That are there before. */
  readonly rows: number;
  /** Of each kind of drift. */
  readonly planted: number;
  /** Whether the servers last for minutes only. */
  readonly isBrief: boolean;
  readonly say: (line: string) => void;
}

export interface FullTableProof {
  readonly backfill: MeasuredRun;
  readonly verify: MeasuredRun;
  /** Changes that were made and handled while the table was filled. */
  readonly changes: number;
  /** What must be found of what was planted, and what was: with a word for each, sorted. */
  readonly planted: readonly string[];
  readonly found: readonly string[];
  /** What was not mended of it. */
  readonly left: readonly string[];
  /** By a last `contrail verify`. */
  readonly verifyAgain: MeasuredRun;
}

const TABLE = 'full';
const STATE_TABLE = 'full-state';
/** MiB of heap: with all else a process has, within 512. */
const HEAP = 320;
/** One row in so many has a document. */
const DOCUMENTS = 20;
const PER_CUSTOMER = 10;
const STATUSES = 1_000;
/** So many plants have their rows written at a time. */
const AT_ONCE = 25;
/** How often in a row nothing must be left to handle, a tenth of a second apart. */
const QUIET_LOOKS = 20;

/**
 * A table of DynamoDB Local that is full before anything is derived: `contrail consume` begins with what is written from then on, `contrail backfill`
 * fills the rest beside it, `contrail index` and `contrail verify` follow. Then drift of each kind is planted, found and mended, and it is verified once more.
 */
export async function proveFullTable(options: FullTableOptions): Promise<FullTableProof> {
  const { rows, planted, isBrief, say } = options;
  const before = { ...process.env };
  const servers = await startServers({ brief: isBrief });
  const folder = await mkdtemp(join(tmpdir(), 'contrail-full-'));
  try {
    await writeFile(join(folder, 'contrail.config.ts'), PROVED_FILE);
    const env = await filledTable(servers, rows, say);
    const search = join(folder, 'search');
    const run = (command: string, ...args: readonly string[]) =>
      measuredCommand([command, ...args], {
        ...{ cwd: folder, heap: HEAP },
        env: { ...env, LOG_LEVEL: 'error', ...(command !== 'backfill' && { SEARCH_FOLDER: search }) },
      });
    const consuming = await startConsuming(folder, env);
    const live = writeLive(servers.clients.dynamodb, TABLE, (n) => ({
      row: rowAt((n * 7_919) % (rows + 100), n + 1),
      isRemoved: n % 5 === 4,
    }));
    const backfill = await run('backfill', '--report', 'json');
    say(`backfill: ${said(backfill)}`);
    const changes = await live.stop();
    await consuming.untilQuiet();
    await consuming.stop();
    say(`${changes} changes beside it`);
    const indexed = await run('index', '--once', '--report', 'json');
    say(`index: ${said(indexed)}`);
    if (indexed.status !== 0) throw new Error(indexed.err);
    const verify = await run('verify', '--settle', '1', '--report', 'json');
    say(`verify: ${said(verify)}`);
    const proof = await plantAndMend(servers, env, { search, planted });
    say(
      `${proof.found.length} findings of ${planted} planted drifts of each of ${PLANTED.length} kinds, mended`,
    );
    const verifyAgain = await run('verify', '--settle', '1', '--report', 'json');
    say(`verify: ${said(verifyAgain)}`);
    return { ...proof, backfill, verify, changes, verifyAgain };
  } finally {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function said({ seconds, peak, halves: [first, second] }: MeasuredRun): string {
  return `${seconds.toFixed(1)} s, at most ${peak?.toFixed(0) ?? '?'} MiB (first half ${first.toFixed(0)}, second ${second.toFixed(0)})`;
}

/** @param version of the row: how often it was written. */
function rowAt(n: number, version = 0) {
  const kind = n % DOCUMENTS === 0 ? 'open' : 'draft';
  return orderRow(`c${Math.floor(n / PER_CUSTOMER)}`, `${n % PER_CUSTOMER}`, {
    status: `s${(n + version) % STATUSES}-${kind}`,
    total: (n + version) % 97,
  });
}

/** @returns the environment of a worker on it. */
async function filledTable({ clients, ...servers }: LocalServers, rows: number, say: (line: string) => void) {
  const { dynamodb } = clients;
  await createTable(dynamodb, TABLE);
  await createStateTable(dynamodb, STATE_TABLE);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'audit',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const from = performance.now();
  await pMap(range(Math.ceil(rows / 25)), (page) => putAll(dynamodb, page * 25, rows), { concurrency: 8 });
  say(`${rows} rows written in ${((performance.now() - from) / 1_000).toFixed(0)} s`);
  // Only now: what is there is in no stream.
  await dynamodb.send(
    new UpdateTableCommand({
      TableName: TABLE,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const queueUrl = await servers.sqs.createFifoQueue('full');
  return {
    ...workerEnvironment({ ...servers, clients, queueUrl, table: TABLE, stateTable: STATE_TABLE }),
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
  };
}

async function putAll(dynamodb: DynamoDBClient, from: number, rows: number): Promise<void> {
  const some = range(Math.min(25, rows - from)).map((n) => ({
    PutRequest: { Item: marshall(rowAt(from + n)) },
  }));
  let left = { [TABLE]: some };
  while (Object.keys(left).length > 0) {
    const { UnprocessedItems = {} } = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: left }));
    left = UnprocessedItems as typeof left;
  }
}

async function startConsuming(cwd: string, env: Readonly<Record<string, string>>) {
  const port = await freePort();
  const child = start(
    [...BUNDLED_CONTRAIL, 'consume', '--from', 'latest', '--no-index', '--health', `${port}`],
    { cwd, env: { ...env, LOG_LEVEL: 'error' } },
  );
  child.stdin.end();
  child.stdout.resume();
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const ended = once(child, 'close');
  const health = async () => {
    if (child.exitCode !== null) throw new Error(`contrail consume ended: ${errors.join('')}`);
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    return (await answer?.json()) as
      { handled: number; openShards: number; lagMs: number | null } | undefined;
  };
  const until = async (isSo: (now: NonNullable<Awaited<ReturnType<typeof health>>>) => boolean) => {
    for (let now = await health(); now === undefined || !isSo(now); now = await health()) await sleep(100);
  };
  await until(({ openShards }) => openShards > 0);
  return {
    // What is derived of rows is in the stream as well, so that their number tells nothing.
    untilQuiet: async () => {
      let [before, quiet] = [-1, 0];
      await until(({ handled, lagMs }) => {
        quiet = handled === before && lagMs === 0 ? quiet + 1 : 0;
        before = handled;
        return quiet >= QUIET_LOOKS;
      });
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface Planting {
  readonly search: string;
  readonly planted: number;
}

/** In this process, as one alone may write to the embedded engine's folder. */
async function plantAndMend(
  servers: LocalServers,
  env: Readonly<Record<string, string>>,
  { search, planted }: Planting,
): Promise<Pick<FullTableProof, 'planted' | 'found' | 'left'>> {
  const index = await EmbeddedSearchIndex.open(search, { warn: () => undefined });
  const { world } = await openWorldOn(servers, { ...env, LOG_LEVEL: 'silent' }, index);
  try {
    // Records that are made up here are of another table's stream.
    await world.container.get(TableGenerations).adopt(tableArnOf(STREAM_ARN));
    const all = PLANTED.flatMap((one, kind) =>
      range(planted).map((n) => ({ ...one, prefix: `p${kind}-${n}-` })),
    );
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const some = all.slice(from, from + AT_ONCE);
      await world.write(...some.flatMap(({ prefix }) => plantedRows(prefix)));
    }
    for (const { plant, prefix } of all) await plant(world, prefix);
    const { words, mendings } = await world.repair();
    return {
      planted: all.flatMap((one) => foundByRepair(one, one.prefix)).toSorted(),
      found: words,
      left: mendings.filter((mending) => !mending.startsWith('mended ')),
    };
  } finally {
    await world.close();
    await index.close();
  }
}
