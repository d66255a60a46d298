import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { SqsQuarantine } from '../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { DynamoDbStreamSource } from '../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import type { RedriveFigures } from '../../src/application/redrive/redrive.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import { Fault } from '../../src/domain/fault.ts';
import { readFrom } from '../../src/entrypoints/cli/redrive/from.ts';
import { openRedriven } from '../../src/entrypoints/cli/redrive/redriven.ts';
import { createPostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { range } from '../support/range.ts';
import { SourceTable, type TableRow, withDynamodb } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';
import { PGLITE, type PostgresKind, SERVER } from './postgres.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{ readonly status: string }>();

const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, { collection: 'orders', fields: ['status'] }),
    tally: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
  },
});

const orderRow = (id: number, status = 'open'): TableRow => ({ PK: 'CUSTOMER#c', SK: `ORDER#${id}`, status });

const POISON = new Fault('permanent', 'it was poison for an older worker');

interface Redriving {
  readonly environment: Readonly<Record<string, string>>;
  readonly isDry?: boolean;
}

/** What the command does, in this process. */
async function redrive(from: string, { environment, isDry = false }: Redriving) {
  const failures: string[] = [];
  const opened = await openRedriven({
    ...{ definition: shop, environment, isDry, streamArn: undefined },
    from: readFrom([from]),
    log: { stream: process.stderr, readable: false },
  });
  let figures: RedriveFigures;
  try {
    figures = await opened.redrive(
      { rate: undefined, skipRefused: false },
      ({ why }) => failures.push(why),
      new AbortController().signal,
    );
  } finally {
    await opened.close();
  }
  const { messages, done, failed, rows, derivations } = figures;
  return { messages, done, failed, rows, tally: derivations.get('tally')?.written, failures };
}

describeWithServers('contrail redrive, on DynamoDB and SQS', () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('given batches in files, messages, and ranges of the stream, then all that they are of is derived', async function () {
    this.timeout(180_000);
    const servers = await sharedServers();
    const { dynamodb, streams, sqs } = servers.clients;
    const [TableName, stateTable] = [unique('redriven'), unique('redriven-state')];
    await createTable(dynamodb, TableName);
    await createStateTable(dynamodb, stateTable);
    const quarantineUrl = await servers.sqs.createFifoQueue(unique('quarantine'));
    const destination = await servers.sqs.createFifoQueue(unique('destination'));
    const environment = {
      ...workerEnvironment(servers),
      ...{ TABLE_NAME: TableName, STATE_TABLE_NAME: stateTable, LOG_LEVEL: 'silent' },
      TYPESENSE_QUEUE_URL: await servers.sqs.createFifoQueue(TableName),
      QUARANTINE_QUEUE_URL: quarantineUrl,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
    };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const { TableDescription } = await dynamodb.send(
      new UpdateTableCommand({
        TableName,
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    );
    const streamArn = TableDescription?.LatestStreamArn ?? '';
    const put = (one: TableRow) => dynamodb.send(new PutItemCommand({ TableName, Item: marshall(one) }));
    for (const id of range(9)) await put(orderRow(id));
    const records: unknown[] = [];
    await new StreamReader(streams, streamArn).read(async (some) => records.push(...some), { records: 9 });
    // Changed since: nobody may count it as it was.
    await put(orderRow(0, 'paid'));

    const folder = await mkdtemp(join(tmpdir(), 'contrail-redrive-'));
    const inS3 = join(folder, 'aws', 'lambda', 'mapping', 'shard', '2026', '01');
    await mkdir(inS3, { recursive: true });
    const payload = JSON.stringify({ Records: records.slice(0, 3) });
    await writeFile(join(inS3, '2026-01-05T09.00.00-id'), JSON.stringify({ payload }));
    const dry = await redrive(folder, { environment, isDry: true });
    const done = { messages: 3, done: 3, failed: 0, rows: 3, tally: 3, failures: [] };
    expect(dry).to.deep.equal(done);
    expect(await redrive(folder, { environment })).to.deep.equal(done);
    expect(await redrive(folder, { environment })).to.deep.equal({ ...done, tally: 0 });
    await rm(folder, { recursive: true });

    const quarantine = new SqsQuarantine(sqs, { queueUrl: quarantineUrl });
    const poison = records
      .slice(3, 6)
      .map((raw) => ({ record: { pk: 'CUSTOMER#c', sk: 'x' }, raw, fault: POISON }));
    expect(await quarantine.keep(poison)).to.deep.equal(['done', 'done', 'done']);
    expect(await redrive('quarantine', { environment, isDry: true })).to.deep.equal(done);
    expect(await redrive('quarantine', { environment })).to.deep.equal(done);
    expect((await redrive('quarantine', { environment })).messages).to.equal(0);

    const [shard] = (await new DynamoDbStreamSource(streams, streamArn).list({}))?.shards ?? [];
    const numberOf = (index: number) =>
      (records[index] as { readonly dynamodb: { readonly SequenceNumber: string } }).dynamodb.SequenceNumber;
    const info = {
      ...{ streamArn, shardId: shard?.id, batchSize: 3 },
      ...{ startSequenceNumber: numberOf(6), endSequenceNumber: numberOf(8) },
    };
    const lost = { ...info, shardId: 'shardId-00000000000000000000-aaaaaaaa' };
    for (const [index, DDBStreamBatchInfo] of [info, lost].entries())
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: destination,
          MessageBody: JSON.stringify({ requestContext: {}, DDBStreamBatchInfo }),
          ...{ MessageGroupId: `${index}`, MessageDeduplicationId: `${index}` },
        }),
      );
    const { failures, ...ofRange } = await redrive(destination, { environment });
    expect(ofRange).to.deep.equal({ messages: 2, done: 1, failed: 1, rows: 3, tally: 3 });
    expect(failures.join()).to.match(/their keys are unknown, as .*; contrail verify --repair/);
    // What cannot be done stays, and nothing else.
    expect((await redrive(destination, { environment })).messages).to.equal(1);
  });

  it('given what cannot be redriven from, then one line says what to give', async () => {
    const why = async (...from: readonly string[]) => {
      try {
        readFrom(from);
        return 'nothing';
      } catch (error) {
        return Fault.from(error).message;
      }
    };
    expect(await why('s3://bucket/aws/lambda')).to.match(/aws s3 sync s3:\/\/bucket\/aws\/lambda FOLDER/);
    expect(await why('quarantine', 'file')).to.match(/redrive a queue by itself/);
  });
});

for (const { name, url, missing } of [PGLITE, SERVER] satisfies PostgresKind[])
  describeUnless(missing, `contrail redrive, on ${name}`, () => {
    it('given poison of an older worker, then the copy of the table has it, and all is derived of it', async function () {
      this.timeout(180_000);
      const schema = unique('redriven').replaceAll('-', '_');
      const folder = await mkdtemp(join(tmpdir(), 'contrail-redrive-'));
      const place = url === 'pglite:' ? `pglite:${join(folder, 'database')}` : url;
      if (url === 'pglite:') await emptyDatabaseIn(join(folder, 'database'));
      const environment = {
        BACKEND: 'postgres',
        DATABASE_URL: place,
        DATABASE_SCHEMA: schema,
        LOG_LEVEL: 'silent',
      };
      const table = new SourceTable();
      const records = range(3).map((id) => table.put(orderRow(id)));
      const open = () =>
        createPostgresWorker({
          url: place,
          database: { schema, hasQuarantine: true },
          definition: shop,
          log: { level: 'silent' },
        });
      const worker = open();
      // An older worker took them for poison: nothing of them was written, not even their rows.
      await worker.open();
      const still = withDynamodb(table.put(orderRow(3)), { NewImage: 7 });
      const poison = [...records, still].map((raw) => ({ record: {}, raw, fault: POISON }));
      await worker.container.get(Quarantine).keep(poison);
      await worker.close();

      const first = await redrive('quarantine', { environment });
      expect(first).to.include({ messages: 4, done: 3, failed: 1, rows: 4, tally: 3 });
      expect(first.failures).to.deep.equal([
        'the record is needed by the copy of the table: NewImage is 7, not an object',
      ]);
      expect((await redrive('quarantine', { environment })).messages).to.equal(1);
      const again = open();
      await again.open();
      expect(await again.drain()).to.deep.equal([]);
      const { checked, drift } = await verify(again.state, shop);
      expect(drift).to.deep.equal([]);
      expect(checked.search, 'documents').to.equal(3);

      const source = again.container.get(SearchActionSource);
      await again.handler({ Records: [table.put(orderRow(0, 'paid'))] }, undefined);
      const refused = await source.receive({ max: 10, waitMs: 0 });
      await source.refuse?.(refused.map((received) => ({ received, fault: POISON })));
      await again.close();
      const { rows: brought, ...dead } = await redrive('dead-letters', { environment });
      expect([dead.messages, dead.done, brought]).to.deep.equal([1, 1, 1]);
      expect((await redrive('dead-letters', { environment })).messages).to.equal(0);
      const last = open();
      await last.open();
      await last.drain();
      expect((await verify(last.state, shop)).drift).to.deep.equal([]);
      await last.close();
      await rm(folder, { recursive: true });
    });
  });
