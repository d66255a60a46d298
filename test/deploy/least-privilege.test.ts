import { expect } from 'chai';
import type { BatchResult } from '../../src/application/process-batch.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { entity } from '../support/factories.ts';
import { faaRow, imageRow, linkRow, SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { type Permission, permissionsOf } from './support/permissions.ts';
import { covers, type Grant, grantsOf } from './support/policy.ts';
import { RecordedWorker } from './support/recorded-worker.ts';
import { resolve, type Values } from './support/resolve.ts';
import { type Part, readTemplate } from './support/template.ts';

/** What Lambda itself does in the role's name. No request of the worker shows it; each needs a reason. */
const LAMBDA_ITSELF: Readonly<Record<string, string>> = {
  'dynamodb:DescribeStream <SourceTable.StreamArn>': 'the mapping finds the shards',
  'dynamodb:GetShardIterator <SourceTable.StreamArn>': 'the mapping goes to a place in a shard',
  'dynamodb:GetRecords <SourceTable.StreamArn>': 'the mapping reads',
  'dynamodb:ListStreams <SourceTable.Arn>/stream/*': 'the mapping checks that the stream is there',
  's3:PutObject <DiscardedRecords.Arn>/*': 'the mapping stores the records that it gives up',
  's3:ListBucket <DiscardedRecords.Arn>': 'the mapping checks that the bucket is there',
  'logs:CreateLogStream <WorkerLogs.Arn>': 'an instance of the function begins its log',
  'logs:PutLogEvents <WorkerLogs.Arn>': 'an instance of the function logs',
};

const NEW_TABLE = { NewTableName: 'fleet', PoisonRecords: 'quarantine' };
const TABLE_ARN = 'arn:aws:dynamodb:eu-central-1:111122223333:table/fleet';
const EXISTING_TABLE = {
  TableStreamArn: `${TABLE_ARN}/stream/2026-01-05T09:00:00.000`,
  PoisonRecords: 'quarantine',
};

function policyNamed(name: string, values: Values): Part | undefined {
  const { Policies, ...others } = resolve(readTemplate(), values).resources['WorkerRole']!.Properties;
  expect(Object.keys(others), 'policies in no other place').to.deep.equal(['AssumeRolePolicyDocument']);
  const policies = Policies as readonly { readonly PolicyName: string; readonly PolicyDocument: Part }[];
  expect(policies.map(({ PolicyName }) => PolicyName)).to.have.members(['worker', 'lambda']);
  return policies.find(({ PolicyName }) => PolicyName === name)?.PolicyDocument;
}

describe("the function's role", () => {
  it('given what Lambda does itself, then exactly that is allowed beside what the worker does', () => {
    const grants = grantsOf(policyNamed('lambda', NEW_TABLE));
    expect(grants.map(({ action, resource }) => `${action} ${resource}`)).to.have.members(
      Object.keys(LAMBDA_ITSELF),
    );
  });

  it('given an existing table, then its stream is read and no other', () => {
    const grants = grantsOf(policyNamed('lambda', EXISTING_TABLE));
    const onStream = grants.filter(({ action }) => action.startsWith('dynamodb:'));
    expect(new Set(onStream.map(({ resource }) => resource))).to.deep.equal(
      new Set([EXISTING_TABLE.TableStreamArn, `${TABLE_ARN}/stream/*`]),
    );
  });

  it('given that poison blocks, then nothing may be sent to the quarantine queue', () => {
    const { resources } = resolve(readTemplate(), { NewTableName: 'fleet' });
    expect(JSON.stringify(resources['WorkerRole'])).not.to.include('Quarantine');
  });
});

describeWithServers("the worker's requests", () => {
  let worker: RecordedWorker;
  let permissions: readonly Permission[];
  let totals: Record<string, number>;

  before(async function () {
    this.timeout(60_000);
    worker = await RecordedWorker.start(await sharedServers());
    totals = {};
    for (const batch of everyDecision()) add(await worker.handle(batch));
    const feed = [...generateRecords({ seed: 42, records: 2_000 })];
    add(await worker.handle(feed));
    permissions = worker.calls.flatMap(permissionsOf);
  });

  after(() => worker.stop());

  function add({ outcomes, search, defaultImages, matcher }: BatchResult): void {
    const tallies = { search, defaultImages, matcher };
    for (const [name, tally] of Object.entries(tallies))
      for (const [decision, count] of Object.entries(tally))
        totals[`${name} ${decision}`] = (totals[`${name} ${decision}`] ?? 0) + count;
    for (const { status } of outcomes) totals[status] = (totals[status] ?? 0) + 1;
  }

  it('given the run, then every decision was made, and nothing failed', () => {
    expect(totals['failed'] ?? 0).to.equal(0);
    for (const decision of [
      'quarantined',
      'search upserts',
      'search deletes',
      'defaultImages created',
      'defaultImages kept',
      'defaultImages repaired',
      'defaultImages switched',
      'defaultImages removed',
      'matcher incremented',
      'matcher moved',
      'matcher decremented',
    ])
      expect(totals[decision], decision).to.be.greaterThan(0);
  });

  for (const [title, values, table] of [
    ['a new table', NEW_TABLE, '<SourceTable.Arn>'],
    ['an existing table', EXISTING_TABLE, TABLE_ARN],
  ] as const) {
    const arnOf = ({ on }: Permission): string => {
      const arns = new Map([
        [worker.table, table],
        [worker.stateTable, '<StateTable.Arn>'],
        [worker.queueUrl, '<SearchQueue.Arn>'],
        [worker.quarantineUrl, '<QuarantineQueue.Arn>'],
      ]);
      return arns.get(on) ?? `unknown: ${on}`;
    };
    const isUsed = (grant: Grant) => permissions.some((needed) => covers(grant, needed, arnOf(needed)));

    it(`given ${title}, then every request is allowed`, () => {
      const grants = grantsOf(policyNamed('worker', values));
      const refused = permissions.filter(
        (needed) => !grants.some((grant) => covers(grant, needed, arnOf(needed))),
      );
      expect(refused.slice(0, 5)).to.deep.equal([]);
      expect(permissions.length).to.be.greaterThan(300);
    });

    it(`given ${title}, then nothing is allowed that no request needs`, () => {
      const grants = grantsOf(policyNamed('worker', values));
      expect(grants.filter((grant) => !isUsed(grant))).to.deep.equal([]);
      expect(grants.length).to.be.greaterThan(8);
    });
  }
});

/** Batches that make the worker take every decision that it can take, one after the other. */
function* everyDecision(): Generator<readonly StreamRecord[]> {
  const table = new SourceTable();
  const owner = entity();
  const [older, newer] = ['01A', '01B'];
  yield [table.put(imageRow(owner, older, { caption: 'a' }))];
  yield [table.put(imageRow(owner, newer))];
  yield [table.put(imageRow(owner, older, { caption: 'b' }))];
  yield [table.remove(imageRow(owner, older))];
  yield [table.remove(imageRow(owner, newer))];

  const [first, second] = [
    ['CESSNA', '172S', 'C172'],
    ['CESSNA', '182T', 'C182'],
  ];
  yield [
    table.put(linkRow('1', '1', first)),
    table.put(linkRow('1', '2', first)),
    table.put(linkRow('1', '3', first)),
  ];
  yield [table.put(linkRow('1', '1', second))];
  yield [table.remove(linkRow('1', '2'))];
  yield [table.remove(linkRow('1', '1')), table.remove(linkRow('1', '3'))];

  yield [table.put(faaRow('N1'))];
  yield [table.remove(faaRow('N1'))];

  yield [table.put(imageRow(entity({ entityId: 'N2' }), '01C', { image_id: 'another' }))];
}
