import { createHash, randomUUID } from 'node:crypto';
import type { Meter } from './meter.ts';

interface Entry {
  readonly Id?: string;
  readonly MessageBody: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

const MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;

/** An SQS FIFO queue that counts what it takes, and keeps none of it. */
export class QueueModel {
  messages = 0;
  meter: Meter | undefined;

  /** @throws Error when the request is more than SQS takes, or not modelled. */
  execute(operation: string, input: unknown): Readonly<Record<string, unknown>> {
    if (operation === 'SendMessage') {
      this.meter?.send(Buffer.byteLength((input as Entry).MessageBody));
      return this.#accept(input as Entry);
    }
    if (operation !== 'SendMessageBatch') throw new Error(`the operation ${operation} is not modelled`);
    const { Entries } = input as { Entries: readonly Entry[] };
    const bytes = Entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
    if (Entries.length > MAX_ENTRIES || bytes > MAX_BYTES) throw new Error('BatchRequestTooLong');
    this.meter?.send(bytes);
    return { Successful: Entries.map((entry) => ({ Id: entry.Id, ...this.#accept(entry) })) };
  }

  #accept({ MessageBody }: Entry) {
    this.messages++;
    // Clients compare it with what they have sent.
    return { MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'), MessageId: randomUUID() };
  }
}
