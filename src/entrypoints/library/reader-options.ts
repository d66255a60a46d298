import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { ContainerModule } from 'inversify';
import type { WinstonLoggerOptions } from '../../adapters/winston/winston-logger.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import type { SourceRecord } from '../../domain/change.ts';
import type { Fault } from '../../domain/fault.ts';

/** Which changes are read: those of a table, through each stream that it has, or those of one stream. */
export type ReadFrom =
  | {
      /** The table's name or ARN. Where its stream is switched off and on again, the next one is read after it. */
      readonly table: string;
      readonly streamArn?: never;
      readonly source?: never;
    }
  | {
      /** One stream, also one that is switched off. */
      readonly streamArn: string;
      readonly table?: never;
      readonly source?: never;
    }
  | {
      /** A stream by an adapter: `MemoryStreamSource` of `contrail/testing` in tests, or one of your own. */
      readonly source: StreamSource;
      readonly table?: never;
      readonly streamArn?: never;
    };

/** Where it is noted how far the changes are handled: in memory, or where several processes see it. */
export type KeptIn =
  | {
      /** What `state()` of a reader before gave: reading goes on from there. */
      readonly state?: string | undefined;
      readonly states?: never;
      readonly name?: never;
    }
  | {
      /** Where it is kept; processes that have the same, and the same name, share the shards. */
      readonly states: ShardStates;
      /** What the changes are read for: readers for other purposes have other names, and each gets all changes. */
      readonly name: string;
      readonly state?: never;
    };

/** A record that can never be given as a change: it cannot be decoded, or does not fit the schema of its row. */
export interface UnreadableRecord {
  /** As it came. */
  readonly record: SourceRecord;
  /** What is wrong with it: its kind is `permanent`. */
  readonly fault: Fault;
}

/** Clients that a reader uses. */
export interface ReaderClients {
  /** Asked which stream a table has. */
  readonly dynamodb?: DynamoDBClient;
  /** Give it `maxAttempts: 1`: the reader tries again itself, as it knows the API's limits. */
  readonly streams?: DynamoDBStreamsClient;
}

/** How changes are read. */
export type ReaderOptions = ReadFrom &
  KeptIn & {
    /**
     * Where reading begins as long as nothing is noted: with all that the stream has, at most a day (`horizon`, unless given), or
     * with what comes now (`latest`).
     */
    readonly from?: 'horizon' | 'latest';
    /**
     * Given a record that can never be given as a change. Once it has returned, or its promise has resolved, the record counts as
     * handled, so keep it first; where it throws, the record comes again, and the later changes of its row wait. Without this
     * function such a record ends the reader with its fault.
     */
    readonly onPoison?: (poison: UnreadableRecord) => unknown;
    /** How much of the stream is held in memory at most, by the sizes that DynamoDB says, in bytes: 64 MB unless given. A page of each shard may be more. */
    readonly heldBytes?: number;
    /** When the shards of a process that is lost are taken over by others, in milliseconds: 10,000 unless given. */
    readonly failoverMs?: number;
    /** What to log, and where: by default from `warn` on, to standard error. */
    readonly log?: Partial<WinstonLoggerOptions>;
    /** Clients of the AWS SDK, which are not closed in the end; those that are not given are made from the SDK's own environment. */
    readonly clients?: ReaderClients;
    /** Bind ports to other adapters: `Clock`, `MonotonicClock`, `Sleeper`, `Random` and `Logger`. */
    readonly modules?: readonly ContainerModule[];
  };

/** How a reader reads this time. */
export interface ReadOptions {
  /** Once aborted, nothing more is given, and it ends in good order: what was given may still be acknowledged for 20 seconds. */
  readonly signal?: AbortSignal;
  /** Whether it ends when what there is now is handled, or was tried five times. It takes two seconds to know that nothing more is there. */
  readonly once?: boolean;
  /** How many changes may be under way at the same time, each of another row: 1 unless given. */
  readonly concurrency?: number;
}
