/** The part of the package's queues that is changed. */
export interface FauxQueue {
  dequeueFifo: (
    this: FauxQueue,
    max: number,
    visibility: number | undefined,
    resolver: unknown,
  ) => Received[];
  changeVisibility: (this: FauxQueue, receipt: string, seconds: number) => void;
  processTimers: (this: FauxQueue) => void;
  readonly fifoMessages: Map<string, Message[]>;
  /** How many messages of a group are in flight. */
  readonly fifoLockedGroups: Map<string, number>;
  readonly inflightMessages: Map<string, { readonly message: Message }>;
}

interface Received {
  readonly ReceiptHandle: string;
}

interface Message {
  readonly messageGroupId?: string;
  readonly sequenceNumber?: string;
}

/**
 * Has FIFO queues of the package deal with groups as SQS does: a receive gives as many messages of a group as it takes, where the
 * package gives one, and what comes back to a group takes its old place, where the package turns the order round.
 *
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export function orderGroupsAsSqsDoes(queues: FauxQueue): void {
  const dequeueOne = queues.dequeueFifo;
  queues.dequeueFifo = function (max, visibility, resolver) {
    // What comes back now hides nothing any more.
    this.processTimers();
    const lockedBefore = new Map(this.fifoLockedGroups);
    const all: Received[] = [];
    for (;;) {
      const some = dequeueOne.call(this, max - all.length, visibility, resolver);
      all.push(...some);
      if (some.length === 0 || all.length >= max) break;
      // What this receive has of a group does not hide the rest from itself.
      for (const group of this.fifoLockedGroups.keys())
        if (!lockedBefore.has(group)) this.fifoLockedGroups.delete(group);
    }
    for (const group of this.fifoLockedGroups.keys())
      if (!lockedBefore.has(group)) this.fifoLockedGroups.delete(group);
    for (const { ReceiptHandle } of all) {
      const group = this.inflightMessages.get(ReceiptHandle)?.message.messageGroupId ?? '';
      this.fifoLockedGroups.set(group, (this.fifoLockedGroups.get(group) ?? 0) + 1);
    }
    return all.toSorted((a, b) => order(this, a) - order(this, b));
  };
  for (const name of ['changeVisibility', 'processTimers'] as const) {
    const before = queues[name];
    queues[name] = function (...parameters: unknown[]) {
      Reflect.apply(before, this, parameters);
      for (const messages of this.fifoMessages.values()) messages.sort((a, b) => placeOf(a) - placeOf(b));
    };
  }
}

function order({ inflightMessages }: FauxQueue, { ReceiptHandle }: Received): number {
  return placeOf(inflightMessages.get(ReceiptHandle)?.message);
}

/** They count from 1. */
function placeOf(message: Message | undefined): number {
  return Number(message?.sequenceNumber ?? 0);
}
