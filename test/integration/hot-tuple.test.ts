import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { SystemRandom, SystemSleeper } from '../../src/adapters/system/system.ts';
import { DEFAULT_RETRIES, Retrier } from '../../src/application/retry.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { UpdateMatcherTuple } from '../../src/application/update-matcher-tuple.ts';
import { commandsOf, type UpdateMatcherTupleCommand } from '../../src/domain/command.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { changeOf, linkRow, SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { cancellation } from './fault-injector.ts';
import { intercept, type Interceptor } from './fault-wire.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const WORKERS = 2;
const LINKS_PER_WORKER = 200;
const MODEL = '172S';
const TYPE = 'C172';

describeWithServers('two workers on one hot tuple', () => {
  const clients: DynamoDBClient[] = [];
  let table: string;
  let stateTable: string;
  let endpoint: string;

  before(async () => {
    const servers = await sharedServers();
    ({ table, stateTable } = servers);
    ({ endpoint } = servers.dynamodb);
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  /** A worker with a client of its own, and the conflicts that it met. */
  function aWorker(interceptor: Interceptor) {
    const client = new DynamoDBClient({ ...LOCAL_SDK, endpoint });
    clients.push(client);
    intercept(client, interceptor);
    const documents = documentClientOf(client);
    const metrics = new MemoryMetrics();
    const retrier = new Retrier(new SystemSleeper(), new SystemRandom(), metrics, DEFAULT_RETRIES);
    const matcher = new ElectroDbMatcherRepository(documents, {
      table,
      keys: fleet.model.keys,
      stateTable,
    });
    return { useCase: new UpdateMatcherTuple(matcher, retrier), metrics };
  }

  async function countOf(manufacturer: string): Promise<string | undefined> {
    const { dynamodb } = (await sharedServers()).clients;
    const Key = {
      PK: { S: `ICAO#MATCHER#MFR#${manufacturer}` },
      SK: { S: `MODEL#${MODEL}#TYPE#${TYPE}` },
    };
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item?.['count']?.N;
  }

  for (const { batch, overlapping } of [
    { batch: 200, overlapping: false },
    { batch: 20, overlapping: false },
    { batch: 20, overlapping: true },
  ])
    it(`given batches of ${batch}${overlapping ? ' that get in each other’s way' : ''}, when all join and leave, then nothing fails`, async () => {
      const manufacturer = unique('HOT & CO');
      const wire = transactions(overlapping);
      const workers = range(WORKERS).map(() => aWorker(wire.interceptor));
      const source = new SourceTable();
      const rows = workers.map(() =>
        range(LINKS_PER_WORKER).map(() => linkRow('2072423', unique('serial'), [manufacturer, MODEL, TYPE])),
      );
      /** Every worker handles its own, batch by batch, at the same time as the other. */
      const handle = async (shares: readonly (readonly UpdateMatcherTupleCommand[])[]) => {
        await Promise.all(
          workers.map(async ({ useCase }, index) => {
            for (let from = 0; from < LINKS_PER_WORKER; from += batch) {
              const { failed } = await useCase.execute(shares[index]!.slice(from, from + batch), NO_LIMIT);
              expect(failed.size).to.equal(0);
            }
          }),
        );
      };

      await handle(rows.map((share) => share.map((row) => commandOf(source.put(row)))));
      expect(await countOf(manufacturer)).to.equal(String(WORKERS * LINKS_PER_WORKER));
      const joined = wire.sent();
      await handle(rows.map((share) => share.map((row) => commandOf(source.remove(row)))));
      expect(await countOf(manufacturer)).to.equal(undefined);

      const conflicts = workers.reduce((sum, { metrics }) => sum + metrics.total('Conflicts'), 0);
      console.log(
        `      ${joined} transactions to join, ${wire.sent() - joined} to leave; ${wire.refused()} refused, ${conflicts} links decided again`,
      );
      if (overlapping) expect(conflicts).to.be.greaterThan(0);
    });
});

/** Counts transactions. On request it refuses those that meet another, as DynamoDB does and its local stand-in does not. */
function transactions(refuseOverlapping: boolean) {
  let sent = 0;
  let refused = 0;
  let underWay = 0;
  const interceptor: Interceptor = async ({ operation, body }, send) => {
    if (operation !== 'TransactWriteItems') return send();
    sent++;
    if (refuseOverlapping && underWay > 0) {
      refused++;
      return cancellation(body, { [-1]: 'TransactionConflict' });
    }
    underWay++;
    try {
      return await send();
    } finally {
      underWay--;
    }
  };
  return { interceptor, sent: () => sent, refused: () => refused };
}

function commandOf(record: StreamRecord): UpdateMatcherTupleCommand {
  const command = commandsOf(changeOf(record)).find(({ does }) => does === 'count');
  if (command?.does !== 'count') throw new Error('the change asks nothing of the matcher');
  return command;
}
