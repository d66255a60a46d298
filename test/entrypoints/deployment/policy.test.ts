import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import type { TableModel } from '../../../src/domain/table-model.ts';
import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { policyOf, type WorkerResources } from '../../../src/entrypoints/deployment/policy.ts';
import { workerResources } from '../../../src/entrypoints/deployment/worker-resources.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { type Permission, permissionsOf } from '../../deploy/support/permissions.ts';
import { covers, type Grant, grantsOf } from '../../deploy/support/policy.ts';
import { RecordedWorker } from '../../deploy/support/recorded-worker.ts';
import { resolve } from '../../deploy/support/resolve.ts';
import { type Part, type Parts, readTemplate } from '../../deploy/support/template.ts';
import { describeWithServers, sharedServers, createAuditTable } from '../../integration/shared-servers.ts';
import { TableFeed } from '../../support/table-feed.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';
const AUDIT = 'arn:aws:dynamodb:eu-central-1:111122223333:table/audit';
const RESOURCES: WorkerResources = {
  table: TABLE,
  stream: `${TABLE}/stream/2026-01-05T09:00:00.000`,
  stateTable: '<StateTable.Arn>',
  searchQueue: '<SearchQueue.Arn>',
  quarantineQueue: '<QuarantineQueue.Arn>',
};

function grants(model: TableModel, resources = RESOURCES): readonly Grant[] {
  return grantsOf(policyOf(model, resources) as unknown as Part);
}

const textOf = ({ action, resource, leadingKeys = 'all' }: Grant) => `${action} ${resource} ${leadingKeys}`;

describe('the policy of a definition', () => {
  it('given the fleet, then it allows what the template does, action by action', () => {
    const values = { TableStreamArn: RESOURCES.stream, PoisonRecords: 'quarantine' };
    const { Policies } = resolve(readTemplate(), values).resources['WorkerRole']!.Properties;
    const ofTemplate = (Policies as readonly Parts[])
      .flatMap(({ PolicyDocument }) => grantsOf(PolicyDocument))
      // Logging and storing discarded records are Lambda's own, and not of the definition.
      .filter(({ action }) => !/^(?:logs|s3):/.test(action));
    expect(grants(fleet.model).map(textOf)).to.have.members(ofTemplate.map(textOf));
  });

  it('given documents alone, then nothing of the table may be read or written', () => {
    const thing = row({ id: '<id>' });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { thing },
      derive: { things: documents(thing, { collection: 'things', fields: ['name'] }) },
    });
    expect(grants(model, { ...RESOURCES, quarantineQueue: undefined }).map(textOf)).to.have.members([
      `dynamodb:DescribeStream ${RESOURCES.stream} all`,
      `dynamodb:GetRecords ${RESOURCES.stream} all`,
      `dynamodb:GetShardIterator ${RESOURCES.stream} all`,
      `dynamodb:ListStreams ${TABLE}/stream/* all`,
      'dynamodb:BatchGetItem <StateTable.Arn> all',
      'dynamodb:PutItem <StateTable.Arn> all',
      'sqs:SendMessage <SearchQueue.Arn> all',
    ]);
  });

  it('given counts alone, then no queue may be sent to, and only their partitions are written', () => {
    const thing = row({ PK: 'THING#<id>', SK: 'DATA' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { thing },
      derive: {
        kinds: counts(thing, { by: ['kind'], at: { PK: 'KIND*$?#<kind>', SK: 'COUNT' } }),
        sizes: counts(thing, { by: ['size'], at: { PK: 'SIZES', SK: 'SIZE#<size>' } }),
      },
    });
    const resources = { ...RESOURCES, searchQueue: undefined, quarantineQueue: undefined };
    const onTable = grants(model, resources).filter(({ resource }) => resource === TABLE);
    const keys = ['KIND${*}${$}${?}#*', 'SIZES'];
    expect(onTable.map(textOf)).to.have.members(
      ['BatchGetItem', 'UpdateItem', 'DeleteItem'].flatMap((action) =>
        keys.map((key) => `dynamodb:${action} ${TABLE} ${key}`),
      ),
    );
    expect(JSON.stringify(policyOf(model, RESOURCES))).not.to.include('SearchQueue');
  });

  it('given counts in any partition, then their statements are without a condition', () => {
    const thing = row({ PK: 'THING#<id>', SK: 'DATA' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { thing },
      derive: { kinds: counts(thing, { by: ['kind'], at: { PK: '<kind>', SK: 'COUNT' } }) },
    });
    const onTable = grants(model).filter(({ resource }) => resource === TABLE);
    expect(onTable.map(({ leadingKeys }) => leadingKeys)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('given partition keys that are numbers, then no condition is made of them', () => {
    const thing = row({ id: '<id>' }, { parts: { id: { without: '-' } } });
    const { model } = defineTable({
      keys: { partition: { name: 'id', type: 'N' } },
      rows: { thing },
      derive: { all: counts(thing, { by: () => ({}), at: { id: '-1' } }) },
    });
    const onTable = grants(model).filter(({ resource }) => resource === TABLE);
    expect(onTable.map(({ leadingKeys }) => leadingKeys)).to.deep.equal([undefined, undefined, undefined]);
  });

  it('given rows, then they may be written where they are said to be, and removed unless all are kept', () => {
    const rowsIn = [
      { table: TABLE, partitions: ['AUDIT#*'] },
      { table: '<audit>', partitions: undefined },
    ];
    const written = (keep: boolean) =>
      grants(audited(keep).model, { ...RESOURCES, rowsIn }).filter(({ sid }) => sid.startsWith('WriteRows'));
    expect(written(true).map(textOf)).to.have.members([
      `dynamodb:PutItem ${TABLE} AUDIT#*`,
      'dynamodb:PutItem <audit> all',
    ]);
    expect(written(false).map(({ action }) => action)).to.have.members(
      ['PutItem', 'DeleteItem', 'PutItem', 'DeleteItem'].map((action) => `dynamodb:${action}`),
    );
  });

  it('given an effect, then its state may be kept, and nothing else', () => {
    const thing = row({ id: 'THING#<id>' });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { thing },
      derive: { badges: effect(thing, { run: () => undefined }) },
    });
    const onTables = grants(model).filter(({ resource }) => !/stream|Quarantine/.test(resource));
    expect(onTables.map(textOf)).to.have.members([
      'dynamodb:BatchGetItem <StateTable.Arn> all',
      'dynamodb:PutItem <StateTable.Arn> all',
    ]);
  });
});

/** A table with a row for each change of a thing. */
function audited(keep: boolean) {
  const thing = row({ PK: 'THING#<id>', SK: 'DATA' });
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { thing },
    derive: {
      audit: rows(thing, {
        keep,
        of: ({ key, attributes }) => ({
          key: { PK: `AUDIT#${key.id}`, SK: String(attributes['name']) },
          attributes: { seen: true },
        }),
      }),
      badges: effect(thing, { run: () => undefined }),
    },
  });
}

describe('the resources of a policy', () => {
  it('given a stream, then the table is known by it', () => {
    const stateTable = 'arn:aws:dynamodb:eu-central-1:111122223333:table/state';
    const searchQueue = 'arn:aws:sqs:eu-central-1:111122223333:search.fifo';
    const { stream } = RESOURCES;
    expect(workerResources(fleet.model, { stream, stateTable, searchQueue })).to.deep.equal({
      ...{ stream, table: TABLE, stateTable, searchQueue },
      quarantineQueue: undefined,
    });
  });

  it('given nothing, then every option that is missing is named', () => {
    expect(() => workerResources(fleet.model, {})).to.throw(
      /^--stream is missing.*\n--state-table is missing.*\n--search-queue is missing/,
    );
  });

  it('given rows, then it must be said where, and patterns of one table are together', () => {
    const { model } = audited(true);
    const given = { stream: RESOURCES.stream, stateTable: '${state}' };
    expect(() => workerResources(model, given)).to.throw(/^--rows-in is missing: .* audit derives rows/);
    expect(() => workerResources(model, { ...given, rowsIn: ['audit=A'] })).to.throw(
      /--rows-in "audit" is no ARN/,
    );
    const rowsIn = [`${TABLE}=AUDIT#*`, '${audit}', '${audit}=A=B', `${TABLE}=LOG#*`];
    expect(workerResources(model, { ...given, rowsIn }).rowsIn).to.deep.equal([
      { table: TABLE, partitions: ['AUDIT#*', 'LOG#*'] },
      { table: '${audit}', partitions: undefined },
    ]);
  });

  it('given a placeholder, then it is taken, and the table must be named', () => {
    const given = { stream: '${stream}', stateTable: '${StateTable.Arn}', searchQueue: '${queue}' };
    expect(() => workerResources(fleet.model, given)).to.throw(/^--table is missing: the ARN of the table$/);
    expect(workerResources(fleet.model, { ...given, table: '${table}' })).to.include({ table: '${table}' });
  });

  it('given a name that no table can have, then it is said what one has', () => {
    const given = {
      stream: RESOURCES.stream,
      stateTable: TABLE.replace(/[^/]+$/, 'ab'),
      searchQueue: '${q}',
    };
    expect(() => workerResources(fleet.model, given)).to.throw(
      /^--state-table ".*\/ab" is no ARN of a table \(.*the name of 3 to 255 letters.*\), and no placeholder like \$\{name\}$/,
    );
  });

  it('given a stream that is wrong, then nothing is said of the table, which it will name', () => {
    const given = { stream: TABLE, stateTable: '${state}', searchQueue: '${queue}' };
    expect(() => workerResources(fleet.model, given)).to.throw(/^--stream ".*" is no ARN of a stream .*$/);
  });

  it('given names, wildcards and the stream of another table, then each is refused', () => {
    const given = {
      stream: RESOURCES.stream,
      table: `${TABLE}-too`,
      stateTable: 'state',
      searchQueue: 'arn:aws:sqs:eu-central-1:111122223333:*',
      quarantineQueue: TABLE,
    };
    expect(() => workerResources(fleet.model, given)).to.throw(
      /^--table .* is not the table of the stream.*\n--state-table "state" is no ARN of a table.*\n--search-queue .* is no ARN of a queue.*\n--quarantine-queue .* is no ARN of a queue/,
    );
  });
});

describeWithServers('the requests of a worker', () => {
  for (const [title, given, resources] of [
    ['the shop', shopChanges, { ...RESOURCES, rowsIn: [{ table: AUDIT, partitions: undefined }] }],
    ['rows and effects', auditChanges, { ...RESOURCES, rowsIn: [{ table: TABLE, partitions: ['AUDIT#*'] }] }],
  ] as const)
    describe(`given ${title},`, () => {
      let worker: RecordedWorker;
      let permissions: readonly Permission[];
      let allowed: readonly Grant[];

      before(async function () {
        this.timeout(60_000);
        const { definition, batches } = await given();
        await createAuditTable();
        worker = await RecordedWorker.start(await sharedServers(), definition);
        const failures: unknown[] = [];
        for (const batch of batches) {
          const { outcomes } = await worker.handle(batch as never);
          failures.push(...outcomes.filter(({ status }) => status === 'failed'));
        }
        expect(failures).to.deep.equal([]);
        permissions = worker.calls.flatMap(permissionsOf);
        // Whatever was not poison needed no queue for it.
        const { quarantineQueue, ...others } = resources;
        const isQuarantined = permissions.some(({ on }) => on === worker.quarantineUrl);
        allowed = grants(definition.model, {
          ...others,
          quarantineQueue: isQuarantined ? quarantineQueue : undefined,
        });
      });

      after(() => worker.stop());

      function arnOf({ on }: Permission): string {
        const arns = new Map([
          [worker.table, RESOURCES.table],
          ['audit', AUDIT],
          [worker.stateTable, RESOURCES.stateTable],
          [worker.queueUrl, RESOURCES.searchQueue ?? ''],
          [worker.quarantineUrl, RESOURCES.quarantineQueue ?? ''],
        ]);
        return arns.get(on) ?? `unknown: ${on}`;
      }

      it('then each is allowed', () => {
        const refused = permissions.filter(
          (needed) => !allowed.some((grant) => covers(grant, needed, arnOf(needed))),
        );
        expect(refused).to.deep.equal([]);
        expect(permissions.length).to.be.greaterThan(10);
      });

      it('then nothing is allowed that none needs, but reading the stream, which is Lambda’s', () => {
        const ofWorker = allowed.filter(({ resource }) => !resource.includes('/stream/'));
        const unused = ofWorker.filter(
          (grant) => !permissions.some((needed) => covers(grant, needed, arnOf(needed))),
        );
        expect(unused).to.deep.equal([]);
        expect(ofWorker.length).to.be.greaterThan(3);
      });
    });
});

async function shopChanges() {
  const cwd = fileURLToPath(new URL('../../../examples/shop', import.meta.url));
  const { definition } = await loadDefinition(undefined, cwd);
  const feed = new TableFeed(definition);
  const order = (id: string, attributes: object) => ({
    PK: 'CUSTOMER#ann',
    SK: `ORDER#${id}`,
    status: 'paid',
    placed_at: '2026-01-05T09:00:00Z',
    ...attributes,
  });
  const batches = [
    [feed.put(order('1', { total: 1.5, tags: new Set(['gift', 'new']) }))],
    [feed.put(order('2', { total: 2 })), feed.put(order('3', { total: 3, tags: new Set(['new']) }))],
    [feed.put(order('3', { total: 4, status: 'draft' }))],
    [feed.put(order('3', { total: 'much' }))],
    [feed.remove(order('1', {})), feed.remove(order('3', {}))],
    [feed.remove(order('2', {}))],
  ];
  return { definition, batches };
}

async function auditChanges() {
  const definition = audited(false);
  const feed = new TableFeed(definition);
  const thing = (id: string, name: string) => ({ PK: `THING#${id}`, SK: 'DATA', name });
  const batches = [
    [feed.put(thing('1', 'a')), feed.put(thing('2', 'b'))],
    [feed.put(thing('1', 'c'))],
    [feed.remove(thing('1', 'c'))],
  ];
  return { definition, batches };
}
