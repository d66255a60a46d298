import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { EmfMetrics } from '../../src/adapters/aws/emf/emf-metrics.ts';
import { Metrics } from '../../src/application/ports/metrics.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { invocationFields } from '../../src/entrypoints/invocation.ts';
import { VERSION } from '../../src/entrypoints/package-version.ts';
import { registrationRecord } from '../support/stream-records.ts';

/** Keeps what waits for an answer, until it is told to give them. */
class WaitingQueue extends SearchQueue {
  readonly answers: (() => void)[] = [];

  override send(actions: readonly SearchAction[]): Promise<readonly 'done'[]> {
    return new Promise((resolve) => {
      this.answers.push(() => {
        resolve(actions.map(() => 'done'));
      });
    });
  }
}

type Line = Readonly<Record<string, unknown>>;

function worker() {
  const lines: Line[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      lines.push(JSON.parse(chunk.toString()) as Line);
      done();
    },
  });
  const queue = new WaitingQueue();
  const module = new ContainerModule(({ rebind }) => {
    void rebind(SearchQueue).toConstantValue(queue);
    void rebind(Metrics).toConstantValue(
      new EmfMetrics({ namespace: 'n', service: 's', stream, fields: invocationFields }),
    );
  });
  const { handler } = createMemoryWorker({ log: { stream, readable: false }, modules: [module] });
  return { lines, queue, handler };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('the lines of an invocation', () => {
  const environment = process.env;
  beforeEach(() => {
    process.env = { ...environment };
    delete process.env['_X_AMZN_TRACE_ID'];
    delete process.env['AWS_LAMBDA_FUNCTION_VERSION'];
  });
  afterEach(() => {
    process.env = environment;
  });

  it('given invocations that overlap, when each logs, then every line and metric has its own invocation’s fields', async () => {
    const { handler, queue, lines } = worker();
    const invoke = (name: string, traceId: string) => {
      process.env['_X_AMZN_TRACE_ID'] = traceId;
      return handler(
        { Records: [registrationRecord(name), { dynamodb: `poison of ${name}` }] },
        { awsRequestId: `request ${name}`, functionVersion: '7' },
      ).catch(() => undefined);
    };
    const first = invoke('N1', 'trace 1');
    const second = invoke('N2', 'trace 2');
    await nextTurn();
    expect(queue.answers).to.have.length(2);
    // The later one ends first.
    queue.answers[1]!();
    await second;
    queue.answers[0]!();
    await first;
    const seen = lines.map((line) => [
      line['message'] ?? 'metrics',
      line['requestId'],
      line['traceId'],
      line['functionVersion'],
      line['contrailVersion'],
    ]);
    const of = (n: number) =>
      ['record failed', 'batch', 'metrics'].map((message) => [
        message,
        `request N${n}`,
        `trace ${n}`,
        '7',
        VERSION,
      ]);
    expect(seen).to.deep.equal([...of(2), ...of(1)]);
    expect(invocationFields(), 'outside of any').to.deep.equal({});
  });

  it('given a trace that only the context tells, then it is that', async () => {
    const { handler, lines } = worker();
    process.env['_X_AMZN_TRACE_ID'] = 'of somebody else';
    await handler({ Records: [] }, { awsRequestId: 'r', xRayTraceId: 'mine' });
    expect(lines[0]).to.include({ requestId: 'r', traceId: 'mine' });
  });

  for (const [name, context] of [
    ['nothing', undefined],
    ['null', null],
    ['an empty one', {}],
    ['one with a number for an id', { awsRequestId: 7 }],
  ] as const)
    it(`given ${name} as context, then what is known is said, and no more`, async () => {
      const { handler, lines } = worker();
      process.env['AWS_LAMBDA_FUNCTION_VERSION'] = '$LATEST';
      await handler({ Records: [] }, context as never);
      expect(lines[0]).to.include({ functionVersion: '$LATEST', contrailVersion: VERSION });
      expect(lines[0]).not.to.have.any.keys('requestId', 'traceId');
    });

  it('given Contrail’s version, then it is that of the package', () => {
    const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(VERSION).to.equal((JSON.parse(file) as { version: string }).version);
  });
});
