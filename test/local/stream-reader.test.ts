import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';

const ARN = 'arn:aws:dynamodb:ddblocal:000000000000:table/aircraft/stream/2026-01-01T00:00:00.000';

interface FakeShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  /** Sequence numbers, page by page; an open shard goes on with empty pages. */
  readonly pages: readonly (readonly string[])[];
  readonly open?: boolean;
}

/** A stream over HTTP that lists one shard a page. Iterators are `<shard>/<page>`. */
class FakeStream {
  readonly requests: string[] = [];
  /** Iterators that are refused once. */
  readonly expired = new Set<string>();
  readonly #shards: readonly FakeShard[];
  readonly #server: Server;

  constructor(shards: readonly FakeShard[]) {
    this.#shards = shards;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
        const answer = this.#answer(operation, input);
        response.writeHead('__type' in answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(answer));
      });
    });
  }

  async start(): Promise<StreamReader> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return new StreamReader(new DynamoDBStreamsClient({ ...LOCAL_SDK, endpoint }), ARN);
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(operation: string, input: Record<string, string>): object {
    if (operation === 'DescribeStream') {
      const at = this.#shards.findIndex(({ ShardId }) => ShardId === input['ExclusiveStartShardId']) + 1;
      const { ShardId, ParentShardId } = this.#shards[at]!;
      const more = at < this.#shards.length - 1 ? { LastEvaluatedShardId: ShardId } : {};
      return { StreamDescription: { StreamArn: ARN, Shards: [{ ShardId, ParentShardId }], ...more } };
    }
    if (operation === 'GetShardIterator') {
      this.requests.push(
        `${input['ShardIteratorType']} ${input['ShardId']} ${input['SequenceNumber'] ?? ''}`.trim(),
      );
      const { pages } = this.#shards.find(({ ShardId }) => ShardId === input['ShardId'])!;
      const after = input['SequenceNumber'];
      const page = after === undefined ? 0 : pages.findIndex((numbers) => numbers.at(-1) === after) + 1;
      return { ShardIterator: `${input['ShardId']}/${page}` };
    }
    const iterator = input['ShardIterator']!;
    if (this.expired.delete(iterator))
      return { __type: 'com.amazonaws.dynamodb.v20120810#ExpiredIteratorException' };
    const [shardId = '', page = ''] = iterator.split('/');
    const { pages, open = false } = this.#shards.find(({ ShardId }) => ShardId === shardId)!;
    const next = Number(page) + 1;
    return {
      Records: (pages[Number(page)] ?? []).map((SequenceNumber) => ({ dynamodb: { SequenceNumber } })),
      ...(open || next < pages.length ? { NextShardIterator: `${shardId}/${next}` } : {}),
    };
  }
}

describe('the stream reader', () => {
  let stream: FakeStream;
  const reading = (...shards: FakeShard[]) => (stream = new FakeStream(shards)).start();
  afterEach(() => stream.stop());

  const sequences = async (
    reader: StreamReader,
    options: Parameters<StreamReader['read']>[0] = { quietMs: 60 },
  ) => {
    const read: string[] = [];
    for await (const { shardId, records } of reader.read(options))
      read.push(...records.map(({ dynamodb }) => `${shardId} ${dynamodb?.SequenceNumber ?? ''}`));
    return read;
  };

  const parent: FakeShard = { ShardId: 'shardId-parent-0000000000000001', pages: [['1'], [], ['2', '3']] };
  const child: FakeShard = {
    ShardId: 'shardId-child-00000000000000001',
    ParentShardId: parent.ShardId,
    pages: [[], ['4']],
    open: true,
  };

  it('given a child listed before its parent, then reads the parent to its last page first', async () => {
    const reader = await reading(child, parent);
    expect(await sequences(reader)).to.deep.equal([
      `${parent.ShardId} 1`,
      `${parent.ShardId} 2`,
      `${parent.ShardId} 3`,
      `${child.ShardId} 4`,
    ]);
    expect(reader.recordsRead).to.equal(4);
  });

  it('given a parent that has left the stream, then reads the child', async () => {
    const reader = await reading(child);
    expect(await sequences(reader)).to.deep.equal([`${child.ShardId} 4`]);
  });

  it('given a page whose handling throws, then gives it again', async () => {
    const reader = await reading(parent);
    let thrown: unknown;
    try {
      for await (const page of reader.read()) throw new Error(page.shardId);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.be.instanceOf(Error);
    expect(await sequences(reader)).to.have.length(3);
  });

  it('given an expired iterator, then goes on after the last record', async () => {
    const reader = await reading(parent);
    stream.expired.add(`${parent.ShardId}/1`);
    expect(await sequences(reader)).to.have.length(3);
    expect(stream.requests).to.deep.equal([
      `TRIM_HORIZON ${parent.ShardId}`,
      `AFTER_SEQUENCE_NUMBER ${parent.ShardId} 1`,
    ]);
  });

  it('given how many records to expect, then ends with them, or says how many there were', async () => {
    const reader = await reading(parent, child);
    expect(await sequences(reader, { records: 4 })).to.have.length(4);
    let message = '';
    await sequences(reader, { records: 5, quietMs: 50 }).catch((error: unknown) => (message = String(error)));
    expect(message).to.include('4 of 5 records');
  });
});
