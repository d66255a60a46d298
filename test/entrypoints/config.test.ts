import { expect } from 'chai';
import { readConfig } from '../../src/entrypoints/config.ts';
import { fleet as fleetTable } from '../../src/fleet/definition.ts';
import { faultOf } from '../support/factories.ts';

const aws = {
  TABLE_NAME: 'fleet',
  STATE_TABLE_NAME: 'state',
  TYPESENSE_QUEUE_URL: 'https://sqs/1/search.fifo',
};

/** What holds on every backend, unless set. */
const DEFAULTS = {
  logLevel: 'info',
  failureMode: 'report',
  retries: { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 },
  quarantineMaxShare: 0.5,
  deadlineMarginMs: 1_000,
};

/** Reads a wrong configuration: the message matches. */
function expectRefusal(variables: Readonly<Record<string, string>>, message: RegExp): void {
  expect(faultOf(() => readConfig(variables)))
    .to.include({ kind: 'configuration' })
    .and.to.have.property('message')
    .that.matches(message);
}

describe('the configuration', () => {
  it('given only what is required, when read, then every default holds; empty variables count as unset', () => {
    const defaults = {
      ...DEFAULTS,
      backend: {
        kind: 'aws',
        table: 'fleet',
        stateTable: 'state',
        queueUrl: 'https://sqs/1/search.fifo',
        maxBatchBytes: 1_048_576,
        visibilityMs: 120_000,
        allowStandardQueue: false,
        hasQueueEndpoint: false,
        quarantineUrl: undefined,
        concurrency: 50,
        maxAttempts: 3,
        metrics: { namespace: 'Contrail', service: 'contrail' },
      },
    };
    expect(readConfig(aws)).to.deep.equal(defaults);
    const names = `LOG_LEVEL FAILURE_MODE BACKEND SEARCH_MAX_BATCH_BYTES ALLOW_STANDARD_QUEUE QUARANTINE_QUEUE_URL
      QUARANTINE_MAX_SHARE RETRY_ATTEMPTS DEADLINE_MARGIN_MS CONCURRENCY AWS_MAX_ATTEMPTS METRICS_NAMESPACE`;
    const empty = Object.fromEntries(names.split(/\s+/).map((name) => [name, '']));
    expect(readConfig({ ...aws, ...empty })).to.deep.equal(defaults);
  });

  it('given the backend of PostgreSQL, when read, then it needs a URL, and names what is wrong, but not that', () => {
    const postgres = { BACKEND: 'postgres', DATABASE_URL: 'postgres://app:hunter2@db/app' };
    expect(readConfig(postgres).backend).to.deep.equal({
      ...{ kind: 'postgres', url: postgres.DATABASE_URL },
      ...{ schema: 'contrail', prefix: '', connections: 10, hasQuarantine: false },
      metrics: { namespace: 'Contrail', service: 'contrail' },
    });
    const chosen = {
      DATABASE_SCHEMA: 'app',
      DATABASE_PREFIX: 'c_',
      DATABASE_CONNECTIONS: '3',
      DATABASE_QUARANTINE: 'true',
    };
    expect(readConfig({ ...postgres, ...chosen }).backend).to.include({
      ...{ schema: 'app', prefix: 'c_', connections: 3, hasQuarantine: true },
    });
    expect(() => readConfig({ BACKEND: 'postgres' })).to.throw(
      /^DATABASE_URL is not set; it must be postgres:/,
    );
    expect(() => readConfig({ ...postgres, DATABASE_SCHEMA: 'My App', DATABASE_CONNECTIONS: 'many' }))
      .to.throw(/"My App".*\nDATABASE_CONNECTIONS is "many"/s)
      .and.satisfy(({ message }: Error) => !message.includes('hunter2'));
  });

  it('given the memory backend, when read, then it needs nothing else', () => {
    expect(readConfig({ BACKEND: 'memory', LOG_LEVEL: 'debug', FAILURE_MODE: 'throw' })).to.deep.equal({
      ...DEFAULTS,
      logLevel: 'debug',
      failureMode: 'throw',
      backend: { kind: 'memory' },
    });
  });

  it('given values for all, when read, then they hold', () => {
    const { retries, deadlineMarginMs, backend } = readConfig({
      ...aws,
      SEARCH_MAX_BATCH_BYTES: '262144',
      ALLOW_STANDARD_QUEUE: 'true',
      RETRY_ATTEMPTS: '7',
      RETRY_BASE_MS: '5',
      RETRY_CAP_MS: '80',
      DEADLINE_MARGIN_MS: '250',
      QUARANTINE_QUEUE_URL: 'https://sqs/1/quarantine',
      CONCURRENCY: '8',
      METRICS_NAMESPACE: 'Fleet',
      AWS_LAMBDA_FUNCTION_NAME: 'follow-the-fleet',
    });
    expect(retries).to.deep.equal({ attempts: 7, conflicts: 16, baseMs: 5, capMs: 80 });
    expect(deadlineMarginMs).to.equal(250);
    expect(backend).to.deep.include({
      maxBatchBytes: 262_144,
      allowStandardQueue: true,
      quarantineUrl: 'https://sqs/1/quarantine',
      concurrency: 8,
      metrics: { namespace: 'Fleet', service: 'follow-the-fleet' },
    });
  });

  for (const [name, value] of [
    ['RETRY_ATTEMPTS', '0'],
    ['RETRY_BASE_MS', '-1'],
    ['RETRY_CAP_MS', '1e3'],
    ['DEADLINE_MARGIN_MS', '60001'],
    ['CONCURRENCY', '51'],
  ] as const)
    it(`given ${name}=${value}, when read, then the message names it and its bounds`, () => {
      const message = new RegExp(`^${name} is "${value}"; expected an integer from \\d+ to \\d+$`);
      expectRefusal({ ...aws, [name]: value }, message);
    });

  for (const [value, share] of [
    ['1', 1],
    ['0.9', 0.9],
    ['0.001', 0.001],
    ['1.0', 1],
  ] as const)
    it(`given QUARANTINE_MAX_SHARE=${value}, when read, then it holds`, () => {
      expect(readConfig({ ...aws, QUARANTINE_MAX_SHARE: value }).quarantineMaxShare).to.equal(share);
    });

  for (const value of ['0', '0.0', '1.01', '2', '50%', '.5', '1e-1', '-0.5', 'NaN', ' '])
    it(`given QUARANTINE_MAX_SHARE=${JSON.stringify(value)}, when read, then it is refused`, () => {
      const message = /^QUARANTINE_MAX_SHARE is ".*"; expected a number above 0, up to 1, like 0\.5$/;
      expectRefusal({ ...aws, QUARANTINE_MAX_SHARE: value }, message);
    });

  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SQS'])
    it(`given ${name}, when read, then the queue’s own endpoint gives way to it`, () => {
      expect(readConfig({ ...aws, [name]: 'http://127.0.0.1:1' }).backend).to.include({
        hasQueueEndpoint: true,
      });
    });

  it('given several wrong or missing values, when read, then one message names each and what it may be', () => {
    const wrong = {
      LOG_LEVEL: 'loud',
      FAILURE_MODE: 'ignore',
      TABLE_NAME: '  ',
      SEARCH_MAX_BATCH_BYTES: '1048577',
    };
    expectRefusal(
      wrong,
      /LOG_LEVEL is "loud"; expected silent, error[^]*FAILURE_MODE is "ignore"[^]*TABLE_NAME is not set[^]*STATE_TABLE_NAME is not set[^]*TYPESENSE_QUEUE_URL is not set[^]*SEARCH_MAX_BATCH_BYTES is "1048577"; expected an integer from 1024 to 1048576/,
    );
  });

  it('given a visibility that no indexer takes, when read, then its own variable is named', () => {
    expectRefusal(
      { ...aws, SEARCH_VISIBILITY_MS: '60000' },
      /^SEARCH_VISIBILITY_MS is "60000"; expected an integer from 90000 /,
    );
  });

  it('given queues that will not do beside other problems, when read, then one message has all of it', () => {
    const wrong = {
      CONCURRENCY: '0',
      TYPESENSE_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/search',
      QUARANTINE_QUEUE_URL: 'https://me:hunter2@sqs.eu-central-1.amazonaws.com/123456789012/poison',
      METRICS_NAMESPACE: 'AWS/Contrail',
      AWS_ENDPOINT_URL_SQS: 'me:hunter2@127.0.0.1',
    };
    const fault = faultOf(() => readConfig(wrong));
    expect(fault.kind).to.equal('configuration');
    const names = fault.message.split('\n').map((line) => line.split(' ')[0]!);
    const expected = `TABLE_NAME STATE_TABLE_NAME TYPESENSE_QUEUE_URL QUARANTINE_QUEUE_URL CONCURRENCY
      METRICS_NAMESPACE AWS_ENDPOINT_URL_SQS`;
    expect(names).to.have.members(expected.split(/\s+/));
    expect(fault.message)
      .to.match(/^TYPESENSE_QUEUE_URL names the standard queue search/m)
      .and.match(/^QUARANTINE_QUEUE_URL is not a queue URL/m)
      .and.match(/^METRICS_NAMESPACE is not a namespace/m)
      .and.match(/^AWS_ENDPOINT_URL_SQS is not the URL of an endpoint/m)
      .and.not.contain('hunter2');
  });

  it('given queue URLs that are none, when read, then each is named once', () => {
    const wrong = { ...aws, TYPESENSE_QUEUE_URL: 'search.fifo', QUARANTINE_QUEUE_URL: 'search.fifo' };
    expectRefusal(
      wrong,
      /^TYPESENSE_QUEUE_URL is not a queue URL.*\nQUARANTINE_QUEUE_URL is not a queue URL.*$/,
    );
  });

  it('given a definition without documents, when read, then no search queue is needed; one that is set is checked', () => {
    const { TYPESENSE_QUEUE_URL, ...others } = aws;
    const withoutDocuments = { documents: [] };
    expect(readConfig(others, withoutDocuments).backend).to.include({ table: 'fleet', queueUrl: undefined });
    expect(readConfig(aws, withoutDocuments).backend).to.include({ queueUrl: TYPESENSE_QUEUE_URL });
    expect(() => readConfig({ ...aws, TYPESENSE_QUEUE_URL: 'search' }, withoutDocuments)).to.throw(
      /^TYPESENSE_QUEUE_URL is not a queue URL/,
    );
    expect(() => readConfig(others, { documents: fleetTable.model.documents })).to.throw(
      /^TYPESENSE_QUEUE_URL is not set; it must be the URL of the FIFO queue/,
    );
  });

  it('given a standard queue that is allowed, when read, then it is no problem', () => {
    const standard = { ...aws, TYPESENSE_QUEUE_URL: 'https://sqs/1/search', ALLOW_STANDARD_QUEUE: 'true' };
    expect(() => readConfig(standard)).not.to.throw();
  });

  const search = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo';
  for (const spelling of [
    search,
    ...['SQS.EU-central-1', 'sqs-fips.eu-central-1', 'eu-central-1.queue', 'queue'].map(
      (host) => `https://${host}.amazonaws.com/123456789012/search.fifo`,
    ),
    'https://sqs.eu-central-1.amazonaws.com:443/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com./123456789012/search.fifo',
    'http://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com:8443/123456789012/search.fifo',
    'https://sqs.eu-central-1.api.aws/123456789012/search.fifo',
    'https://vpce-0a1b-2c3d.sqs.eu-central-1.vpce.amazonaws.com/123456789012/search.fifo',
    'https://sqs.internal.example/123456789012/search.fifo',
    `  ${search}  `,
  ])
    it(`refuses a quarantine that is the search queue: ${JSON.stringify(spelling.slice(0, 45))}`, () => {
      const same = { ...aws, TYPESENSE_QUEUE_URL: search, QUARANTINE_QUEUE_URL: spelling };
      const message =
        /^QUARANTINE_QUEUE_URL is the same queue as TYPESENSE_QUEUE_URL; set it to a queue of its own/;
      expectRefusal(same, message);
    });

  for (const other of [
    'https://sqs.eu-central-1.amazonaws.com/123456789012/Search.fifo',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com/210987654321/search.fifo',
    'https://eu-west-1.queue.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-west-1.api.aws/123456789012/search.fifo',
    'https://vpce-0a1b-2c3d-eu-west-1a.sqs.eu-west-1.vpce.amazonaws.com/123456789012/search.fifo',
  ])
    it(`takes ${other.slice(8, 75)} for another queue`, () => {
      const apart = { ...aws, TYPESENSE_QUEUE_URL: search, QUARANTINE_QUEUE_URL: other };
      expect(() => readConfig(apart)).not.to.throw();
    });

  const fleet = (region: string) => `arn:aws:dynamodb:${region}:123456789012:table/fleet`;
  for (const [table, state] of [
    ['fleet', 'fleet'],
    ['fleet', fleet('eu-central-1')],
    [fleet('eu-central-1'), 'fleet'],
    [fleet('eu-central-1'), fleet('eu-central-1')],
  ] as const)
    it(`given table ${table.slice(0, 24)} and state table ${state.slice(0, 24)}, then it is refused`, () => {
      const message = /^STATE_TABLE_NAME is the same table as TABLE_NAME; set it to a table of its own/;
      expectRefusal({ ...aws, TABLE_NAME: table, STATE_TABLE_NAME: state }, message);
    });

  it('given tables of one name in two regions, when read, then they are two', () => {
    const apart = { ...aws, TABLE_NAME: fleet('eu-central-1'), STATE_TABLE_NAME: fleet('eu-west-1') };
    expect(() => readConfig(apart)).not.to.throw();
  });

  for (const name of ['TABLE_NAME', 'STATE_TABLE_NAME']) {
    for (const value of ['ab', 'a b c', 'fleet/index/x', 'arn:aws:dynamodb:eu-central-1:1:fleet'])
      it(`given ${name}=${value}, when read, then it is refused`, () => {
        expectRefusal({ ...aws, [name]: value }, new RegExp(`^${name} is not the name`));
      });
    it(`given an ARN as ${name}, when read, then DynamoDB takes it, and so does the worker`, () => {
      const named = { TABLE_NAME: 'main', STATE_TABLE_NAME: 'state', [name]: fleet('eu-central-1') };
      expect(() => readConfig({ ...aws, ...named })).not.to.throw();
    });
  }

  for (const [name, value] of [
    ['BACKEND', 'oracle'],
    ['ALLOW_STANDARD_QUEUE', 'yes'],
    ['SEARCH_MAX_BATCH_BYTES', '1e4'],
    ['SEARCH_MAX_BATCH_BYTES', '1023'],
  ] as const)
    it(`given ${name}=${value}, when read, then it is refused`, () => {
      expectRefusal({ ...aws, [name]: value }, new RegExp(`^${name} is "${value}"`));
    });
});
