import type { Fault } from '../../domain/fault.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import type { Done } from '../result.ts';

/** A message that was received, and is this receiver's until its visibility ends. */
export interface ReceivedAction {
  /** What it asks for; a permanent Fault where it cannot be read, which names the message and nothing of its content. */
  readonly action: SearchAction | Fault;
  /** How the source knows this delivery of the message; opaque to callers. */
  readonly receipt: string;
  /** The message itself, for a log: the same at every delivery. */
  readonly message: string;
  /** Actions of one group are delivered in order, and none while an earlier one is somebody's; of others, in any order. */
  readonly group: string;
  /** How often it was delivered, this time included; 1 where the source cannot tell. */
  readonly receives: number;
  /** When it was sent, in milliseconds since 1970; undefined where the source cannot tell. */
  readonly sentAt: number | undefined;
}

/** A message that can never be carried out, and why. */
export interface RefusedAction {
  readonly received: ReceivedAction;
  readonly fault: Fault;
}

/** How actions are received. */
export interface ReceiveOptions {
  /** At most so many; fewer are given where the source gives fewer at once. */
  readonly max: number;
  /** How long to wait for a first one, in milliseconds; 0 for not at all. */
  readonly waitMs: number;
  /** Once aborted, waiting ends with nothing received. */
  readonly signal?: AbortSignal | undefined;
}

/** Where the actions of the search queue are taken from. */
export abstract class SearchActionSource {
  /** For how long a message that was received stays hidden from other receivers, in milliseconds. */
  abstract readonly visibilityMs: number;

  /**
   * Receives messages: none is no proof that there are none. Delivery is at least once: a message that is neither
   * acknowledged nor extended in time is delivered again, to whoever asks, and may be at other times.
   *
   * @throws Fault when nothing can be received; what was received at the source all the same is delivered again.
   */
  abstract receive(options: ReceiveOptions): Promise<readonly ReceivedAction[]>;

  /**
   * Takes messages off the queue for good. One result per message, in the order given. `done` also for those that are gone.
   * A Fault: it may be delivered again.
   */
  abstract acknowledge(received: readonly ReceivedAction[]): Promise<readonly Done[]>;

  /**
   * Gives messages back, to be delivered again after `delayMs` (0: at once). One result per message, in the order given. Of
   * a message that is no longer this receiver's, nothing happens, and the result is `done`. A Fault: it is delivered again
   * when its visibility ends.
   */
  abstract giveBack(received: readonly ReceivedAction[], delayMs: number): Promise<readonly Done[]>;

  /**
   * Keeps messages for `visibilityMs` from now on. One result per message, in the order given. A Fault `conflict` for one
   * that is no longer this receiver's: somebody else may have it.
   */
  abstract extend(received: readonly ReceivedAction[]): Promise<readonly Done[]>;

  /**
   * Takes messages off the queue that can never be carried out, and keeps them as dead letters, each with its reason, for an operator to see and to
   * put back; what waits behind them is delivered. One result per message, in the order given. Of a message that is no longer this receiver's, nothing
   * happens, and the result is `done`. A Fault: it is delivered again when its visibility ends.
   *
   * Only a source has it that keeps dead letters itself. Where a queue does so by a rule of its own (SQS), messages are given back until it does.
   */
  refuse?(refused: readonly RefusedAction[]): Promise<readonly Done[]>;
}
