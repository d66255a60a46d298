import { GetItemCommand, paginateQuery, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { toSdkImage } from '../../local/proof/sdk-image.ts';
import { Random } from '../../src/random/random.ts';
import type { EntityParts } from '../support/factories.ts';
import { range } from '../support/range.ts';
import {
  imageRow,
  linkRow,
  SourceTable,
  type StreamRecord,
  type TableRow,
} from '../support/stream-records.ts';
import { cancellation } from './fault-injector.ts';
import { DEFAULT_ROW_WRITES, type Interceptor, taskOf } from './fault-wire.ts';
import { FaultWorld } from './fault-world.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const WORKERS = 8;
const LINKS_PER_WORKER = 30;
const MANUFACTURER = 'HOT & CO';

describeWithServers('the worker on AWS, when others are in its way', () => {
  let world: FaultWorld;

  beforeEach(async () => {
    world = await FaultWorld.create(await sharedServers());
  });

  afterEach(() => world.close());

  /** Writes records, and has a worker in nobody's way handle them. */
  async function handle(...records: DynamoDBRecord[]) {
    await world.write(records);
    await world.deliver(world.worker(), records);
  }

  for (const { seed, conflictShare } of [
    { seed: 21, conflictShare: 0 },
    { seed: 22, conflictShare: 0.3 },
  ])
    it(`given eight workers on one hot tuple (seed ${seed}), when links move, then counts are always exact`, async () => {
      const random = Random.of(seed);
      const cancelled = new Map<string, number>();
      const interceptor = conflicts(random.fork(), conflictShare, cancelled);
      const workers = range(WORKERS).map(() => world.worker({ interceptor }));
      const source = new SourceTable();
      const sampler = new CountSampler(world);

      for (let round = 0; round < 3; round++) {
        const shares = workers.map((_, owner) => {
          const serials = range(LINKS_PER_WORKER).map((serial) => `${owner}-${serial}`);
          return serials.flatMap((serial) => changesOf(source, random, serial));
        });
        await world.write(shares.flat());
        // Everybody also gets a neighbour's share, which that one handles at the same time.
        const deliveries = workers.flatMap((worker, index) => [
          world.deliver(worker, shares[index]!, { batchSize: 15, pauseMs: 10 }),
          world.deliver(worker, shares[(index + 1) % WORKERS]!, { batchSize: 15, pauseMs: 10 }),
        ]);
        await Promise.all(deliveries);
      }
      const { checked } = await world.expectExact();
      expect(checked.matcher).to.be.greaterThan(3);

      // All leave, but for one: every other tuple goes to zero, in the same storm.
      const leaving = source.rows.slice(1).map((row) => asLambda(source.remove(row)));
      await world.write(leaving);
      const shareOf = (index: number) => leaving.filter((_, position) => position % WORKERS === index);
      await Promise.all(
        workers.map((worker, index) => world.deliver(worker, shareOf(index), { batchSize: 10, pauseMs: 10 })),
      );
      expect((await world.expectExact()).checked.matcher).to.be.at.most(1);
      expect(await sampler.stop()).to.be.greaterThan(10);
      expect(cancelled.get('ConditionalCheckFailed'), 'cancelled for a condition').to.be.greaterThan(0);
      if (conflictShare > 0) expect(cancelled.get('injected')).to.be.greaterThan(0);
    });

  describe('a count that changes between read and transaction', () => {
    const HELD = ['CESSNA', '172S', 'C172'];

    /** Handles a change, but just before its first transaction another worker handles another change. */
    const overtaken = async (records: DynamoDBRecord[], by: DynamoDBRecord[]) => {
      await world.write([...records, ...by]);
      let transactions = 0;
      const other = world.worker();
      const interceptor: Interceptor = async ({ operation }, send) => {
        if (operation === 'TransactWriteItems' && ++transactions === 1) await world.deliver(other, by);
        return send();
      };
      const { counts } = await world.deliver(world.worker({ interceptor }), records);
      expect(counts.redeliveries).to.equal(0);
      return transactions;
    };

    const handled = (source: SourceTable, ...serials: string[]) =>
      handle(...serials.map((serial) => asLambda(source.put(linkRow('1', serial, HELD)))));

    it('given a count of one that goes away, when an increment comes first, then the increment stays', async () => {
      const source = new SourceTable();
      await handled(source, 'a');
      const removal = asLambda(source.remove(linkRow('1', 'a')));
      const insert = asLambda(source.put(linkRow('1', 'b', HELD)));
      expect(await overtaken([removal], [insert])).to.equal(2);
      expect((await world.expectExact()).checked.matcher).to.equal(1);
    });

    it('given a count of two, when another removal comes first, then no row with zero stays', async () => {
      const source = new SourceTable();
      await handled(source, 'a', 'b');
      const [first, second] = ['a', 'b'].map((serial) => asLambda(source.remove(linkRow('1', serial))));
      expect(await overtaken([first!], [second!])).to.equal(2);
      expect((await world.expectExact()).checked.matcher).to.equal(0);
    });

    it('given changes of a link, when another worker handles them first, then they are counted once', async () => {
      const source = new SourceTable();
      await handled(source, 'a', 'b');
      const moves = ['a', 'b', 'c'].map((serial) =>
        asLambda(source.put(linkRow('1', serial, ['CESSNA', '182T', 'C182']))),
      );
      expect(await overtaken(moves, moves)).to.equal(1);
      expect((await world.expectExact()).checked.matcher).to.equal(1);
      expect(await overtaken([asLambda(source.put(linkRow('1', 'a', HELD)))], [])).to.equal(1);
      await world.expectExact();
    });
  });

  describe('a default row that changes between read and conditional write', () => {
    const entity: EntityParts = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N7#é' };
    const images = ['01A', '01B', '01C'].map((id) =>
      imageRow(entity, id, { url: `https://i.example/${id}` }),
    );

    let source: SourceTable;

    /** A worker whose first write of a default row comes after somebody else's. */
    const overtakenBy = (foreign: () => Promise<void>) => {
      const seen = { writes: 0 };
      const interceptor: Interceptor = async (request, send) => {
        if (taskOf(request) === DEFAULT_ROW_WRITES && ++seen.writes === 1) await foreign();
        return send();
      };
      return { seen, worker: world.worker({ interceptor }) };
    };

    const put = (...rows: TableRow[]) => rows.map((row) => asLambda(source.put(row)));
    const remove = (row: TableRow) => [asLambda(source.remove(row))];

    beforeEach(() => {
      source = new SourceTable();
    });

    for (const [what, choice, writes, chosen] of [
      ['a choice that is valid, then it stays', images[0]!, 1, '01A'],
      ['one that is wrong, then it is repaired', { ...images[1]!, url: 'https://stale' }, 2, '01B'],
    ] as const)
      it(`given no default row, when another program first makes ${what}`, async () => {
        const records = put(...images);
        await world.write(records);
        const { seen, worker } = overtakenBy(() => putDefault(world, choice));
        await world.deliver(worker, records);
        expect(seen.writes).to.equal(writes);
        expect(await defaultImageId(world, images[0]!)).to.equal(chosen);
        await world.expectExact();
      });

    it('given a default row of the worker’s own, when another program switches it first, then that stays', async () => {
      await handle(...put(...images));
      expect(await defaultImageId(world, images[0]!)).to.equal('01C');
      const removal = remove(images[2]!);
      await world.write(removal);
      const { seen, worker } = overtakenBy(() => putDefault(world, images[0]!));
      await world.deliver(worker, removal);
      expect(seen.writes).to.equal(1);
      expect(await defaultImageId(world, images[0]!)).to.equal('01A');
      await world.expectExact();
    });

    it('given the last image gone, when another comes with its default between two reads, then both stay', async () => {
      await handle(...put(images[0]!));
      const removal = remove(images[0]!);
      await world.write(removal);

      const seen = { defaultRowReads: 0, writes: 0 };
      const interceptor: Interceptor = async (request, send) => {
        if (taskOf(request) === DEFAULT_ROW_WRITES) seen.writes++;
        const answer = await send();
        if (request.operation === 'BatchGetItem' && request.body.includes('"SK":{"S":"DEFAULT"}'))
          if (++seen.defaultRowReads === 1) await handle(...put(images[1]!));
        return answer;
      };
      const { counts } = await world.deliver(world.worker({ interceptor }), removal);
      expect(counts.redeliveries).to.equal(0);
      expect(seen, 'its write meets what it did not see').to.deep.equal({ defaultRowReads: 2, writes: 1 });
      expect(await defaultImageId(world, images[1]!)).to.equal('01B');
      await world.expectExact();
    });

    it('given the last image gone, when another comes with its default before the removal, then both stay', async () => {
      await handle(...put(images[0]!));
      const removal = remove(images[0]!);
      await world.write(removal);
      const { seen, worker } = overtakenBy(async () => {
        await world.write(put(images[1]!));
        await putDefault(world, images[1]!);
      });
      await world.deliver(worker, removal);
      expect(seen.writes).to.equal(1);
      expect(await defaultImageId(world, images[1]!)).to.equal('01B');
    });
  });
});

/** Passes on what the server says, and cancels some transactions itself, as DynamoDB does where they meet. */
function conflicts(random: Random, share: number, cancelled: Map<string, number>): Interceptor {
  const count = (reason: string) => cancelled.set(reason, (cancelled.get(reason) ?? 0) + 1);
  return async ({ operation, body }, send) => {
    if (operation !== 'TransactWriteItems') return send();
    if (random.chance(share)) {
      count('injected');
      return cancellation(body, { [-1]: 'TransactionConflict' });
    }
    const answer = await send();
    for (const reason of ['TransactionConflict', 'ConditionalCheckFailed'])
      if (answer.status === 400 && answer.body.includes(reason)) count(reason);
    return answer;
  };
}

/** One or two changes of a link: mostly onto the hot tuple, or off it. */
function changesOf(source: SourceTable, random: Random, serial: string): DynamoDBRecord[] {
  const changes = random.chance(0.3) ? 2 : 1;
  return range(changes).map(() => {
    const dice = random.fraction();
    const row = (...tuple: string[]) => linkRow('2072423', serial, tuple);
    if (dice < 0.15 && source.has(row())) return asLambda(source.remove(row()));
    if (dice < 0.25) return asLambda(source.put(row(MANUFACTURER, 'MODEL')));
    const model = dice < 0.7 ? 'HOT' : `COLD ${random.int(1, 12)}`;
    return asLambda(source.put(row(MANUFACTURER, model, 'H1')));
  });
}

/** Looks at the counts all the time while workers write them. */
class CountSampler {
  readonly #done: Promise<number>;
  #stopped = false;

  constructor(world: FaultWorld) {
    this.#done = this.#sample(world);
    // Told of when stopped; until then a failed sample is nobody's.
    this.#done.catch(() => undefined);
  }

  /** How often it looked. Rejects if there ever was a count below one. */
  stop(): Promise<number> {
    this.#stopped = true;
    return this.#done;
  }

  async #sample(world: FaultWorld): Promise<number> {
    let samples = 0;
    for (; !this.#stopped; samples++) {
      const pages = paginateQuery(
        { client: world.client },
        {
          TableName: world.table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': { S: `ICAO#MATCHER#MFR#${MANUFACTURER}` } },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages)
        for (const { SK, count } of Items) expect(Number(count?.N), SK?.S).to.be.at.least(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return samples;
  }
}

/** Writes the default row as another program would, which knows no revisions. */
async function putDefault(world: FaultWorld, image: TableRow): Promise<void> {
  const { dynamodb } = asLambda(new SourceTable().put({ ...image, SK: 'DEFAULT' }));
  const Item = toSdkImage(dynamodb?.NewImage ?? {});
  await world.client.send(new PutItemCommand({ TableName: world.table, Item }));
}

async function defaultImageId(world: FaultWorld, { PK }: TableRow): Promise<string | undefined> {
  const Key = { PK: { S: PK }, SK: { S: 'DEFAULT' } };
  const { Item } = await world.client.send(
    new GetItemCommand({ TableName: world.table, Key, ConsistentRead: true }),
  );
  return Item?.['image_id']?.S;
}

function asLambda(record: StreamRecord): DynamoDBRecord {
  return record;
}
