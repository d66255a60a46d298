import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import {
  ElectroDbImageRepository,
  type ImageRepositoryOptions,
} from '../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import type { EntityView, PointerWrite } from '../../src/application/ports/image-repository.ts';
import { Fault } from '../../src/domain/fault.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import type { Entity } from '../../src/domain/pointer.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { entity } from '../support/factories.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { kindsOf } from '../support/kinds.ts';
import { cancellation, refusal } from './fault-injector.ts';
import { intercept, type Interceptor, type WireAnswer } from './fault-wire.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';
import { isRejected } from '../support/is-rejected.ts';

interface TransactWriteItems {
  readonly TransactItems: readonly unknown[];
}

interface BatchGetItem {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
}

describeWithServers('the ElectroDB image repository', () => {
  const clients: DynamoDBClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  /** A repository whose client tries once, against the shared server unless told otherwise. */
  async function repository(interceptor: Interceptor, options?: ImageRepositoryOptions, elsewhere?: string) {
    const { dynamodb, table } = await sharedServers();
    const endpoint = elsewhere ?? dynamodb.endpoint;
    const client = new DynamoDBClient({ ...LOCAL_SDK, maxAttempts: 1, endpoint });
    clients.push(client);
    intercept(client, interceptor);
    const documents = documentClientOf(client);
    return new ElectroDbImageRepository(documents, table, fleet.model.keys, options);
  }

  async function put({ parts }: Entity, sk: string, imageId: string): Promise<void> {
    const { clients: own, table } = await sharedServers();
    const [orgId, entityType, entityId] = parts;
    const PK = { S: `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}` };
    const Item = { PK, SK: { S: sk }, image_id: { S: imageId } };
    await own.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  }

  /** The part of its key that no other entity has. */
  const idOf = ({ parts }: Entity) => parts[2]!;

  /** Entities with one image each, and no default. */
  async function entitiesWithImage(count: number): Promise<readonly Entity[]> {
    const entities = range(count).map(() =>
      entity({ orgId: unique('org'), entityType: 'ICAO', entityId: unique('type') }),
    );
    await Promise.all(entities.map((entity) => put(entity, 'IMG#1', '1')));
    return entities;
  }

  /** Writes that make each entity's image its default. */
  async function creations(count: number): Promise<readonly PointerWrite[]> {
    const images = await repository((_request, send) => send());
    const views = (await images.load(await entitiesWithImage(count))) as EntityView[];
    return views.map((view) => ({ view, member: view.newest }));
  }

  /** Answers transactions, as long as there are answers; counts them all by their items. */
  function transactions(answers: ((body: string) => WireAnswer | undefined)[]) {
    const sizes: number[] = [];
    const interceptor: Interceptor = async ({ operation, body }, send) => {
      if (operation !== 'TransactWriteItems') return send();
      sizes.push((JSON.parse(body) as TransactWriteItems).TransactItems.length);
      return answers.shift()?.(body) ?? send();
    };
    return { sizes, interceptor };
  }

  const cancelling = (codes: Readonly<Record<number, string>>) => (body: string) => cancellation(body, codes);

  /** Saves so many new default rows, with these answers; what becomes of them, and the sizes of the transactions. */
  async function saved(count: number, answers: Parameters<typeof transactions>[0], options = {}) {
    const writes = await creations(count);
    const { sizes, interceptor } = transactions(answers);
    const results = await (await repository(interceptor, options)).save(writes);
    return { results, kinds: kindsOf(results), sizes };
  }

  describe('save, when a transaction is cancelled', () => {
    const verdicts = {
      ConditionalCheckFailed: 'conflict',
      TransactionConflict: 'conflict',
      ThrottlingError: 'transient',
      ProvisionedThroughputExceeded: 'transient',
      ValidationError: 'configuration',
      ItemCollectionSizeLimitExceeded: 'configuration',
      AccessDenied: 'configuration',
      SomethingNew: 'configuration',
    };
    for (const [code, verdict] of Object.entries(verdicts))
      for (const [what, item] of [
        ['the default row', 2],
        ['the image', 3],
      ] as const)
        it(`given ${code} for ${what}, then that write alone is ${verdict}`, async () => {
          const { kinds, sizes } = await saved(3, [cancelling({ [item]: code })]);
          expect(kinds).to.deep.equal(['done', verdict, 'done']);
          expect(sizes).to.deep.equal([6, 4]);
        });

    it('given a conflict and another fault of one write, then it is a conflict', async () => {
      const codes = { 0: 'ThrottlingError', 1: 'TransactionConflict' };
      expect((await saved(1, [cancelling(codes)])).results).to.deep.equal(['conflict']);
    });

    it('given another culprit each time, then the rest is tried until none is left', async () => {
      const first = cancelling({ 0: 'TransactionConflict' });
      const { results, sizes } = await saved(3, [first, first, first]);
      expect(results).to.deep.equal(['conflict', 'conflict', 'conflict']);
      expect(sizes).to.deep.equal([6, 4, 2]);
    });

    it('given no reason for any write, then all are transient, and none is tried again', async () => {
      const { kinds, sizes } = await saved(3, [cancelling({})]);
      expect(kinds).to.deep.equal(['transient', 'transient', 'transient']);
      expect(sizes).to.deep.equal([6]);
    });
  });

  describe('save, when a request is refused', () => {
    it('given a group of which DynamoDB objects to one, then it is halved until only that one fails', async () => {
      const writes = await creations(5);
      const culprit = idOf(writes[3]!.view.entity);
      const refuse = (body: string) =>
        body.includes(culprit) ? refusal(400, 'ValidationException') : undefined;
      const { sizes, interceptor } = transactions(range(9).map(() => refuse));
      const results = await (await repository(interceptor)).save(writes);
      expect(kindsOf(results)).to.deep.equal(['done', 'done', 'done', 'configuration', 'done']);
      expect(sizes).to.deep.equal([10, 6, 4, 2, 2]);
    });

    it('given a table that refuses every default row, then none is poison, after few requests', async () => {
      const { kinds, sizes } = await saved(
        20,
        range(100).map(() => () => refusal(400, 'ValidationException')),
      );
      expect(kinds).to.deep.equal(range(20).map(() => 'configuration'));
      expect(sizes.length).to.be.at.most(1 + 2 * 5 + 5);
    });

    it('given a transaction cancelled for every default row, then none is poison', async () => {
      const all = Object.fromEntries(range(24).map((index) => [index, 'ValidationError']));
      const { kinds } = await saved(12, [cancelling(all)]);
      expect(kinds).to.deep.equal(range(12).map(() => 'configuration'));
    });

    for (const [code, kind] of [
      ['ThrottlingException', 'transient'],
      ['AccessDeniedException', 'configuration'],
    ] as const)
      it(`given ${code}, then every write of the group is ${kind}, and none is tried again`, async () => {
        const { kinds, sizes } = await saved(3, [() => refusal(400, code)]);
        expect(kinds).to.deep.equal([kind, kind, kind]);
        expect(sizes).to.deep.equal([6]);
      });

    it('given other groups in the same call, then they are saved', async () => {
      const { kinds, sizes } = await saved(60, [() => refusal(400, 'ThrottlingException')], {
        concurrency: 1,
      });
      expect(kinds).to.deep.equal(range(60).map((n) => (n < 15 ? 'transient' : 'done')));
      expect(sizes).to.deep.equal([30, 30, 30, 30]);
    });
  });

  describe('told to stop while it works', () => {
    it('given groups that have not started, when saving, then they are not sent', async () => {
      const writes = await creations(60);
      const stop = new AbortController();
      const { sizes, interceptor } = transactions([]);
      const stopping: Interceptor = async (request, send) => {
        const answer = await interceptor(request, send);
        stop.abort();
        return answer;
      };
      const images = await repository(stopping, { concurrency: 1 });
      expect(await isRejected(images.save(writes, stop.signal))).to.equal(true);
      expect(sizes).to.have.length(1);
    });

    it('given members to be tried without the others, when saving, then they are not', async () => {
      const writes = await creations(2);
      const stop = new AbortController();
      const { sizes, interceptor } = transactions([
        (body) => {
          stop.abort();
          return cancellation(body, { 0: 'TransactionConflict' });
        },
      ]);
      expect(await isRejected((await repository(interceptor)).save(writes, stop.signal))).to.equal(true);
      expect(sizes).to.have.length(1);
    });

    it('given a server that never answers, when loading or saving, then the requests are broken off', async () => {
      const writes = await creations(2);
      const silent = createServer(() => undefined);
      silent.listen(0);
      await once(silent, 'listening');
      try {
        const { port } = silent.address() as AddressInfo;
        const images = await repository((_request, send) => send(), {}, `http://127.0.0.1:${port}`);
        const entities = writes.map(({ view }) => view.entity);
        expect(await isRejected(images.load(entities, AbortSignal.timeout(50)))).to.equal(true);
        expect(await isRejected(images.save(writes, AbortSignal.timeout(50)))).to.equal(true);
      } finally {
        silent.closeAllConnections();
        silent.close();
      }
    });

    it('given queries that have not started, when loading, then they are not asked', async () => {
      const entities = await entitiesWithImage(5);
      const stop = new AbortController();
      let queries = 0;
      const images = await repository(
        async ({ operation }, send) => {
          const answer = await send();
          if (operation === 'Query' && ++queries === 2) stop.abort();
          return answer;
        },
        { concurrency: 1 },
      );
      expect(await isRejected(images.load(entities, stop.signal))).to.equal(true);
      expect(queries).to.equal(2);
    });
  });

  describe('load, when a request fails', () => {
    /** Four entities: the second points to an image beside its newest, the third to none that exists. */
    async function pointing(): Promise<readonly Entity[]> {
      const entities = await entitiesWithImage(4);
      await put(entities[1]!, 'IMG#2', '2');
      await put(entities[1]!, 'DEFAULT', '1');
      await put(entities[2]!, 'DEFAULT', 'gone');
      await put(entities[3]!, 'DEFAULT', '1');
      return entities;
    }
    const pointers = (results: readonly (EntityView | Fault)[]) =>
      results.map((view) => (Fault.is(view) ? view.kind : (view.target?.attributes['image_id'] ?? 'none')));

    const [T, C] = ['transient', 'configuration'];
    for (const [what, operation, text, code, expected] of [
      ['nothing fails', 'none', undefined, '', ['none', '1', 'none', '1']],
      ['reading the defaults fails', 'BatchGetItem', 'DEFAULT', 'ThrottlingException', [T, T, T, T]],
      ['reading the images fails', 'BatchGetItem', 'IMG#', 'AccessDeniedException', ['none', C, C, C]],
      ['the last query fails', 'Query', undefined, 'ThrottlingException', ['none', '1', T, '1']],
    ] as const)
      it(`given ${what}, then the four are ${expected.join(', ')}`, async () => {
        const entities = await pointing();
        const of = text ?? idOf(entities[2]!);
        const images = await repository(async (request, send) =>
          request.operation === operation && request.body.includes(of) ? refusal(400, code) : send(),
        );
        expect(pointers(await images.load(entities))).to.deep.equal(expected);
      });

    for (const [what, sk] of [
      ['default rows', 'DEFAULT'],
      ['pointed images', 'IMG#'],
    ] as const)
      it(`given ${what} that DynamoDB leaves unprocessed, then only their entities fail`, async () => {
        const entities = await pointing();
        const images = await repository(async ({ operation, body }, send) => {
          if (operation !== 'BatchGetItem' || !body.includes(sk)) return send();
          const { RequestItems } = JSON.parse(body) as BatchGetItem;
          const [[table, { Keys, ...rest }] = ['', { Keys: [] }]] = Object.entries(RequestItems);
          const isLeft = (key: unknown) => JSON.stringify(key).includes(idOf(entities[1]!));
          const kept = { [table]: { ...rest, Keys: Keys.filter((key) => !isLeft(key)) } };
          const answer = await send(JSON.stringify({ RequestItems: kept }));
          const UnprocessedKeys = { [table]: { ...rest, Keys: Keys.filter(isLeft) } };
          const partly = { ...(JSON.parse(answer.body) as object), UnprocessedKeys };
          return { ...answer, body: JSON.stringify(partly) };
        });
        expect(pointers(await images.load(entities))).to.deep.equal(['none', 'transient', 'none', '1']);
      });
  });

  describe('load, where rows that are none of an entity’s sort above its own', () => {
    const photo = row({ PK: 'PHOTOS#<owner>', SK: 'PHOTO#<album>#<photo>' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { photo },
      derive: { cover: pointer(photo, { at: { SK: 'COVER' }, choose: 'newest', repeat: [] }) },
    });
    const [cover] = model.pointers;

    /** Entities with one row each, and so many others that sort above it. */
    async function below(...others: readonly number[]): Promise<readonly Entity[]> {
      const { clients: own, table: TableName } = await sharedServers();
      const entities = others.map((): Entity => ({ model: cover!, parts: [unique('owner')] }));
      const rows = entities.flatMap(({ parts: [owner = ''] }, n) =>
        ['PHOTO#2026#1', ...range(others[n]!).map((other) => `PHOTO#z${other}`)].map((sk) => ({
          PK: { S: `PHOTOS#${owner}` },
          SK: { S: sk },
        })),
      );
      await Promise.all(rows.map((Item) => own.dynamodb.send(new PutItemCommand({ TableName, Item }))));
      return entities;
    }

    /** Notes the limits of queries. */
    function queries(answer: (count: number) => WireAnswer | undefined = () => undefined) {
      const limits: number[] = [];
      const interceptor: Interceptor = async ({ operation, body }, send) => {
        if (operation !== 'Query') return send();
        const { Limit, ConsistentRead } = JSON.parse(body) as { Limit: number; ConsistentRead: boolean };
        expect(ConsistentRead).to.equal(true);
        limits.push(Limit);
        return answer(limits.length) ?? send();
      };
      return { limits, interceptor };
    }

    const newestOf = (views: readonly (EntityView | Fault)[]) =>
      views.map((view) => (Fault.is(view) ? view.kind : view.newest?.sort));

    for (const [others, expected] of [
      [0, [1]],
      [1, [1, 25]],
      [25, [1, 25]],
      [26, [1, 25, 25]],
      [60, [1, 25, 25, 25]],
    ] as const)
      it(`given ${others} of them, then it asks for ${expected.join(', ')} rows`, async () => {
        const { limits, interceptor } = queries();
        const entities = await below(others);
        const views = await (await repository(interceptor)).load(entities);
        expect(newestOf(views)).to.deep.equal(['PHOTO#2026#1']);
        expect(limits).to.deep.equal(expected);
      });

    it('given that a later page fails, then its entity alone fails', async () => {
      const { interceptor } = queries((count) =>
        count === 3 ? refusal(400, 'ThrottlingException') : undefined,
      );
      const entities = await below(30, 0);
      const views = await (await repository(interceptor, { concurrency: 1 })).load(entities);
      expect(newestOf(views)).to.deep.equal(['transient', 'PHOTO#2026#1']);
    });

    it('told to stop between two pages, then it does not ask for the next', async () => {
      const stop = new AbortController();
      const { limits, interceptor } = queries();
      const images = await repository(async (request, send) => {
        const answer = await interceptor(request, send);
        if (limits.length === 2) stop.abort();
        return answer;
      });
      expect(await isRejected(images.load(await below(60), stop.signal))).to.equal(true);
      expect(limits).to.have.length(2);
    });
  });
});
