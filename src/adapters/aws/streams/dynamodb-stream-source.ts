import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetShardIteratorCommand,
  type Shard as ListedShard,
  type ShardFilter,
} from '@aws-sdk/client-dynamodb-streams';
import { BoundedMap } from '../../../application/bounded-map.ts';
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
import { sourceRecordOf } from './source-record.ts';

/** A table's stream, through the API of DynamoDB Streams. */
export class DynamoDbStreamSource extends StreamSource {
  override readonly arn: string;
  readonly #client: DynamoDBStreamsClient;
  /** By shard, the number of its first record: as it was listed first. */
  readonly #starts = new BoundedMap<string>(SHARDS_KNOWN);

  /** @param client one that tries a request once: the reader tries again. */
  constructor(client: DynamoDBStreamsClient, arn: string) {
    super();
    this.#client = client;
    this.arn = arn;
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
      const { StreamDescription: stream } = await this.#client.send(command, abortableBy(signal));
      return {
        at: time(),
        shards: (stream?.Shards ?? []).flatMap((shard) => this.#noted(shard)),
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
    if (position !== 'beginning') return this.#iteratorAt(shard, position, signal);
    const start = this.#starts.get(shard);
    if (start === undefined) return this.#iteratorAt(shard, 'horizon', signal);
    try {
      return await this.#iteratorAt(shard, { at: start }, signal);
    } catch (error) {
      // Refused, although the service has listed it: without that number, nobody can tell what has left the shard.
      if (error instanceof Refusal) return this.#iteratorAt(shard, 'horizon', signal);
      throw error;
    }
  }

  async #iteratorAt(
    shard: string,
    position: Exclude<ShardPosition, 'beginning'> | { readonly at: string },
    signal: AbortSignal | undefined,
  ): Promise<{ readonly is: 'iterator'; readonly iterator: string } | { readonly is: 'trimmed' | 'gone' }> {
    try {
      const { ShardIterator: iterator } = await this.#client.send(
        new GetShardIteratorCommand({ StreamArn: this.arn, ShardId: shard, ...startOf(position) }),
        abortableBy(signal),
      );
      if (iterator === undefined)
        throw new Fault('transient', `stream ${this.arn}: no iterator for ${shard}`);
      return { is: 'iterator', iterator };
    } catch (error) {
      const code = codeOf(error);
      if (code === TRIMMED) return { is: 'trimmed' };
      if (code === MISSING) return { is: 'gone' };
      throw this.#faultOf(error, signal);
    }
  }

  override async records(iterator: string, max: number, signal?: AbortSignal): Promise<SourcePage> {
    signal?.throwIfAborted();
    try {
      const { records, nextIterator } = await getRawRecords(
        this.#client,
        { ShardIterator: iterator, Limit: max },
        abortableBy(signal),
      );
      return {
        is: 'page',
        records: records.map((record) => sourceRecordOf(record, this.arn)),
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

  #noted({ ShardId: id, ParentShardId: parent, SequenceNumberRange: range }: ListedShard): readonly Shard[] {
    if (id === undefined) return [];
    const start = this.#starts.get(id) ?? range?.StartingSequenceNumber;
    if (start !== undefined) this.#starts.set(id, start);
    return [{ id, parent, closed: range?.EndingSequenceNumber !== undefined }];
  }

  #faultOf(error: unknown, signal: AbortSignal | undefined): Fault {
    signal?.throwIfAborted();
    return translateError(error, { resource: `stream ${this.arn}`, variable: "the stream's ARN" });
  }
}

/** A stream has at most some thousands in the day that it is kept. */
const SHARDS_KNOWN = 20_000;

const MISSING = 'ResourceNotFoundException';
const TRIMMED = 'TrimmedDataAccessException';
const EXPIRED = 'ExpiredIteratorException';

function codeOf(error: unknown): unknown {
  return (error as { readonly name?: unknown }).name;
}

function startOf(position: Exclude<ShardPosition, 'beginning'> | { readonly at: string }) {
  if (position === 'horizon') return { ShardIteratorType: 'TRIM_HORIZON' } as const;
  if (position === 'latest') return { ShardIteratorType: 'LATEST' } as const;
  return 'at' in position
    ? ({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: position.at } as const)
    : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after } as const);
}
