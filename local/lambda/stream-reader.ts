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
import { getRawRecords, type RawRecords } from './get-raw-records.ts';

/** Records of one shard that follow each other, in their order. */
export interface StreamPage {
  readonly shardId: string;
  readonly records: readonly DynamoDBRecord[];
}

export interface ReadOptions {
  /**
   * End as soon as this many records have been read by this reader, all calls together. Otherwise the end is
   * when nothing has come for `quietMs`.
   */
  readonly records?: number;
  /** How long nothing must come before the stream counts as read. Default 500, with `records` 15,000. */
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
 * Reads a table's stream from its beginning, every shard after its parent. Calls continue where the one before
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

  /** How many records have been read and handled. */
  get recordsRead(): number {
    return this.#read;
  }

  /**
   * Yields pages as they come, none empty. What the caller does with a page before it asks for the next is part of
   * the reading: records that it causes are read too.
   *
   * @throws Error when `records` are expected and the stream falls quiet before.
   */
  async *read({
    records,
    quietMs = records === undefined ? 500 : 15_000,
  }: ReadOptions = {}): AsyncGenerator<StreamPage> {
    // Only pauses count: that answers are slow does not make the stream quiet.
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
        throw new Error(`the stream is quiet after ${this.#read} of ${records} records`);
      }
    }
  }

  async *#readPage(position: Position): AsyncGenerator<StreamPage> {
    const page = await this.#getRecords(position);
    const records = page.records.map((record) => toLambdaRecord(record, this.#streamArn));
    // The last page of a shard may carry records, so they go before the question whether there is a next.
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
    if (ShardIterator === undefined) throw new Error(`the stream gives no iterator for the shard ${shardId}`);
    return ShardIterator;
  }

  /** A parent that is not listed has left the stream. */
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
