import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Handler } from '../../local/lambda/event-source.ts';
import { isExact, runEndToEnd } from '../../local/proof/end-to-end.ts';
import { type LocalServers, startServers, workerEnvironment } from '../../local/servers/servers.ts';
import { workerOn } from '../../local/proof/local-worker.ts';
import { faaRow, SourceTable, withDynamodb } from '../support/stream-records.ts';
import { readTemplate } from '../deploy/support/template.ts';
import { describeUnderLambda, LambdaFunction, NODE } from './lambda-function.ts';
import { type Report, TRACE_ID } from './runtime-api.ts';
import { unpackedBundle } from './unpacked.ts';

const NOTHING_FAILED: Report = { kind: 'response', body: { batchItemFailures: [] } };

/** Long before the requests to a queue that is silent give up, however busy the machine is. */
const SOON_MS = 10_000;

describeUnderLambda('the bundle under AWS’s runtime interface client', () => {
  let servers: LocalServers;
  let unpacked: Awaited<ReturnType<typeof unpackedBundle>>;
  const instances: LambdaFunction[] = [];
  const queues: Server[] = [];

  before(async () => {
    unpacked = await unpackedBundle();
    servers = await startServers({ brief: true });
  });

  afterEach(async () => {
    for (const instance of instances.splice(0)) await instance.discard();
    for (const queue of queues.splice(0)) {
      queue.closeAllConnections();
      queue.close();
    }
  });

  after(async () => {
    await (servers as LocalServers | undefined)?.stop();
    await (unpacked as typeof unpacked | undefined)?.remove();
  });

  /** An instance on the local servers; `undefined` takes a variable away. */
  async function instanceWith(
    changes: Readonly<Record<string, string | undefined>> = {},
  ): Promise<LambdaFunction> {
    const variables = Object.entries({ ...workerEnvironment(servers), ...changes });
    const set = variables.filter((variable): variable is [string, string] => variable[1] !== undefined);
    const instance = await LambdaFunction.start(unpacked.folder, Object.fromEntries(set));
    instances.push(instance);
    return instance;
  }

  async function readyInstance(changes: Readonly<Record<string, string | undefined>> = {}) {
    const instance = await instanceWith(changes);
    expect(await Promise.race([instance.api.init, instance.exit()]), instance.output).to.equal('ready');
    return instance;
  }

  /** The table that the instances follow, as it words what is done to it. */
  function tableFrom(firstSequence: bigint): SourceTable {
    return new SourceTable({ firstSequence, streamArn: servers.streamArn });
  }

  /** A queue that takes requests and never answers. */
  async function silentQueue() {
    const server = createServer();
    queues.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return {
      variables: {
        AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      asked: once(server, 'request'),
    };
  }

  /** Drains the queue; the ids of the documents that were sent. */
  async function documentsSent(): Promise<readonly string[]> {
    const worker = workerOn(servers, async () => undefined);
    await worker.drain();
    const ids: string[] = [];
    for await (const { key } of worker.state.documents()) ids.push(key.id);
    return ids;
  }

  it('given the runtime that is deployed, then these tests run on its Node', () => {
    const [, major] = /^v(\d+)\./.exec(execFileSync(NODE, ['--version'], { encoding: 'utf8' })) ?? [];
    expect(readTemplate().Resources['Worker']!.Properties!['Runtime']).to.equal(`nodejs${major}.x`);
  });

  it('given a table’s stream, when its batches are invoked on one instance, then everything derived is true', async () => {
    const instance = await readyInstance();
    const handler: Handler = async (event) => {
      const { kind, body } = await instance.api.invoke(event);
      if (kind === 'error') throw new Error(JSON.stringify(body));
      return body;
    };
    const result = await runEndToEnd(servers, workerOn(servers, handler), {
      writes: 600,
      seed: 5,
      batchSize: 100,
    });
    expect(result.delivery.lastError).to.equal(undefined);
    expect(result.verification.drift).to.deep.equal([]);
    expect(isExact(result)).to.equal(true);
    expect(result.verification.checked.search).to.be.greaterThan(100);
    expect(result.delivery.invocations?.invocations, 'all of them on the warm instance').to.be.greaterThan(6);
    expect(instance.isRunning).to.equal(true);
  });

  it('given a poison record between others, then only its sequence number is reported and the others are done', async () => {
    const instance = await readyInstance();
    const table = tableFrom(998n);
    const [before, poison, after] = ['N1BEFORE', 'N2POISON', 'N3AFTER'].map((name) =>
      table.put(faaRow(name)),
    );
    const spoilt = withDynamodb(poison!, { NewImage: { PK: { X: 'no type of DynamoDB' } } });
    expect(await instance.api.invoke({ Records: [before, spoilt, after] })).to.deep.equal({
      kind: 'response',
      body: { batchItemFailures: [{ itemIdentifier: '999' }] },
    });
    expect(await documentsSent()).to.include.members(['FAA:N1BEFORE', 'FAA:N3AFTER']);
    const lines = instance.output.split('\n').filter((line) => line.startsWith('{"'));
    const [failure, ...others] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(failure).to.include({ level: 'error', message: 'record failed', sk: 'DETAIL#N2POISON' });
    expect(others.map((line) => line['message'] ?? 'metrics')).to.deep.equal(['batch', 'metrics']);
    for (const line of [failure, ...others]) {
      expect(line).to.include({ requestId: 'invocation-1', traceId: TRACE_ID, functionVersion: '$LATEST' });
      expect(line?.['contrailVersion']).to.match(/^\d+\.\d+\.\d+/);
    }
  });

  it('given little time left and a queue that does not answer, then the rest is reported as failed in time', async () => {
    const queue = await silentQueue();
    const instance = await readyInstance({ ...queue.variables, DEADLINE_MARGIN_MS: '6000' });
    const table = tableFrom(10n);
    const records = ['N1', 'N2'].map((name) => table.put(faaRow(name)));
    const started = performance.now();
    const report = await instance.api.invoke({ Records: records }, { timeoutMs: 8_000 });
    expect(performance.now() - started)
      .to.be.greaterThan(1_500)
      .and.lessThan(8_000);
    expect(report).to.deep.equal({
      kind: 'response',
      body: { batchItemFailures: [{ itemIdentifier: '10' }] },
    });
  });

  it('given an event without Records, then the error says what is wrong, and the instance lives on', async () => {
    const instance = await readyInstance();
    const { kind, body } = await instance.api.invoke({ detail: 'not from a stream' });
    expect(kind).to.equal('error');
    expect(body).to.include({
      errorType: 'Fault',
      errorMessage:
        'the event has no array of Records: invoke this function from a DynamoDB Streams event source mapping',
    });
    expect(await instance.api.invoke({ Records: [] })).to.deep.equal(NOTHING_FAILED);
  });

  it('given source maps are on, then an error’s stack names the sources', async () => {
    const instance = await readyInstance({ NODE_OPTIONS: '--enable-source-maps' });
    const { body } = await instance.api.invoke({});
    expect(JSON.stringify(body)).to.match(/src\/entrypoints\/lambda\/handle-event\.ts:\d+/);
  });

  it('given SIGTERM while a batch is under way, then the batch is reported and the process ends', async () => {
    const queue = await silentQueue();
    const instance = await readyInstance(queue.variables);
    const report = instance.api.invoke({
      Records: [tableFrom(7n).put(faaRow('N1'))],
    });
    await queue.asked;
    const started = performance.now();
    const exit = instance.end('SIGTERM');
    expect(await report).to.deep.equal({
      kind: 'response',
      body: { batchItemFailures: [{ itemIdentifier: '7' }] },
    });
    expect(await exit).to.be.oneOf([0, 'SIGTERM']);
    expect(performance.now() - started).to.be.lessThan(SOON_MS);
  });

  it('given SIGTERM while nothing is under way, then the process ends', async () => {
    const instance = await readyInstance();
    const started = performance.now();
    expect(await instance.end('SIGTERM')).to.be.oneOf([0, 'SIGTERM']);
    expect(performance.now() - started).to.be.lessThan(SOON_MS);
  });

  it('given missing and wrong variables, then the init error names each of them and the process ends', async () => {
    const instance = await instanceWith({
      TABLE_NAME: undefined,
      STATE_TABLE_NAME: ' ',
      TYPESENSE_QUEUE_URL: undefined,
      FAILURE_MODE: 'hide',
    });
    const report = await instance.api.init;
    expect(report).to.have.property('kind', 'error');
    const { body } = report as Report;
    expect(body).to.have.property('errorType', 'Fault');
    const { errorMessage } = body as { errorMessage: string };
    for (const name of ['TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL', 'FAILURE_MODE'])
      expect(errorMessage).to.match(new RegExp(`^${name} `, 'm'));
    expect(await instance.exit())
      .to.be.a('number')
      .and.not.equal(0);
  });

  it('given no endpoint variable for SQS, then the queue’s URL says where to send', async () => {
    const instance = await readyInstance({ AWS_ENDPOINT_URL_SQS: undefined });
    const record = tableFrom(1n).put(faaRow('N4URL'));
    expect(await instance.api.invoke({ Records: [record] })).to.deep.equal(NOTHING_FAILED);
    expect(await documentsSent()).to.include('FAA:N4URL');
  });

  it('given no credentials, then the record fails, and the log says why', async () => {
    const instance = await readyInstance({ AWS_ACCESS_KEY_ID: undefined, RETRY_ATTEMPTS: '1' });
    const record = tableFrom(5n).put(faaRow('N5KEYLESS'));
    expect(await instance.api.invoke({ Records: [record] })).to.deep.equal({
      kind: 'response',
      body: { batchItemFailures: [{ itemIdentifier: '5' }] },
    });
    expect(instance.output).to.match(/credentials/i);
  });
});
