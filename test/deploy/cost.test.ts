import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { filtersOf } from '../../src/entrypoints/deployment/filters.ts';
import {
  costPerMillion,
  costTable,
  type Monthly,
  monthlyCostTable,
  REQUEST_METRICS,
} from '../../deploy/cost.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { tableArnOf } from '../../src/adapters/dynamodb-stream/stream-arn.ts';
import { ALWAYS_PUBLISHED, METRICS } from '../../src/application/ports/metrics.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import type { Call } from './support/call-recorder.ts';
import { passes } from './support/lambda-filter.ts';
import { RecordedWorker } from './support/recorded-worker.ts';
import { resolve, type Values } from './support/resolve.ts';
import { MAPPING_METRICS } from './support/schema.ts';
import { type Parts, readTemplate } from './support/template.ts';
import { usageOf } from './support/usage.ts';

const BATCH_SIZE = 1_000;
const CHANGES = 2_000;

describe('the cost of a million changes', () => {
  const usage = {
    readUnits: 1_000,
    writeUnits: 2_000,
    queueRequests: 100,
    invocations: 1,
    gigabyteSeconds: 2,
  };

  it('given what a thousand changes take, then it is that a thousand times, at the price of a million', () => {
    const costs = costPerMillion(usage).map(({ cost }) => cost?.toFixed(4));
    expect(costs).to.deep.equal(['0.1250', '1.2500', '0.0500', '0.0002', '0.0267']);
  });

  it('given the time on Lambda was not measured, then the table says so, and its sum is of the rest', () => {
    const table = costTable({ ...usage, gigabyteSeconds: undefined });
    expect(table).to.include('not measured').and.to.include('| sum of what was measured | | | 1.43 |');
  });
});

/** A stack has no reader of its own. */
const READER_METRICS = [...ALWAYS_PUBLISHED.reader, 'ReaderLag'];

/** What a stack with these parameters is billed by the month. */
function monthlyOf(values: Values): Monthly {
  const resources = Object.values(resolve(readTemplate(), { NewTableName: 'fleet', ...values }).resources);
  const ofType = (type: string): readonly Parts[] =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const watched = (alarm: Parts): number =>
    ((alarm['Metrics'] ?? [{ MetricStat: {} }]) as readonly Parts[]).filter((query) => 'MetricStat' in query)
      .length;
  const counting = ofType('AWS::Lambda::EventSourceMapping').filter((mapping) => 'MetricsConfig' in mapping);
  return {
    workerMetrics: Object.keys(METRICS).length - READER_METRICS.length + REQUEST_METRICS.length,
    mappingMetrics: counting.length * MAPPING_METRICS.length,
    alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + watched(alarm), 0),
    // A dashboard is free while it is among the first three of an account.
    dashboards: 0,
  };
}

describe('the cost of a month', () => {
  it('given metrics, alarms and a dashboard, then each is its number times its price', () => {
    const table = monthlyCostTable({ workerMetrics: 10, mappingMetrics: 6, alarmMetrics: 15, dashboards: 1 });
    expect(
      table
        .split('\n')
        .slice(2)
        .map((line) => line.split('|').at(-2)?.trim()),
    ).to.deep.equal(['3.00', '1.80', '1.50', '3.00', '9.30']);
  });

  it('given the template, then docs/costs.md has its cost', () => {
    const guide = readFileSync(new URL('../../docs/costs.md', import.meta.url), 'utf8');
    const [, documented = ''] =
      /<!-- monthly-cost:begin.*? -->\n([^]*?)<!-- monthly-cost:end -->/.exec(guide) ?? [];
    const cells = (table: string) =>
      table
        .trim()
        .split('\n')
        .map((line) => line.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-'));
    expect(cells(documented)).to.deep.equal(cells(monthlyCostTable(monthlyOf({}))));
  });

  it('given that neither alarms nor the mapping’s metrics are wanted, then they cost nothing', () => {
    const { workerMetrics, ...others } = monthlyOf({ Alarms: 'false', MappingMetrics: 'false' });
    expect(workerMetrics).to.be.greaterThan(0);
    expect(others).to.deep.equal({ mappingMetrics: 0, alarmMetrics: 0, dashboards: 0 });
  });
});

describe('what calls take', () => {
  const key = { PK: { S: 'a' }, SK: { S: 'b' } };

  it('given reads, writes, a transaction and messages, then each counts as AWS bills it', () => {
    const calls: Call[] = [
      { operation: 'BatchGetItem', input: { RequestItems: { fleet: { Keys: [key, key, key] } } } },
      {
        operation: 'Query',
        input: {
          TableName: 'fleet',
          KeyConditionExpression: '#pk = :pk',
          ExpressionAttributeNames: { '#pk': 'PK' },
          ExpressionAttributeValues: { ':pk': key.PK },
        },
      },
      { operation: 'PutItem', input: { TableName: 'fleet', Item: key } },
      {
        operation: 'TransactWriteItems',
        input: {
          TransactItems: [
            { Put: { TableName: 'fleet', Item: key } },
            { ConditionCheck: { TableName: 'fleet', Key: key } },
          ],
        },
      },
      { operation: 'SendMessageBatch', input: { QueueUrl: 'q', Entries: ['x'.repeat(65_536)] } },
    ];
    expect(usageOf(calls)).to.deep.equal({ readUnits: 4, writeUnits: 5, queueRequests: 2 });
  });
});

describeWithServers('what changes take', () => {
  let worker: RecordedWorker;

  /** A worker notes the table that it follows once and for all, which is no cost of a change. Reading it is. */
  const followTableOf = async ([record]: readonly DynamoDBRecord[]) => {
    const { dynamodb } = (await sharedServers()).clients;
    const generations = new DynamoDbTableGenerations(documentClientOf(dynamodb), worker);
    await generations.generationOf(tableArnOf(record?.eventSourceARN ?? ''));
  };

  before(async () => {
    worker = await RecordedWorker.start(await sharedServers());
  });

  after(() => worker.stop());

  it(`given a mixed feed in batches of ${BATCH_SIZE}, then this is what a million changes cost`, async () => {
    const patterns = filtersOf(fleet.model).filters.map((filter) => JSON.stringify(filter));
    const records: readonly DynamoDBRecord[] = [...generateRecords({ seed: 42, records: CHANGES })];
    const delivered = records.filter((record) => passes(patterns, record));
    await followTableOf(records);
    let invocations = 0;
    for (; invocations * BATCH_SIZE < delivered.length; invocations++) {
      const { outcomes } = await worker.handle(
        delivered.slice(invocations * BATCH_SIZE, (invocations + 1) * BATCH_SIZE),
      );
      expect(outcomes.filter(({ status }) => status === 'failed')).to.deep.equal([]);
    }
    expect(REQUEST_METRICS).to.include.members(worker.calls.map(({ operation }) => operation));
    const { readUnits, writeUnits, queueRequests } = usageOf(worker.calls);
    const thousands = CHANGES / 1_000;
    const usage = {
      readUnits: readUnits / thousands,
      writeUnits: writeUnits / thousands,
      queueRequests: queueRequests / thousands,
      invocations: invocations / thousands,
    };
    console.log(costTable(usage).replaceAll(/^/gm, '      '));
    for (const [what, units] of Object.entries(usage)) expect(units, what).to.be.within(0.5, 5_000);
  });
});
