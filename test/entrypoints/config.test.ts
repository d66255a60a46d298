import { expect } from 'chai';
import { Fault } from '../../src/domain/fault.ts';
import { readConfig } from '../../src/entrypoints/config.ts';

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
      RETRY_ATTEMPTS: '',
      DEADLINE_MARGIN_MS: '',
      CONCURRENCY: '',
      METRICS_NAMESPACE: '',
    };
    expect(readConfig({ ...aws, ...empty })).to.deep.equal(defaults);
  });

  it('given the memory backend, when read, then it needs nothing else', () => {
    expect(readConfig({ BACKEND: 'memory', LOG_LEVEL: 'debug', FAILURE_MODE: 'throw' })).to.deep.equal({
      logLevel: 'debug',
      failureMode: 'throw',
      retries: { attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 },
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
        new RegExp(`^${name} is "${value}"; expected a whole number from \\d+ to \\d+$`),
      );
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
        /LOG_LEVEL is "loud"; expected silent, error[^]*FAILURE_MODE is "ignore"[^]*TABLE_NAME is not set[^]*STATE_TABLE_NAME is not set[^]*TYPESENSE_QUEUE_URL is not set[^]*SEARCH_MAX_BATCH_BYTES is "1048577"; expected a whole number from 1024 to 1048576/,
      )
      .with.property('kind', 'configuration');
  });

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
