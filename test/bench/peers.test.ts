import { expect } from 'chai';
import type { DynamoDBRecord } from 'aws-lambda';
import { Meter } from '../../bench/model/meter.ts';
import { leastDollars, leastLatencies, leastRequests, total } from '../../bench/measures/least-requests.ts';
import type { Item } from '../../bench/model/item.ts';
import { type Downstream, ModelledAws, TABLE } from '../../bench/model/modelled-aws.ts';
import type { TableModel } from '../../bench/model/table-model.ts';
import { MEDIAN_LATENCY } from '../../bench/model/latency.ts';
import { VirtualTime } from '../../bench/model/model-time.ts';
import { tablesBefore } from '../../bench/model/world.ts';
import { contrail } from '../../bench/workers/contrail.ts';
import { recordByRecord } from '../../bench/workers/peers.ts';
import { strongAtLeastOnce } from '../../bench/workers/strong/at-least-once.ts';
import { strongByCommitRecords, type StateWrites } from '../../bench/workers/strong/commit-records.ts';
import { strongExactlyOnce } from '../../bench/workers/strong/exactly-once.ts';
import type { Worker } from '../../bench/workers/worker.ts';
import { workload, WORKLOADS } from '../../bench/workloads/catalogue.ts';
import { isRejected } from '../support/is-rejected.ts';

const RECORDS = 300;
const LARGE_RECORDS = 3;
const HISTORY = 400;

/** What is derived from the table, in the table: counts above zero, and default rows. */
function derived(tables: TableModel): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { PK, SK, ...attributes } of tables.items(TABLE)) {
    const name = `${PK?.S ?? ''} ${SK?.S ?? ''}`;
    const isCount = name.startsWith('ICAO#MATCHER#') && attributes['count']?.N !== '0';
    if (isCount) found[name] = attributes['count'];
    if (SK?.S === 'DEFAULT') found[name] = sorted(attributes);
  }
  return found;
}

function sorted(attributes: Item): unknown {
  return Object.entries(attributes)
    .filter(([name]) => name !== 'revision' && !name.startsWith('__edb'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function handled(
  tables: TableModel,
  make: (downstream: Downstream) => Worker,
  batch: readonly DynamoDBRecord[],
  times = 1,
): Promise<{ tables: TableModel; aws: ModelledAws; dollars: number }> {
  const aws = new ModelledAws();
  const worker = make(aws);
  aws.reset(tables.clone());
  // Which table it follows, Contrail asks every ten seconds, and not for every batch.
  await worker.handle(batch.slice(0, 1));
  const copy = tables.clone();
  const meter = new Meter();
  aws.reset(copy, { meter });
  for (let n = 0; n < times; n++) await worker.handle(batch);
  return { tables: copy, aws, dollars: meter.dollarsPerMillion / batch.length };
}

function worldOf({ sqs, table, stateTable, queueUrl }: ModelledAws) {
  return { sqs, table, stateTable, queueUrl };
}

const silent = (downstream: Downstream) => contrail(downstream, 'silent');

describe('what the benchmarks compare', () => {
  for (const name of WORKLOADS) {
    const records = name === 'large items' ? LARGE_RECORDS : RECORDS;

    it(`given ${name}, then Contrail and its opponents leave the same, and none takes fewer than the least requests and dollars`, async () => {
      const made = workload(name, records, HISTORY);
      const before = await tablesBefore(made);
      const own = await handled(before, silent, made.batch);
      const least = total(leastRequests(before, made.batch));
      const leastCost = leastDollars(before, made.batch);
      expect(total(own.aws.requests)).to.be.at.least(least);
      expect(own.dollars).to.be.within(leastCost, 1.1 * leastCost);
      if (name === 'mixed') expect(derived(own.tables)).not.to.deep.equal(derived(before));
      const opponents = { recordByRecord, strongAtLeastOnce, strongExactlyOnce, strongByCommitRecords };
      for (const [opponent, make] of Object.entries(opponents)) {
        const peer = await handled(before, make, made.batch);
        expect(derived(peer.tables), opponent).to.deep.equal(derived(own.tables));
        if (make !== strongAtLeastOnce) expect(total(peer.aws.requests), opponent).to.be.at.least(least);
        if (make !== recordByRecord)
          expect(peer.aws.queue.messages, opponent).to.equal(own.aws.queue.messages);
      }
    });
  }

  it('given a batch that comes twice, then only those that are exactly once leave the same as after the first', async () => {
    const made = workload('mixed', RECORDS, HISTORY);
    const before = await tablesBefore(made);
    const once = derived((await handled(before, silent, made.batch)).tables);
    const twice = async (make: (downstream: Downstream) => Worker) =>
      derived((await handled(before, make, made.batch, 2)).tables);
    expect(await twice(silent)).to.deep.equal(once);
    expect(await twice(strongExactlyOnce)).to.deep.equal(once);
    expect(await twice(strongByCommitRecords)).to.deep.equal(once);
    expect(await twice(strongAtLeastOnce)).not.to.deep.equal(once);
  });

  it('given a worker that ends between states and commit, then by commit records the next one counts them once', async () => {
    const { batch, history } = workload('mixed', RECORDS, HISTORY);
    const before = await tablesBefore({ batch, history });
    const once = derived((await handled(before, silent, batch)).tables);
    const aws = new ModelledAws();
    const tables = before.clone();
    aws.reset(tables);
    let commits = 0;
    const send = (command: object) => {
      const isCommit = JSON.stringify(command).includes('committed');
      if (isCommit && ++commits > 0) throw new Error('the worker is gone');
      return aws.dynamodb.send(command as never);
    };
    const crashing = { ...worldOf(aws), dynamodb: { send } as unknown as Downstream['dynamodb'] };
    expect(await isRejected(strongByCommitRecords(crashing).handle(batch))).to.equal(true);
    expect(commits).to.be.above(0);
    await strongByCommitRecords(aws).handle(batch);
    expect(derived(tables)).to.deep.equal(once);
  });

  for (const [how, latencies, requests] of [
    ['single', 300 / 50 + 3.19, 301],
    ['in transactions', 7.6 + 3.19, 4],
  ] as const satisfies readonly (readonly [StateWrites, number, number])[])
    it(`given a hot tuple and states that are written ${how}, then by commit records the count is named once`, async () => {
      const { batch } = workload('hot tuple', 300, 0);
      const aws = new ModelledAws();
      const time = new VirtualTime();
      aws.reset(await tablesBefore({ batch, history: [] }), { latency: MEDIAN_LATENCY, time });
      await strongByCommitRecords(aws, how).handle(batch);
      expect(time.now).to.be.closeTo(latencies, 1e-9);
      expect(aws.requestCount).to.equal(requests);
    });

  it('given distinct documents, then the least is a request for ten', async () => {
    const made = workload('distinct documents', 95, 0);
    const least = leastRequests(await tablesBefore(made), made.batch);
    expect(least).to.deep.equal({ SendMessageBatch: 10, Query: 0, BatchGetItem: 0, TransactWriteItems: 0 });
  });

  for (const { name, records, latencies, because } of [
    { name: 'distinct documents', records: 30, latencies: 1, because: 'all messages go at once' },
    {
      name: 'hot tuple',
      records: 50,
      latencies: 3.19,
      because: 'states and their count fit one transaction',
    },
    { name: 'hot tuple', records: 150, latencies: 1 + 3.19, because: 'states can be written before' },
    { name: 'image bursts', records: 30, latencies: 1 + 3.19, because: 'default rows are read first' },
  ] as const)
    it(`given ${name}, ${records}, then the least time is ${latencies.toFixed(2)} latencies, as ${because}`, async () => {
      const made = workload(name, records, 0);
      const least = leastLatencies(await tablesBefore(made), made.batch);
      expect(least).to.be.closeTo(latencies, 1e-9);
    });
});
