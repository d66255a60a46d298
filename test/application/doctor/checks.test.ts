import { expect } from 'chai';
import type { Wanted } from '../../../src/application/doctor/check.ts';
import { CHECKS } from '../../../src/application/doctor/checks.ts';
import type { Facts, QueueFacts, TableFacts } from '../../../src/application/doctor/facts.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { examined, WANTED, WELL } from './well.ts';

const table = WELL.table as TableFacts;
const stateTable = WELL.stateTable as TableFacts;
const { mapping, worker, indexer, indexerMapping, alarms, topics } = WELL;
const searchQueue = WELL.searchQueue as QueueFacts;
const deadLetters = WELL.deadLetters as QueueFacts;
const quarantine = WELL.quarantine as QueueFacts;
const stream = { arn: table.streamArn ?? '', status: 'ENABLED', openShards: 4 };
const other = { ...mapping, id: 'other', function: 'audit' };
const absent = { absent: 'gone' };
const gap = { stream: stream.arn, shard: 's1', reason: 'trimmed', after: undefined, at: 0 } as const;

const order = row({ PK: 'ORDER#<id>', SK: 'ORDER' });
const orders = (derive: Parameters<typeof defineTable>[0]['derive']) =>
  defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive }).model;

type Case = readonly [
  given: string,
  check: string,
  severity: 'error' | 'warning',
  what: RegExp,
  facts: Partial<Facts>,
  wanted?: Partial<Wanted>,
];

const CASES: readonly Case[] = [
  [
    'a setting that no worker takes',
    'settings',
    'error',
    /^CONCURRENCY is/,
    { settings: ['CONCURRENCY is "no"'] },
  ],
  ['no table', 'table', 'error', /no such table/, { table: absent }],
  ['a table being made', 'table', 'error', /CREATING/, { table: { ...table, status: 'CREATING' } }],
  [
    'a key of another type',
    'keys',
    'error',
    /is PK \(S\) and SK \(N\), and must be PK \(S\) and SK \(S\)/,
    {
      table: {
        ...table,
        keys: [
          { name: 'PK', type: 'S' },
          { name: 'SK', type: 'N' },
        ],
      },
    },
  ],
  [
    'no sort key',
    'keys',
    'error',
    /is PK \(S\), and/,
    { table: { ...table, keys: [{ name: 'PK', type: 'S' }] } },
  ],
  ['no stream', 'stream', 'error', /its stream is off/, { table: { ...table, viewType: undefined } }],
  [
    'new images only',
    'stream',
    'error',
    /needs NEW_AND_OLD_IMAGES/,
    { table: { ...table, viewType: 'NEW_IMAGE' } },
  ],
  [
    'the stream of before',
    'latest-stream',
    'error',
    /is not the stream of/,
    { table: { ...table, streamArn: `${table.arn}/stream/2` } },
  ],
  [
    'a stream that was turned off',
    'latest-stream',
    'error',
    /DISABLED/,
    { stream: { ...stream, status: 'DISABLED' } },
  ],
  ['no such stream', 'latest-stream', 'error', /no such stream/, { stream: absent }],
  ['strong consistency', 'replicas', 'error', /MRSC/, { table: { ...table, isStronglyReplicated: true } }],
  [
    'a state table of strong consistency',
    'replicas',
    'error',
    /MRSC/,
    { stateTable: { ...stateTable, isStronglyReplicated: true } },
  ],
  [
    'a replicated table, and state in one region',
    'replicas',
    'warning',
    /replicated to eu-west-1/,
    { table: { ...table, replicas: ['eu-west-1'] } },
  ],
  [
    'a mapping of the stream of before',
    'mapping',
    'error',
    /it reads old/,
    { mapping: { ...mapping, source: 'old' } },
  ],
  [
    'a mapping that is off',
    'mapping',
    'error',
    /Disabled \(User action\)/,
    { mapping: { ...mapping, state: 'Disabled', stateReason: 'User action' } },
  ],
  [
    'a last batch that failed',
    'mapping',
    'error',
    /PROBLEM: Function call failed/,
    { mapping: { ...mapping, lastResult: 'PROBLEM: Function call failed' } },
  ],
  [
    'a filter less',
    'filters',
    'error',
    /lacks 1 of/,
    { mapping: { ...mapping, filters: mapping.filters.slice(1) } },
  ],
  [
    'a filter more',
    'filters',
    'warning',
    /does not need/,
    { mapping: { ...mapping, filters: [...mapping.filters, '{"eventName":["REMOVE"]}'] } },
  ],
  ['no filters', 'filters', 'warning', /no filters/, { mapping: { ...mapping, filters: [] } }],
  ['no destination', 'delivery', 'error', /are lost/, { mapping: { ...mapping, destination: undefined } }],
  [
    'a destination that holds no records',
    'delivery',
    'warning',
    /names records, and does not hold them/,
    { mapping: { ...mapping, destination: 'arn:aws:sqs:eu-central-1:111122223333:failed' } },
  ],
  ['no age', 'delivery', 'warning', /never gives/, { mapping: { ...mapping, maximumAge: -1 } }],
  ['the age of a day', 'delivery', 'warning', /never gives/, { mapping: { ...mapping, maximumAge: 86_400 } }],
  ['few attempts', 'delivery', 'warning', /after 3 more attempts/, { mapping: { ...mapping, retries: 3 } }],
  ['no halving', 'delivery', 'warning', /halve/, { mapping: { ...mapping, bisects: false } }],
  [
    'failures that nobody reads',
    'worker',
    'error',
    /taken for done, and lost/,
    { mapping: { ...mapping, takesPartialResponses: false } },
  ],
  [
    'a function that failed',
    'worker',
    'error',
    /last update Failed/,
    { worker: { ...worker, lastUpdate: 'Failed' } },
  ],
  ['no time left', 'worker', 'error', /leaves nothing/, { worker: { ...worker, timeout: 1 } }],
  [
    'a function with another state table',
    'worker',
    'error',
    /its STATE_TABLE_NAME is other/,
    { worker: { ...worker, variables: { ...worker.variables, STATE_TABLE_NAME: 'other' } } },
  ],
  [
    'more shards than reserved instances',
    'concurrency',
    'warning',
    /4 shards and ParallelizationFactor 2 ask for 8 .* 7 are reserved/,
    { mapping: { ...mapping, parallelization: 2 }, worker: { ...worker, reserved: 7 } },
  ],
  ['an account that is small', 'concurrency', 'warning', /the account has 3/, { unreservedInstances: 3 }],
  ['no instance at all', 'concurrency', 'error', /never runs/, { worker: { ...worker, reserved: 0 } }],
  [
    'three functions on the stream',
    'readers',
    'error',
    /3 read each shard/,
    { streamMappings: [mapping, other, { ...other, function: 'mail' }] },
  ],
  [
    'two functions on the stream of a global table',
    'readers',
    'error',
    /one may of a global table/,
    { table: { ...table, replicas: ['eu-west-1'] }, streamMappings: [mapping, other] },
  ],
  [
    'contrail consume beside two functions',
    'readers',
    'error',
    /contrail consume \(host 1\)/,
    { streamMappings: [mapping, other], consumers: ['host 1'] },
  ],
  ['contrail consume beside the worker', 'readers', 'warning', /handled twice/, { consumers: ['host 1'] }],
  ['no state table', 'state-table', 'error', /no such table/, { stateTable: absent }],
  [
    'a state table with other keys',
    'state-table',
    'error',
    /its key is/,
    { stateTable: { ...stateTable, keys: [] } },
  ],
  ['the table as state table', 'state-table', 'error', /the table itself/, { stateTable: table }],
  ['state that stays', 'state-expiry', 'warning', /never expire/, { stateExpiry: undefined }],
  [
    'state that expires by another attribute',
    'state-expiry',
    'error',
    /expire by ttl/,
    { stateExpiry: 'ttl' },
  ],
  ['no recovery', 'state-restorable', 'warning', /recovery is off/, { stateRestorable: false }],
  [
    'a form of a later version',
    'state-forms',
    'error',
    /of form 9/,
    { stateForms: ['a state is of form 9'] },
  ],
  ['another table’s state', 'followed', 'error', /is of arn:old/, { followed: 'arn:old' }],
  ['an open gap', 'gaps', 'error', /a gap is open/, { gaps: [gap] }],
  [
    'no table of derived rows',
    'rows-tables',
    'error',
    /no such table/,
    { targets: [absent] },
    { model: orders({ audit: rows(order, { of: () => [] }) }) },
  ],
  ['no queue', 'search-queue', 'error', /no such queue/, { searchQueue: absent }],
  [
    'a standard queue',
    'search-queue',
    'error',
    /standard/,
    { searchQueue: { ...searchQueue, isFifo: false } },
  ],
  [
    'order across groups',
    'search-queue',
    'warning',
    /300/,
    { searchQueue: { ...searchQueue, isByGroup: false } },
  ],
  [
    'deduplication by content',
    'search-queue',
    'warning',
    /by content/,
    { searchQueue: { ...searchQueue, isContentDeduplicated: true } },
  ],
  [
    'small messages',
    'search-queue',
    'warning',
    /262144/,
    { searchQueue: { ...searchQueue, largestMessage: 262_144 } },
  ],
  ['an hour', 'search-queue', 'warning', /for 3600 s/, { searchQueue: { ...searchQueue, retention: 3_600 } }],
  [
    'a queue for everybody',
    'search-queue',
    'error',
    /everybody/,
    {
      searchQueue: {
        ...searchQueue,
        policy: JSON.stringify({
          Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sqs:*' }],
        }),
      },
    },
  ],
  [
    'no dead-letter queue',
    'dead-letters',
    'error',
    /no dead-letter queue/,
    { searchQueue: { ...searchQueue, deadLetters: undefined }, deadLetters: absent },
  ],
  ['a dead-letter queue that is gone', 'dead-letters', 'error', /no such queue/, { deadLetters: absent }],
  [
    'two receives',
    'dead-letters',
    'warning',
    /after 2 receives/,
    { searchQueue: { ...searchQueue, deadLetters: { arn: deadLetters.arn, maximumReceives: 2 } } },
  ],
  [
    'small letters',
    'dead-letters',
    'warning',
    /of 1024 b/,
    { deadLetters: { ...deadLetters, largestMessage: 1_024 } },
  ],
  [
    'dead letters',
    'dead-letters',
    'error',
    /holds 3 search/,
    { deadLetters: { ...deadLetters, waiting: 3 } },
  ],
  ['poison', 'quarantine', 'error', /holds 2 records/, { quarantine: { ...quarantine, waiting: 2 } }],
  [
    'little time',
    'visibility',
    'error',
    /hidden for 59 s/,
    { searchQueue: { ...searchQueue, visibility: 59 } },
  ],
  [
    'messages that count as done',
    'indexer-mapping',
    'error',
    /deleted all the same/,
    { indexerMapping: { ...indexerMapping, takesPartialResponses: false } },
  ],
  [
    'an indexer that is off',
    'indexer-mapping',
    'error',
    /Disabled/,
    { indexerMapping: { ...indexerMapping, state: 'Disabled' } },
  ],
  [
    'an indexer that failed',
    'indexer',
    'error',
    /state is Failed/,
    { indexer: { ...indexer, state: 'Failed' } },
  ],
  [
    'a search engine that does not answer',
    'search-index',
    'error',
    /cannot reach/,
    { collections: [{ collection: 'a', engine: 'Typesense', problem: 'cannot reach', differences: [] }] },
  ],
  [
    'a collection of another schema',
    'search-index',
    'error',
    /a is not as .*: field "x" is missing/,
    {
      collections: [
        { collection: 'a', engine: 'Typesense', problem: undefined, differences: ['field "x" is missing'] },
      ],
    },
  ],
  [
    'nobody who watches the lag',
    'alarms',
    'warning',
    /IteratorAge/,
    { alarms: alarms.filter(({ name }) => name !== 'IteratorAgeAlarm') },
  ],
  [
    'an alarm that is on',
    'alarms',
    'error',
    /it is on: 3 datapoints/,
    {
      alarms: alarms.map((one, index) =>
        index === 0 ? { ...one, state: 'ALARM', reason: '3 datapoints' } : one,
      ),
    },
  ],
  [
    'an alarm that tells nobody',
    'alarms',
    'warning',
    /no action/,
    { alarms: alarms.map((one, index) => (index === 0 ? { ...one, actions: [] } : one)) },
  ],
  [
    'a topic without subscribers',
    'alarms',
    'warning',
    /no subscriber who has confirmed \(1 /,
    { topics: topics.map((topic) => ({ ...topic, confirmed: 0, pending: 1 })) },
  ],
  [
    'a role that may not write',
    'permissions',
    'error',
    /does not allow dynamodb:PutItem on x/,
    { denied: [{ role: 'worker', action: 'dynamodb:PutItem', resource: 'x' }] },
  ],
  ['a clock that is late', 'aws-clock', 'error', /11 s behind/, { awsClock: 11_000 }],
  ['a clock that is early', 'aws-clock', 'error', /11 s ahead/, { awsClock: -11_000 }],
  [
    'a database that cannot be used',
    'database',
    'error',
    /is of form 3/,
    { database: { ...WELL.database, problem: 'it is of form 3' } },
    { backend: 'postgres' },
  ],
  [
    'a user without rights',
    'database',
    'error',
    /lacks insert on states/,
    { database: { ...WELL.database, lacking: ['insert on states'] } },
    { backend: 'postgres' },
  ],
  [
    'a database whose clock differs',
    'database-clock',
    'error',
    /60 s behind that of database app/,
    { database: { ...WELL.database, skewMs: 60_000 } },
    { backend: 'postgres' },
  ],
];

describe('the checks of contrail doctor', () => {
  it('given a deployment as the template makes it, then nothing is found, and all is told', async () => {
    const { findings, untold, well } = await examined();
    expect({ findings, untold }).to.deep.equal({ findings: [], untold: [] });
    expect(well).to.deep.equal(CHECKS.filter((check) => check.appliesTo(WANTED)).map(({ name }) => name));
  });

  for (const [given, check, severity, what, facts, wanted] of CASES)
    it(`given ${given}, then ${check} says so, with a cure`, async () => {
      const { findings } = await examined(facts, wanted);
      const [found, ...more] = findings.filter((one) => one.check === check && what.test(one.what));
      expect(found, JSON.stringify(findings)).to.include({ severity });
      expect(more).to.deep.equal([]);
      expect(found?.where).to.match(/\S/);
      expect(found?.cure).to.match(/\S{3}/);
    });

  it('given all checks, then each has a case, of an error or a warning', () => {
    const shown = new Set(CASES.map(([, check]) => check));
    expect(CHECKS.map(({ name }) => name).filter((name) => !shown.has(name))).to.deep.equal([]);
  });

  it('given view types, then those do that the definition can work with', async () => {
    const models = {
      documents: orders({ search: documents(order, { collection: 'orders', fields: ['total'] }) }),
      counts: orders({ perDay: counts(order, { by: ['day'], at: { PK: 'DAY#<day>', SK: 'COUNT' } }) }),
    };
    const fits = async (model: Wanted['model'], viewType: string, backend: Wanted['backend'] = 'aws') =>
      (await examined({ table: { ...table, viewType } }, { model, backend })).findings.every(
        ({ check }) => check !== 'stream',
      );
    expect(await fits(models.documents, 'NEW_IMAGE')).to.equal(false);
    expect(await fits(models.counts, 'NEW_IMAGE')).to.equal(true);
    expect(await fits(models.counts, 'OLD_IMAGE')).to.equal(false);
    const keysAlone = orders({ mail: effect(order, { run: () => undefined }) });
    expect(await fits(keysAlone, 'KEYS_ONLY')).to.equal(true);
    // There the worker keeps the rows.
    expect(await fits(keysAlone, 'KEYS_ONLY', 'postgres')).to.equal(false);
  });

  it('given what cannot be told now, then it is not called wrong', async () => {
    const creating = await examined({ mapping: { ...mapping, state: 'Creating' } });
    expect(creating.untold).to.deep.include({
      check: 'mapping',
      why: `the mapping StreamMapping of <Worker> is Creating: ask again once it is Enabled`,
    });
    expect(creating.findings).to.deep.equal([]);
    const unread = await examined({ streamMappings: [] }, { reader: 'consume' });
    expect(unread.untold.map(({ check }) => check)).to.deep.equal(['readers']);
  });

  it('given filters in another order, or merged for a higher quota, then they are those of the definition', async () => {
    const reordered = mapping.filters
      .toReversed()
      .map((pattern) =>
        pattern.replace(/"AIRCRAFT#REGISTRY#FAA","AIRCRAFT#REGISTRY#FOREIGN"/, (both) =>
          both.split(',').toReversed().join(),
        ),
      );
    expect((await examined({ mapping: { ...mapping, filters: reordered } })).findings).to.deep.equal([]);
  });

  it('given a mapping that is off, then its function reads nothing', async () => {
    const off = { ...other, state: 'Disabled' };
    const { findings } = await examined({ streamMappings: [mapping, off, { ...off, function: 'mail' }] });
    expect(findings).to.deep.equal([]);
  });

  it('given a policy that has a condition for everybody, then it is not called open', async () => {
    const Statement = { Effect: 'Allow', Principal: '*', Action: 'sqs:*', Condition: { StringEquals: {} } };
    const policy = JSON.stringify({ Statement });
    expect((await examined({ searchQueue: { ...searchQueue, policy } })).findings).to.deep.equal([]);
  });

  it('given the function’s settings in other words, then they are the same', async () => {
    const variables = {
      BACKEND: 'aws',
      TABLE_NAME: `arn:aws:dynamodb:eu-central-1:1:table/${worker.variables['TABLE_NAME'] ?? ''}`,
    };
    expect((await examined({}, { variables })).findings).to.deep.equal([]);
  });

  it('given a standard queue that is allowed, then it is not called wrong', async () => {
    const standard = { searchQueue: { ...searchQueue, isFifo: false, isByGroup: false } };
    const { findings } = await examined(standard, { allowsStandardQueue: true });
    expect(findings).to.deep.equal([]);
  });
});
