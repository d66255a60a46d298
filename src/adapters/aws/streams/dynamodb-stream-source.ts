import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetShardIteratorCommand,
  type Shard as ListedShard,
  type ShardFilter,
} from '@aws-sdk/client-dynamodb-streams';
import {
  type ListShards,
  type ShardListing,
  type SourcePage,
  StreamSource,
} from '../../../application/ports/stream-source.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Shard, ShardPosition } from '../../../domain/shard.ts';
import { abortableBy } from '../clients.ts';
import { Refusal } from '../refusal.ts';
import { translateError } from '../translate-error.ts';
import { getRawRecords } from './get-raw-records.ts';
import { serviceTimeOf } from './service-time.ts';
import { sourceRecordsOf } from './source-record.ts';

/** A table's stream, through the API of DynamoDB Streams. */
export class DynamoDbStreamSource extends StreamSource {
  override readonly arn: string;
  readonly #client: DynamoDBStreamsClient;
  readonly #answerMs: number;

  /**
   * @param client one that tries a request once: the reader tries again.
   * @param answerMs how long an answer may take as a whole, in milliseconds: clients bound the time to its first byte at most.
   */
  constructor(client: DynamoDBStreamsClient, arn: string, answerMs = 15_000) {
    super();
    this.#client = client;
    this.arn = arn;
    this.#answerMs = answerMs;
  }

  override async list(
    { after, childrenOf }: ListShards,
    signal?: AbortSignal,
  ): Promise<ShardListing | undefined> {
    signal?.throwIfAborted();
    const filter: ShardFilter | undefined =
      childrenOf === undefined ? undefined : { Type: 'CHILD_SHARDS', ShardId: childrenOf };
    const command = new DescribeStreamCommand({
      StreamArn: this.arn,
      ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
      ...(filter === undefined ? {} : { ShardFilter: filter }),
    });
    const time = serviceTimeOf(command);
    try {
      const { StreamDescription: stream } = await this.#within(signal, (options) =>
        this.#client.send(command, options),
      );
      return {
        at: time(),
        shards: (stream?.Shards ?? []).flatMap(shardOf),
        next: stream?.LastEvaluatedShardId,
        enabled: stream?.StreamStatus === 'ENABLED' || stream?.StreamStatus === 'ENABLING',
      };
    } catch (error) {
      if (codeOf(error) === MISSING) return undefined;
      throw this.#faultOf(error, signal);
    }
  }

  override async iterator(
    shard: string,
    position: ShardPosition,
    signal?: AbortSignal,
  ): Promise<{ readonly is: 'iterator'; readonly iterator: string } | { readonly is: 'trimmed' | 'gone' }> {
    signal?.throwIfAborted();
    try {
      const { ShardIterator: iterator } = await this.#within(signal, (options) =>
        this.#client.send(
          new GetShardIteratorCommand({ StreamArn: this.arn, ShardId: shard, ...startOf(position) }),
          options,
        ),
      );
      if (iterator === undefined)
        throw new Fault('transient', `stream ${this.arn}: no iterator for ${shard}`);
      return { is: 'iterator', iterator };
    } catch (error) {
      const code = codeOf(error);
      if (code === TRIMMED) return { is: 'trimmed' };
      if (code === MISSING) return { is: 'gone' };
      const fault = this.#faultOf(error, signal);
      // Refused, although the service has listed it: without that number, nobody can tell what has left the shard.
      if (fault instanceof Refusal && typeof position === 'object' && position.at !== undefined)
        return this.iterator(shard, 'horizon', signal);
      throw fault;
    }
  }

  override async records(iterator: string, max: number, signal?: AbortSignal): Promise<SourcePage> {
    signal?.throwIfAborted();
    try {
      const { records, bytes, nextIterator } = await this.#within(signal, (options) =>
        getRawRecords(this.#client, { ShardIterator: iterator, Limit: max }, options),
      );
      return {
        is: 'page',
        records: sourceRecordsOf(records, bytes, this.arn),
        next: nextIterator,
      };
    } catch (error) {
      const code = codeOf(error);
      if (code === EXPIRED) return { is: 'expired' };
      if (code === TRIMMED) return { is: 'trimmed' };
      // DynamoDB Local says so of a shard that was trimmed as a whole, too.
      if (code === MISSING) return { is: 'gone' };
      throw this.#faultOf(error, signal);
    }
  }

  /** @throws Fault `transient` when the time is up: also where an answer has begun, and breaks off. */
  async #within<T>(signal: AbortSignal | undefined, send: (options: Abortable) => Promise<T>): Promise<T> {
    const [cut, late] = [new AbortController(), new AbortController()];
    const end = () => cut.abort();
    abortableBy(signal)?.abortSignal.addEventListener('abort', end);
    const timer = setTimeout(() => {
      late.abort();
      end();
    }, this.#answerMs);
    try {
      return await send({ abortSignal: cut.signal });
    } catch (error) {
      if (!late.signal.aborted) throw error;
      const seconds = this.#answerMs / 1_000;
      throw new Fault('transient', `stream ${this.arn}: no answer within ${seconds} s`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  #faultOf(error: unknown, signal: AbortSignal | undefined): Fault {
    signal?.throwIfAborted();
    return translateError(error, { resource: `stream ${this.arn}`, variable: "the stream's ARN" });
  }
}

interface Abortable {
  readonly abortSignal: AbortSignal;
}

const MISSING = 'ResourceNotFoundException';
const TRIMMED = 'TrimmedDataAccessException';
const EXPIRED = 'ExpiredIteratorException';

function codeOf(error: unknown): unknown {
  return (error as { readonly name?: unknown }).name;
}

function shardOf({
  ShardId: id,
  ParentShardId: parent,
  SequenceNumberRange: range,
}: ListedShard): readonly Shard[] {
  if (id === undefined) return [];
  const { StartingSequenceNumber: first, EndingSequenceNumber: last } = range ?? {};
  return [{ id, parent, closed: last !== undefined, first }];
}

function startOf(position: ShardPosition) {
  if (position === 'horizon' || position === 'beginning')
    return { ShardIteratorType: 'TRIM_HORIZON' } as const;
  if (position === 'latest') return { ShardIteratorType: 'LATEST' } as const;
  return position.at !== undefined
    ? ({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: position.at } as const)
    : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after } as const);
}
