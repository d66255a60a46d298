import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { ElectroDbEffectLog } from '../../src/adapters/aws/electrodb/effects/electrodb-effect-log.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { SystemClock, SystemRandom, SystemSleeper } from '../../src/adapters/system/system.ts';
import type { Change } from '../../src/domain/change.ts';
import { DEFAULT_RETRIES, Retrier, type RetryPolicy } from '../../src/application/retry.ts';
import { RunEffects } from '../../src/application/run-effects.ts';
import { Fault } from '../../src/domain/fault.ts';
import { aRow, move, state } from '../contracts/effect-log/harness.ts';
import { asked, type OrderSpec, withEffects } from '../application/effects.ts';
import { RecordingLogger } from '../application/doubles.ts';
import { orderRow } from '../application/shop.ts';
import { range } from '../support/range.ts';
import { SourceTable } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';
import { intercept, type Interceptor } from './fault-wire.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('effects on DynamoDB', () => {
  const clients: DynamoDBClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  /** A worker with a client of its own. */
  async function aWorker(interceptor: Interceptor): Promise<RunEffects> {
    const { stateTable, dynamodb } = await sharedServers();
    const client = new DynamoDBClient({ ...LOCAL_SDK, endpoint: dynamodb.endpoint });
    clients.push(client);
    intercept(client, interceptor);
    const sleeper = new SystemSleeper();
    const metrics = new MemoryMetrics();
    const retrierOf = (own: Partial<RetryPolicy>) =>
      new Retrier(sleeper, new SystemRandom(), metrics, {
        ...DEFAULT_RETRIES,
        baseMs: 5,
        capMs: 40,
        ...own,
      });
    return new RunEffects({
      log: new ElectroDbEffectLog(documentClientOf(client), { stateTable }),
      retrier: retrierOf({ attempts: 4 }),
      retrierOf,
      sleeper,
      clock: new SystemClock(),
      metrics,
      logger: new RecordingLogger(),
    });
  }

  /** Gives a badge for each change: one to its customer, and one to its order. */
  function badges(TableName: string): OrderSpec {
    return {
      attempts: 4,
      run: ({ key }, { once }) => {
        const adding = (PK: string, SK: string) => ({
          Update: {
            TableName,
            Key: { PK, SK },
            UpdateExpression: 'ADD badges :one',
            ExpressionAttributeValues: { ':one': 1 },
          },
        });
        once([adding(`BADGES#${key.customer}`, 'ALL'), adding(`BADGES#${key.customer}`, key.order)]);
      },
    };
  }

  it('given two workers with the same changes, and a wire that fails, then each change gives its badges once', async function () {
    this.timeout(60_000);
    const { table, clients: shared } = await sharedServers();
    const customer = unique('customer');
    const source = new SourceTable();
    const records = range(60).map((n) =>
      source.put(orderRow(customer, String(n % 12), { status: `${n}`, total: 1 })),
    );
    let requests = 0;
    const lost = () => Object.assign(new Error('no answer'), { name: 'TimeoutError', code: 'ETIMEDOUT' });
    const unreliable: Interceptor = async (_, send) => {
      const nth = ++requests;
      if (nth % 7 === 0) throw lost();
      const answer = await send();
      if (nth % 5 === 0) throw lost();
      return answer;
    };
    const workers = await Promise.all(range(2).map(() => aWorker(unreliable)));
    const definition = withEffects({ [unique('badges')]: badges(table) });
    await Promise.all(
      workers.map(async (worker) => {
        let left = asked(definition, records);
        for (let times = 0; left.length > 0; times++) {
          expect(times, 'deliveries').to.be.below(50);
          const { failed, waiting } = await worker.execute(left);
          const isLeft = (change: Change) => failed.has(change) || waiting.has(change);
          left = left.filter(({ change }) => isLeft(change));
        }
      }),
    );
    const read = async (sk: string) => {
      const Key = { PK: { S: `BADGES#${customer}` }, SK: { S: sk } };
      const { Item } = await shared.dynamodb.send(
        new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      );
      return Number(Item?.['badges']?.N);
    };
    expect(await read('ALL')).to.equal(60);
    for (const n of range(12)) expect(await read(String(n))).to.equal(5);
  });

  describe('given what once cannot write', () => {
    const putting = (TableName: string, name: string, text = '') => ({
      Put: { TableName, Item: { PK: `ONCE#${name}`, SK: 'ONCE', text } },
    });
    const large = 'x'.repeat(400_000);
    const cases: readonly [what: string, items: (table: string) => readonly object[], words: RegExp][] = [
      [
        'two writes to one item',
        (table) => [putting(table, 'same'), putting(table, 'same')],
        /multiple operations on one item/,
      ],
      ['more than 4 MB', (table) => range(11).map((n) => putting(table, `${n}`, large)), /4MB/],
      [
        'an item of more than 400 KB',
        (table) => [putting(table, 'a', `${large}${large}`)],
        /maximum allowed size/,
      ],
      ['a key of more than 2,048 bytes', (table) => [putting(table, large.slice(0, 2_049))], /2048 bytes/],
    ];
    for (const [what, items, words] of cases)
      it(`such as ${what}, then it is a fault of the code, and nothing is noted`, async () => {
        const { stateTable, table, clients: shared } = await sharedServers();
        const log = new ElectroDbEffectLog(documentClientOf(shared.dynamodb), { stateTable });
        const source = aRow();
        const to = state(1);
        const results = await log.advance([move(source, to, undefined, items(table)), move(aRow(), to)]);
        const [fault] = results;
        if (!Fault.is(fault)) expect.fail(`it is ${fault}`);
        expect(fault.kind).to.equal('configuration');
        expect(fault.message)
          .to.match(/^the write of the effect badges for /)
          .and.to.match(words);
        expect(results[1]).to.equal('done');
        expect(await log.load([source])).to.deep.equal([undefined]);
      });
  });
});
