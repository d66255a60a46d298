import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { drainQueue } from '../../local/proof/drain-queue.ts';
import { writeFleet } from '../../local/proof/fleet-writer.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { javaMissing } from '../../local/servers/java.ts';
import { type LocalServers, startServers, workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run, start } from '../support/command-line.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { range } from '../support/range.ts';

/** How often a process is killed in each test. Two hundred times by hand: `KILLS=200 npm run test:file -- test/local/consume-kills.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 2);

/** Notes each change in the file that SEEN names, as its effect. */
const SEEN = `
import { appendFileSync } from 'node:fs';
import { defineTable, effect, row } from '${new URL('../../dist/index.js', import.meta.url).href}';
const item = row({ PK: 'ITEM#<id>', SK: 'ITEM' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { item },
  derive: {
    seen: effect(item, {
      run: ({ after }) => appendFileSync(process.env.SEEN, \`\${String(after.n)}\\n\`),
    }),
  },
});
`;

type Child = ReturnType<typeof start>;

describeUnless(javaMissing(), 'contrail consume, in processes that are killed', () => {
  let servers: LocalServers;
  let folder: string;

  before(async () => {
    servers = await startServers({ brief: true });
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
  });
  after(async () => {
    await (servers as LocalServers | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = (more: Record<string, string> = {}) => ({
    ...workerEnvironment(servers),
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
    LOG_LEVEL: 'error',
    ...more,
  });

  const consume = (args: readonly string[], env: Record<string, string>) =>
    start([...BUNDLED_CONTRAIL, 'consume', '--failover-ms', '600', '--batch-size', '20', ...args], { env });

  /** Which process reads the stream: its only shard. */
  async function readerOf(streamArn: string, stateTable: string): Promise<number | undefined> {
    const { dynamodb } = servers.clients;
    const states = new DynamoDbShardStates(documentClientOf(dynamodb), { stateTable });
    const open = (await states.load(streamArn)).find(({ complete }) => !complete);
    const owner = open?.lease.owner.split(' ')[1];
    return owner === undefined ? undefined : Number(owner);
  }

  /** Kills, again and again, the one of two processes that reads, while somebody writes. In the end all is handled. */
  async function killed(
    streamArn: string,
    args: readonly string[],
    env: Record<string, string>,
    change: (round: number) => Promise<unknown>,
  ) {
    const children = [consume(args, env), consume(args, env)];
    const said: string[] = [];
    const listen = (child: Child) => child.stderr.on('data', (text) => said.push(String(text)));
    children.forEach(listen);
    const whoReads = async (children: readonly Child[]) => {
      for (;;) {
        const pid = await readerOf(streamArn, env['STATE_TABLE_NAME'] ?? '');
        const reader = children.find((child) => child.pid === pid);
        if (reader !== undefined) return reader;
        const ended = children.find(({ exitCode }) => exitCode !== null);
        expect(ended?.exitCode, said.join('')).to.equal(undefined);
        await sleepFor(20);
      }
    };
    for (const round of range(KILLS)) {
      const writing = change(round);
      const victim = await whoReads(children);
      // At some moment of its work.
      await sleepFor((round * 37) % 150);
      const isClosed = once(victim, 'close');
      victim.kill('SIGKILL');
      await Promise.all([isClosed, writing]);
      const next = consume(args, env);
      listen(next);
      children.splice(children.indexOf(victim), 1, next);
    }
    await change(KILLS);
    // One that has only begun to start ends by the signal itself; one that reads, in good order.
    const reader = await whoReads(children);
    const ends = children.map(async (child) => {
      const isClosed = once(child, 'close') as Promise<[number | null, string | null]>;
      child.kill('SIGTERM');
      const end = (await isClosed).join();
      expect(child === reader ? ['0,'] : ['0,', ',SIGTERM'], said.join('')).to.include(end);
    });
    await Promise.all(ends);
    const last = await run([...BUNDLED_CONTRAIL, 'consume', '--once', '--report', 'json', ...args], '', {
      env,
    });
    expect(last.status, last.err).to.equal(0);
    expect(JSON.parse(last.out)).to.deep.include({ unhandled: 0, gaps: [] });
  }

  it('given a fleet that is written meanwhile, then in the end there is no drift', async () => {
    const { clients, table, streamArn, queueUrl } = servers;
    await killed(streamArn, [], environment(), (round) =>
      writeFleet(clients.dynamodb, { table, writes: 150, seed: round + 1 }),
    );
    const index = new MemorySearchIndex();
    expect(await drainQueue(clients.sqs, queueUrl, index)).to.be.greaterThan(50);
    const { drift, checked } = await verify(new TableDerivedState(clients.dynamodb, table, index), fleet);
    expect(checked.search).to.be.greaterThan(20);
    expect(drift).to.deep.equal([]);
  }).timeout(120_000 + KILLS * 20_000);

  it('given effects, then each change is handled, at least once', async () => {
    const { dynamodb } = servers.clients;
    const streamArn = await createMainTable(dynamodb, 'items');
    // It has one table that is followed.
    await createStateTable(dynamodb, 'items-state');
    const [definition, seen] = [join(folder, 'seen.config.mjs'), join(folder, 'seen')];
    await writeFile(definition, SEEN);
    await appendFile(seen, '');
    const write = async (n: number) => {
      const Item = { PK: { S: `ITEM#${n % 17}` }, SK: { S: 'ITEM' }, n: { N: `${n}` } };
      await dynamodb.send(new PutItemCommand({ TableName: 'items', Item }));
    };
    await killed(
      streamArn,
      ['--table', 'items', '--definition', definition, '--parallelization-factor', '3'],
      environment({ SEEN: seen, STATE_TABLE_NAME: 'items-state' }),
      async (round) => {
        for (const n of range(60)) await write(round * 60 + n);
      },
    );
    const noted = (await readFile(seen, 'utf8')).trim().split('\n').map(Number);
    const written = range((KILLS + 1) * 60);
    expect([...new Set(noted)].toSorted((a, b) => a - b)).to.deep.equal(written);
    // Of one item, in their order: what comes again is of before.
    for (const item of range(17)) {
      const firsts = [...new Set(noted.filter((n) => n % 17 === item))];
      expect(firsts).to.deep.equal(firsts.toSorted((a, b) => a - b));
    }
  }).timeout(120_000 + KILLS * 20_000);
});
