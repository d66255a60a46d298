import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetShardIteratorCommand,
  type Shard,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { toLambdaRecord } from './lambda-record.ts';
import { getRawRecords, type RawRecords } from '../../src/adapters/aws/streams/get-raw-records.ts';

/** Consecutive records of one shard, in order. */
export interface StreamPage {
  readonly shardId: string;
  readonly records: readonly DynamoDBRecord[];
}

export interface ReadOptions {
  /**
   * End once this reader has read this many records in all its calls. Otherwise it ends when nothing has come for
   * `quietMs`.
   */
  readonly records?: number;
  /** How long the stream must be quiet to count as read. Default 500, with `records` 15,000. */
  readonly quietMs?: number;
}

/** How far a shard has been read. */
interface Position {
  readonly shardId: string;
  readonly parentId: string | undefined;
  /** Undefined until the shard is begun, and when it has to be asked for again. */
  iterator: string | undefined;
  lastSequenceNumber: string | undefined;
  /** The shard is closed and all its records have been handled. */
  finished: boolean;
}

const PAUSE_MS = 25;

/**
 * Reads a table's stream from its beginning, every shard after its parent. Each call continues where the last one
 * stopped; a page whose handling threw comes again.
 */
export class StreamReader {
  readonly #client: DynamoDBStreamsClient;
  readonly #streamArn: string;
  readonly #positions = new Map<string, Position>();
  #read = 0;

  constructor(client: DynamoDBStreamsClient, streamArn: string) {
    this.#client = client;
    this.#streamArn = streamArn;
  }

  /** Records read and handled so far. */
  get recordsRead(): number {
    return this.#read;
  }

  /**
   * Yields non-empty pages as they come, and also the records that the caller causes while it handles a page.
   *
   * @throws Error when the stream is quiet before `records` have come.
   */
  async *read({
    records,
    quietMs = records === undefined ? 500 : 15_000,
  }: ReadOptions = {}): AsyncGenerator<StreamPage> {
    // Only pauses count: slow responses do not make a stream quiet.
    let quietFor = 0;
    while (records === undefined || this.#read < records) {
      const before = this.#read;
      await this.#discoverShards();
      for (const position of this.#positions.values())
        if (this.#readable(position)) yield* this.#readPage(position);
      if (this.#read > before) {
        quietFor = 0;
      } else if (quietFor < quietMs) {
        await sleep(PAUSE_MS);
        quietFor += PAUSE_MS;
      } else if (records === undefined) {
        return;
      } else {
        throw new Error(`only ${this.#read} of ${records} records came from ${this.#streamArn}`);
      }
    }
  }

  async *#readPage(position: Position): AsyncGenerator<StreamPage> {
    const page = await this.#getRecords(position);
    const records = page.records.map((record) => toLambdaRecord(record, this.#streamArn));
    // A shard's last page may have records too.
    if (records.length > 0) yield { shardId: position.shardId, records };
    this.#read += records.length;
    position.lastSequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber ?? position.lastSequenceNumber;
    position.iterator = page.nextIterator;
    position.finished = page.nextIterator === undefined;
  }

  async #getRecords(position: Position): Promise<RawRecords> {
    const fresh = position.iterator === undefined;
    position.iterator ??= await this.#iteratorOf(position);
    try {
      return await getRawRecords(this.#client, { ShardIterator: position.iterator });
    } catch (error) {
      if (!(error instanceof ExpiredIteratorException) || fresh) throw error;
      position.iterator = undefined;
      return this.#getRecords(position);
    }
  }

  async #iteratorOf({ shardId, lastSequenceNumber }: Position): Promise<string> {
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamArn: this.#streamArn,
        ShardId: shardId,
        ...(lastSequenceNumber === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastSequenceNumber }),
      }),
    );
    if (ShardIterator === undefined)
      throw new Error(`no iterator for the shard ${shardId} of ${this.#streamArn}`);
    return ShardIterator;
  }

  /** A parent that is not listed any more has left the stream. */
  #readable({ finished, parentId }: Position): boolean {
    return !finished && (parentId === undefined || this.#positions.get(parentId)?.finished !== false);
  }

  async #discoverShards(): Promise<void> {
    for (const { ShardId, ParentShardId } of await this.#listShards())
      if (ShardId !== undefined && !this.#positions.has(ShardId))
        this.#positions.set(ShardId, {
          shardId: ShardId,
          parentId: ParentShardId,
          iterator: undefined,
          lastSequenceNumber: undefined,
          finished: false,
        });
  }

  async #listShards(): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription } = await this.#client.send(
        new DescribeStreamCommand({
          StreamArn: this.#streamArn,
          ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
        }),
      );
      shards.push(...(StreamDescription?.Shards ?? []));
      after = StreamDescription?.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }
}
