import type { ItemKey } from '../../domain/row.ts';
import type { Version } from '../../domain/version.ts';
import type { Done } from '../result.ts';

/** What somebody gave up, as far as a message says. */
export type GivenUp =
  /** A record of a stream, as it came. */
  | { readonly is: 'record'; readonly record: unknown }
  /** A row, of which something could not be carried out, and for which change. */
  | { readonly is: 'row'; readonly key: ItemKey; readonly version?: Version }
  /** Records that only the stream has, from a sequence number of a shard to another, both included. */
  | ({ readonly is: 'range' } & ShardRange)
  /** Of which nobody can tell what it is about. */
  | { readonly is: 'unknown'; readonly why: string };

/** A part of a shard. */
export interface ShardRange {
  /** The stream's ARN. */
  readonly stream: string;
  readonly shard: string;
  readonly first: string;
  readonly last: string;
}

/** A message that holds what was given up, or a record of a file that does. */
export interface GivenUpMessage {
  /** Where it is, for reports: the same whenever it is received. */
  readonly place: string;
  /** How its source knows it; opaque to callers. */
  readonly receipt: string;
  /** In the order in which it was given up. */
  readonly holds: readonly GivenUp[];
}

/** Where given-up records are: a quarantine, a queue of dead letters, files. */
export abstract class GivenUpMessages {
  /**
   * Receives messages, each once, an item's in the order in which they were given up; none when there are no more, or none that do not
   * wait behind those received. They stay where they are, and nobody else receives them for a while.
   *
   * @throws Fault when that cannot be told. Rejects once `signal` is aborted.
   */
  abstract receive(signal?: AbortSignal): Promise<readonly GivenUpMessage[]>;

  /**
   * Takes received messages away for good, where their source lets it: files stay. One result per message, in the order given; `done`
   * also for those that are gone. A Fault: it may be received again.
   */
  abstract acknowledge(messages: readonly GivenUpMessage[]): Promise<readonly Done[]>;

  /** Gives back what was received and not acknowledged, so that others receive it at once. To be called once, in the end. */
  abstract close(): Promise<void>;
}
