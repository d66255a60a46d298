import { expect } from 'chai';
import { Fault } from '../../src/domain/fault.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { faultOf } from '../support/factories.ts';

const aws = {
  TABLE_NAME: 'fleet',
  STATE_TABLE_NAME: 'state',
  TYPESENSE_QUEUE_URL: 'https://sqs/1/search.fifo',
};

describe('the configuration', () => {
  it('given only what is required, when read, then every default holds; empty variables count as unset', () => {
    const defaults = {
      logLevel: 'info',
      failureMode: 'report',
      retries: { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 },
      quarantineMaxShare: 0.5,
      deadlineMarginMs: 1_000,
      backend: {
        kind: 'aws',
        table: 'fleet',
        stateTable: 'state',
        queueUrl: 'https://sqs/1/search.fifo',
        maxBatchBytes: 1_048_576,
        allowStandardQueue: false,
        hasQueueEndpoint: false,
        quarantineUrl: undefined,
        concurrency: 24,
        maxAttempts: 3,
        metrics: { namespace: 'Contrail', service: 'contrail' },
      },
    };
    expect(readConfig(aws)).to.deep.equal(defaults);
    const empty = {
      LOG_LEVEL: '',
      FAILURE_MODE: '',
      BACKEND: '',
      SEARCH_MAX_BATCH_BYTES: '',
      ALLOW_STANDARD_QUEUE: '',
      QUARANTINE_QUEUE_URL: '',
      QUARANTINE_MAX_SHARE: '',
      RETRY_ATTEMPTS: '',
      DEADLINE_MARGIN_MS: '',
      CONCURRENCY: '',
      AWS_MAX_ATTEMPTS: '',
      METRICS_NAMESPACE: '',
    };
    expect(readConfig({ ...aws, ...empty })).to.deep.equal(defaults);
  });

  it('given the memory backend, when read, then it needs nothing else', () => {
    expect(readConfig({ BACKEND: 'memory', LOG_LEVEL: 'debug', FAILURE_MODE: 'throw' })).to.deep.equal({
      logLevel: 'debug',
      failureMode: 'throw',
      retries: { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 },
      quarantineMaxShare: 0.5,
      deadlineMarginMs: 1_000,
      backend: { kind: 'memory' },
    });
  });

  it('given values of the queue’s own, when read, then they hold', () => {
    const { backend } = readConfig({
      ...aws,
      SEARCH_MAX_BATCH_BYTES: '262144',
      ALLOW_STANDARD_QUEUE: 'true',
    });
    expect(backend).to.include({ maxBatchBytes: 262_144, allowStandardQueue: true });
  });

  it('given retries, a margin, a quarantine and a concurrency, when read, then they hold', () => {
    const { retries, deadlineMarginMs, backend } = readConfig({
      ...aws,
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
    expect(backend).to.include({
      quarantineUrl: 'https://sqs/1/quarantine',
      concurrency: 8,
    });
    expect(backend).to.have.deep.property('metrics', { namespace: 'Fleet', service: 'follow-the-fleet' });
  });

  for (const [name, value] of [
    ['RETRY_ATTEMPTS', '0'],
    ['RETRY_BASE_MS', '-1'],
    ['RETRY_CAP_MS', '1e3'],
    ['DEADLINE_MARGIN_MS', '60001'],
    ['CONCURRENCY', '51'],
  ] as const)
    it(`given ${name}=${value}, when read, then the message names it and its bounds`, () => {
      expect(() => readConfig({ ...aws, [name]: value })).to.throw(
        Fault,
        new RegExp(`^${name} is "${value}"; expected an integer from \\d+ to \\d+$`),
      );
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
    it(`given QUARANTINE_MAX_SHARE=${JSON.stringify(value)}, when read, then the message names it and what it may be`, () => {
      expect(() => readConfig({ ...aws, QUARANTINE_MAX_SHARE: value }))
        .to.throw(Fault, /^QUARANTINE_MAX_SHARE is ".*"; expected a number above 0, up to 1, like 0\.5$/)
        .with.property('kind', 'configuration');
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
    expect(() => readConfig(wrong))
      .to.throw(
        Fault,
        /LOG_LEVEL is "loud"; expected silent, error[^]*FAILURE_MODE is "ignore"[^]*TABLE_NAME is not set[^]*STATE_TABLE_NAME is not set[^]*TYPESENSE_QUEUE_URL is not set[^]*SEARCH_MAX_BATCH_BYTES is "1048577"; expected an integer from 1024 to 1048576/,
      )
      .with.property('kind', 'configuration');
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
    expect(fault.message.split('\n').map((line) => line.split(' ')[0])).to.have.members([
      'TABLE_NAME',
      'STATE_TABLE_NAME',
      'TYPESENSE_QUEUE_URL',
      'QUARANTINE_QUEUE_URL',
      'CONCURRENCY',
      'METRICS_NAMESPACE',
      'AWS_ENDPOINT_URL_SQS',
    ]);
    expect(fault.message)
      .to.match(/^TYPESENSE_QUEUE_URL names the standard queue search/m)
      .and.match(/^QUARANTINE_QUEUE_URL is not a queue URL/m)
      .and.match(/^METRICS_NAMESPACE is not a namespace/m)
      .and.match(/^AWS_ENDPOINT_URL_SQS is not the URL of an endpoint/m)
      .and.not.contain('hunter2');
  });

  it('given queue URLs that are none, when read, then each is named once', () => {
    const wrong = { ...aws, TYPESENSE_QUEUE_URL: 'search.fifo', QUARANTINE_QUEUE_URL: 'search.fifo' };
    expect(faultOf(() => readConfig(wrong)).message).to.match(
      /^TYPESENSE_QUEUE_URL is not a queue URL.*\nQUARANTINE_QUEUE_URL is not a queue URL.*$/,
    );
  });

  it('given a standard queue that is allowed, when read, then it is no problem', () => {
    const standard = { ...aws, TYPESENSE_QUEUE_URL: 'https://sqs/1/search', ALLOW_STANDARD_QUEUE: 'true' };
    expect(() => readConfig(standard)).not.to.throw();
  });

  const search = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo';
  for (const spelling of [
    search,
    'https://SQS.EU-central-1.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com:443/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com./123456789012/search.fifo',
    'http://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com:8443/123456789012/search.fifo',
    'https://eu-central-1.queue.amazonaws.com/123456789012/search.fifo',
    'https://queue.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.api.aws/123456789012/search.fifo',
    'https://sqs-fips.eu-central-1.amazonaws.com/123456789012/search.fifo',
    'https://vpce-0a1b-2c3d.sqs.eu-central-1.vpce.amazonaws.com/123456789012/search.fifo',
    'https://sqs.internal.example/123456789012/search.fifo',
    `  ${search}  `,
  ])
    it(`given ${JSON.stringify(spelling)} as quarantine of the same search queue, when read, then it is refused`, () => {
      const same = { ...aws, TYPESENSE_QUEUE_URL: search, QUARANTINE_QUEUE_URL: spelling };
      expect(() => readConfig(same)).to.throw(
        Fault,
        /^QUARANTINE_QUEUE_URL is the same queue as TYPESENSE_QUEUE_URL; set it to a queue of its own/,
      );
    });

  for (const other of [
    'https://sqs.eu-central-1.amazonaws.com/123456789012/Search.fifo',
    'https://sqs.eu-west-1.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-central-1.amazonaws.com/210987654321/search.fifo',
    'https://eu-west-1.queue.amazonaws.com/123456789012/search.fifo',
    'https://sqs.eu-west-1.api.aws/123456789012/search.fifo',
    'https://vpce-0a1b-2c3d-eu-west-1a.sqs.eu-west-1.vpce.amazonaws.com/123456789012/search.fifo',
  ])
    it(`given ${other} as quarantine, when read, then it is another queue`, () => {
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
    it(`given ${table} as table and ${state} for the state, when read, then it is refused`, () => {
      expect(() => readConfig({ ...aws, TABLE_NAME: table, STATE_TABLE_NAME: state })).to.throw(
        Fault,
        /^STATE_TABLE_NAME is the same table as TABLE_NAME; set it to a table of its own/,
      );
    });

  it('given tables of one name in two regions, when read, then they are two', () => {
    const apart = { ...aws, TABLE_NAME: fleet('eu-central-1'), STATE_TABLE_NAME: fleet('eu-west-1') };
    expect(() => readConfig(apart)).not.to.throw();
  });

  for (const name of ['TABLE_NAME', 'STATE_TABLE_NAME']) {
    for (const value of ['ab', 'a b c', 'fleet/index/x', 'arn:aws:dynamodb:eu-central-1:1:fleet'])
      it(`given ${name}=${value}, when read, then it is refused`, () => {
        expect(() => readConfig({ ...aws, [name]: value })).to.throw(
          Fault,
          new RegExp(`^${name} is not the name`),
        );
      });
    it(`given an ARN as ${name}, when read, then DynamoDB takes it, and so does the worker`, () => {
      const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/fleet';
      expect(() =>
        readConfig({ ...aws, TABLE_NAME: 'main', STATE_TABLE_NAME: 'state', [name]: arn }),
      ).not.to.throw();
    });
  }

  for (const [name, value] of [
    ['BACKEND', 'oracle'],
    ['ALLOW_STANDARD_QUEUE', 'yes'],
    ['SEARCH_MAX_BATCH_BYTES', '1e4'],
    ['SEARCH_MAX_BATCH_BYTES', '1023'],
  ] as const)
    it(`given ${name}=${value}, when read, then it is refused`, () => {
      expect(() => readConfig({ ...aws, [name]: value })).to.throw(Fault, `${name} is "${value}"`);
    });
});
