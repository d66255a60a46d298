import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../../../local/servers/local-credentials.ts';
import { DynamoDbStreamSource } from '../../../../src/adapters/aws/streams/dynamodb-stream-source.ts';
import { createStreamsClient } from '../../../../src/adapters/aws/streams/streams-client.ts';
import { MemoryMetrics } from '../../../../src/adapters/memory/memory-metrics.ts';
import { Fault } from '../../../../src/domain/fault.ts';

const ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-05T09:00:00.000';

interface Answer {
  readonly status?: number;
  readonly code?: string;
  readonly body?: string;
  /** Whether it breaks off after a few bytes, and the connection stays. */
  readonly breaksOff?: boolean;
  /** What it says that the time is. */
  readonly date?: string;
}

describe('a stream through the API of DynamoDB Streams, by what the service answers', () => {
  let server: Server;
  let answer: (operation: string, input: Readonly<Record<string, unknown>>) => Answer;
  let asked: (readonly [operation: string, input: Readonly<Record<string, unknown>>])[];
  let metrics: MemoryMetrics;
  let client: DynamoDBStreamsClient;
  let source: DynamoDbStreamSource;

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        asked.push([operation, input]);
        const {
          code,
          status = code === undefined ? 200 : 400,
          body,
          breaksOff,
          date,
        } = answer(operation, input);
        response.sendDate = false;
        const headers = {
          'content-type': 'application/x-amz-json-1.0',
          ...(date === undefined ? {} : { date }),
        };
        response.writeHead(status, headers);
        const type = code && { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'said so' };
        if (breaksOff) response.write('{');
        else response.end(body ?? JSON.stringify(type ?? {}));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  beforeEach(() => {
    asked = [];
    metrics = new MemoryMetrics();
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createStreamsClient(metrics, { ...LOCAL_SDK, endpoint });
    source = new DynamoDbStreamSource(client, ARN);
  });
  afterEach(() => client.destroy());

  const always = (one: Answer) => (answer = () => one);
  const calls = () =>
    [
      ['list', () => source.list({})],
      ['iterator', () => source.iterator('s', 'horizon')],
      ['records', () => source.records('it', 10)],
    ] as const;

  async function faultOf(work: Promise<unknown>): Promise<Fault> {
    const error = await work.catch((error: unknown) => error);
    if (!Fault.is(error)) throw new Error(`no fault, but ${JSON.stringify(error)}`);
    return error;
  }

  it('given an answer that breaks off, then after a while there is none, and what comes next is answered', async () => {
    source = new DynamoDbStreamSource(client, ARN, 200);
    for (const [name, call] of calls()) {
      always({ breaksOff: true });
      const { kind, message } = await faultOf(call());
      expect({ kind, message }, name).to.deep.equal({
        kind: 'transient',
        message: `stream ${ARN}: no answer within 0.2 s`,
      });
      always({ body: '{"ShardIterator":"it"}' });
      expect(await call(), name).to.be.an('object');
    }
  });

  it('given an answer that breaks off, then nobody waits for it who is told to stop', async () => {
    for (const [name] of calls()) {
      always({ breaksOff: true });
      const stop = new AbortController();
      const answers = {
        list: () => source.list({}, stop.signal),
        iterator: () => source.iterator('s', 'horizon', stop.signal),
        records: () => source.records('it', 10, stop.signal),
      }[name]();
      const error = answers.catch((error: unknown) => error);
      await once(server, 'request');
      stop.abort(new Error('enough'));
      expect(await error, name).to.equal(stop.signal.reason);
    }
  }).timeout(10_000);

  it('asks for what the API wants to know', async () => {
    answer = (operation) =>
      operation === 'GetShardIterator' ? { body: '{"ShardIterator":"it"}' } : { body: '{}' };
    await source.list({});
    await source.list({ after: 's1', childrenOf: 's0' });
    for (const position of [
      'horizon',
      'latest',
      'beginning',
      { at: '100000000000000000006' },
      { after: '100000000000000000007' },
    ] as const)
      expect(await source.iterator('s', position)).to.deep.equal({ is: 'iterator', iterator: 'it' });
    await source.records('it', 17);
    const shard = { StreamArn: ARN, ShardId: 's' };
    expect(asked).to.deep.equal([
      ['DescribeStream', { StreamArn: ARN }],
      [
        'DescribeStream',
        {
          StreamArn: ARN,
          ExclusiveStartShardId: 's1',
          ShardFilter: { Type: 'CHILD_SHARDS', ShardId: 's0' },
        },
      ],
      ['GetShardIterator', { ...shard, ShardIteratorType: 'TRIM_HORIZON' }],
      ['GetShardIterator', { ...shard, ShardIteratorType: 'LATEST' }],
      ['GetShardIterator', { ...shard, ShardIteratorType: 'TRIM_HORIZON' }],
      [
        'GetShardIterator',
        { ...shard, ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '100000000000000000006' },
      ],
      [
        'GetShardIterator',
        { ...shard, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '100000000000000000007' },
      ],
      ['GetRecords', { ShardIterator: 'it', Limit: 17 }],
    ]);
    expect(metrics.requests.get('GetShardIterator')).to.equal(5);
  });

  it('reads a page of shards', async () => {
    // From then on the client keeps the answers that are asked for, and no others.
    always({ body: '{}' });
    await source.records('it', 10);
    always({
      body: JSON.stringify({
        StreamDescription: {
          StreamStatus: 'ENABLED',
          LastEvaluatedShardId: 'b',
          Shards: [
            { ShardId: 'a', SequenceNumberRange: { StartingSequenceNumber: '1', EndingSequenceNumber: '5' } },
            { ShardId: 'b', ParentShardId: 'a', SequenceNumberRange: { StartingSequenceNumber: '6' } },
          ],
        },
      }),
    });
    expect(await source.list({})).to.deep.equal({
      shards: [
        { id: 'a', parent: undefined, closed: true, first: '1' },
        { id: 'b', parent: 'a', closed: false, first: '6' },
      ],
      next: 'b',
      enabled: true,
      at: undefined,
    });
    for (const [status, enabled] of [
      ['ENABLING', true],
      ['DISABLING', false],
      ['DISABLED', false],
    ] as const) {
      always({ body: `{"StreamDescription":{"StreamStatus":"${status}"}}` });
      const page = { shards: [], next: undefined, enabled, at: undefined };
      expect(await source.list({}), status).to.deep.equal(page);
    }
  });

  it('tells when a page of shards was answered, by the clock of the service', async () => {
    for (const [date, at] of [
      ['Mon, 05 Jan 2026 09:00:07 GMT', Date.UTC(2026, 0, 5, 9, 0, 7)],
      ['today', undefined],
    ] as const) {
      always({ body: '{"StreamDescription":{"StreamStatus":"ENABLED"}}', date });
      expect((await source.list({}))?.at, date).to.equal(at);
    }
  });

  describe('the number with which a shard was listed to begin', () => {
    const types = () => asked.map(([, input]) => [input['ShardIteratorType'], input['SequenceNumber']]);

    async function beginning(at: Answer) {
      answer = (_, { ShardIteratorType: type }) =>
        type === 'AT_SEQUENCE_NUMBER' ? at : { body: '{"ShardIterator":"horizon"}' };
      return source.iterator('s', { at: '300' });
    }

    it('is asked for', async () => {
      expect(await beginning({ body: '{"ShardIterator":"first"}' })).to.deep.equal({
        is: 'iterator',
        iterator: 'first',
      });
      expect(types()).to.deep.equal([['AT_SEQUENCE_NUMBER', '300']]);
    });

    it('is trimmed where that has left the stream', async () => {
      expect(await beginning({ code: 'TrimmedDataAccessException' })).to.deep.equal({ is: 'trimmed' });
    });

    it('is the horizon where the service refuses the number', async () => {
      expect(await beginning({ code: 'ValidationException' })).to.deep.equal({
        is: 'iterator',
        iterator: 'horizon',
      });
    });

    it('is asked for again where the service has no time', async () => {
      expect((await faultOf(beginning({ code: 'ThrottlingException' }))).kind).to.equal('transient');
      expect(types()).to.have.length(1);
    });
  });

  it('gives records with every digit, byte and name of the response', async () => {
    const image =
      '{"__proto__":{"S":"kept"},"n":{"N":"12345678901234567890123456789012345678"},"b":{"B":"AP8="},"bs":{"BS":["AP8=",""]},"m":{"M":{"__proto__":{"M":{"toJSON":{"NULL":true}}}}}}';
    const identity = '"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}';
    always({
      body: `{"Records":[{"eventName":"REMOVE",${identity},"dynamodb":{"ApproximateCreationDateTime":1.7952531009E9,"Keys":{"b":{"B":"AP8="},"a":{"N":"1"}},"OldImage":${image},"SequenceNumber":"300000000000000000001","SizeBytes":212}}],"NextShardIterator":"next"}`,
    });
    const page = await source.records('it', 10);
    expect(page).to.include({ is: 'page', next: 'next' });
    const [record] = page.is === 'page' ? page.records : [];
    expect(record).to.include({ sequence: '300000000000000000001', at: 1_795_253_100_000 });
    expect(record!.item).to.equal('[["a",{"N":"1"}],["b",{"B":"AP8="}]]');
    const { dynamodb, eventSourceARN, userIdentity } = record!.record as Record<
      string,
      Record<string, unknown>
    >;
    expect(JSON.stringify(dynamodb!['OldImage'])).to.equal(image);
    expect(dynamodb!['ApproximateCreationDateTime']).to.equal(1_795_253_100);
    expect(eventSourceARN).to.equal(ARN);
    expect(userIdentity).to.deep.equal({ principalId: 'dynamodb.amazonaws.com', type: 'Service' });
  });

  it('tells how much memory the records of a page take, by the length of its text, and not by the sizes that they say', async () => {
    const record = (sequence: number, size: string) =>
      `{"dynamodb":{"SequenceNumber":"${sequence}","Keys":{"a":{"S":"x"}}${size}}}`;
    const sizes = async (...says: readonly string[]) => {
      const body = `{"Records":[${says.map((size, n) => record(n, size)).join(',')}]}`;
      always({ body });
      const page = await source.records('it', 10);
      const bytes = page.is === 'page' ? page.records.map((each) => each.bytes) : [];
      const parts = bytes.map((each) => each / (3 * body.length));
      return parts.map((part) => Number(part.toFixed(6)));
    };
    expect(await sizes(',"SizeBytes":1', ',"SizeBytes":3')).to.deep.equal([0.25, 0.75]);
    expect(await sizes('', '')).to.deep.equal([0.5, 0.5]);
    expect(await sizes(',"SizeBytes":0')).to.deep.equal([1]);
    expect(await sizes()).to.deep.equal([]);
  });

  it('ends a closed shard with a page that has records', async () => {
    always({ body: '{"Records":[{"dynamodb":{"SequenceNumber":"1","Keys":{"a":{"S":"x"}}}}]}' });
    const page = await source.records('it', 10);
    expect(page.is === 'page' && [page.records.length, page.next]).to.deep.equal([1, undefined]);
  });

  it('keeps apart what is asked for at the same time', async () => {
    answer = (_, { ShardIterator: it }) => ({
      body: `{"Records":[{"dynamodb":{"SequenceNumber":"${String(it)}"}}],"NextShardIterator":"${String(it)}0"}`,
    });
    const pages = await Promise.all(['1', '2', '3'].map((it) => source.records(it, 10)));
    expect(pages.map((page) => page.is === 'page' && [page.records[0]?.sequence, page.next])).to.deep.equal([
      ['1', '10'],
      ['2', '20'],
      ['3', '30'],
    ]);
  });

  it('knows no stream and no shard that the service has not', async () => {
    always({ code: 'ResourceNotFoundException' });
    expect(await source.list({})).to.equal(undefined);
    expect(await source.iterator('s', 'latest')).to.deep.equal({ is: 'gone' });
    expect(await source.records('it', 10)).to.deep.equal({ is: 'gone' });
  });

  it('tells of trimmed records and of iterators that are too old', async () => {
    always({ code: 'TrimmedDataAccessException' });
    expect(await source.iterator('s', { after: '1' })).to.deep.equal({ is: 'trimmed' });
    expect(await source.records('it', 10)).to.deep.equal({ is: 'trimmed' });
    always({ code: 'ExpiredIteratorException' });
    expect(await source.records('it', 10)).to.deep.equal({ is: 'expired' });
  });

  for (const passing of [
    { code: 'LimitExceededException' },
    { code: 'ThrottlingException' },
    { code: 'ProvisionedThroughputExceededException' },
    { code: 'InternalServerError', status: 500 },
    { status: 503 },
  ])
    it(`given ${passing.code ?? passing.status}, then it is for the caller to try again`, async () => {
      always(passing);
      for (const [call, ask] of calls()) {
        asked = [];
        expect((await faultOf(ask())).kind, call).to.equal('transient');
        expect(asked, call).to.have.length(1);
      }
      // What is no throttle is none in the metrics either.
      const isThrottle = passing.code !== undefined && passing.status === undefined;
      expect(metrics.total('StreamThrottles')).to.equal(isThrottle ? calls().length : 0);
    });

  for (const [code, said] of [
    ['AccessDeniedException', 'grant the missing permission'],
    ['UnrecognizedClientException', 'no valid credentials'],
    ['ValidationException', "check the stream's ARN"],
  ] as const)
    it(`given ${code}, then an operator has to act`, async () => {
      always({ code });
      for (const [call, ask] of calls()) {
        const { kind, message } = await faultOf(ask());
        expect(kind, call).to.equal('configuration');
        expect(message, call).to.include(said).and.to.include(`stream ${ARN}`);
      }
    });

  it('given a record without a sequence number, then says that this is not the service', async () => {
    for (const record of ['{}', '{"dynamodb":{}}', '{"dynamodb":{"SequenceNumber":"x1"}}', 'null', '7']) {
      always({ body: `{"Records":[${record}],"NextShardIterator":"next"}` });
      const { kind, message } = await faultOf(source.records('it', 10));
      expect(kind, record).to.equal('configuration');
      expect(message, record).to.include('AWS_ENDPOINT_URL');
    }
  });
});
