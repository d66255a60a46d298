import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { faaRow, SourceTable } from '../support/stream-records.ts';

const CHILD = fileURLToPath(new URL('./handler-child.ts', import.meta.url));

describe('the handler in a process of its own', function () {
  this.timeout(30_000);
  const children: ChildProcess[] = [];
  let queue: Server | undefined;

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    queue?.closeAllConnections();
    queue?.close();
  });

  /** A process with the handler, ready for events; the queue that it sends to takes requests and never answers. */
  async function start() {
    queue = createServer();
    await once(queue.listen(0, '127.0.0.1'), 'listening');
    const asked = once(queue, 'request');
    const endpoint = `http://127.0.0.1:${(queue.address() as AddressInfo).port}`;
    const child = fork(CHILD, {
      execArgv: ['--import', 'tsx'],
      env: {
        TABLE_NAME: 'aircraft',
        STATE_TABLE_NAME: 'states',
        TYPESENSE_QUEUE_URL: `${endpoint}/1/search.fifo`,
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        LOG_LEVEL: 'silent',
      },
      silent: true,
    });
    children.push(child);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const ended = once(child, 'close');
    await Promise.race([once(child, 'message'), ended.then(() => expect.fail(errors))]);
    return {
      child,
      asked,
      /** Sends SIGTERM, waits for the end, and tells how long it took in milliseconds. */
      terminate: async () => {
        const started = performance.now();
        child.kill('SIGTERM');
        const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
        return { code, signal, took: performance.now() - started };
      },
      output: () => output,
    };
  }

  it('given SIGTERM while a batch is under way, then what is not done is reported as failed, and the process ends', async () => {
    const { child, asked, terminate, output } = await start();
    child.send({ Records: [new SourceTable({ firstSequence: 7n }).put(faaRow('N1'))] });
    await asked;
    const { signal, took } = await terminate();
    expect(output()).to.include('{"batchItemFailures":[{"itemIdentifier":"7"}]}');
    expect(signal).to.equal('SIGTERM');
    expect(took, 'well before a request would be given up').to.be.lessThan(4_000);
  });

  it('given a record of another table than TABLE_NAME, then it fails, and nothing is asked', async () => {
    const { child, asked, terminate, output } = await start();
    const record = new SourceTable({ firstSequence: 7n }).put(faaRow('N1'));
    const eventSourceARN = String(record['eventSourceARN']).replace('/aircraft/', '/other/');
    child.send({ Records: [{ ...record, eventSourceARN }] });
    const answered = once(child.stdout!, 'data');
    await Promise.race([answered, asked.then(() => expect.fail('a request was sent'))]);
    await terminate();
    expect(output()).to.include('{"batchItemFailures":[{"itemIdentifier":"7"}]}');
  });

  it('given SIGTERM while nothing is under way, then the process ends', async () => {
    const { terminate } = await start();
    const { signal, took } = await terminate();
    expect(signal).to.equal('SIGTERM');
    expect(took).to.be.lessThan(4_000);
  });
});
