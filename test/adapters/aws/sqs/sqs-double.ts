import type { SendMessageBatchCommand, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import type { SendsBatches } from '../../../../src/adapters/aws/sqs/message-sender.ts';

type Response = Awaited<ReturnType<SendsBatches['send']>>;
type Options = Parameters<SendsBatches['send']>[1];
type Entries = readonly SendMessageBatchRequestEntry[];

export interface Refusal {
  readonly code: string;
  readonly message?: string;
  /** The error as which the whole request is refused; each entry by itself unless given. */
  readonly whole?: string | undefined;
}

/** A client that records its requests and answers as it is told; until then it takes every entry. */
export class SqsDouble implements SendsBatches {
  readonly requests: {
    readonly queueUrl: string | undefined;
    readonly entries: Entries;
    readonly signal: AbortSignal | undefined;
  }[] = [];
  answer: (entries: Entries) => Response | Promise<Response> = (entries) => ({
    Successful: entries.map(taken),
  });
  /** Requests that were under way at one time, at most. */
  mostAtOnce = 0;
  #underWay = 0;

  /** Takes all entries but these, each of which it refuses in its answer, or as `whole` with the request. */
  refuse(isRefused: (body: string) => boolean, { code, message = 'no', whole }: Refusal): void {
    const refused = ({ MessageBody = '' }: SendMessageBatchRequestEntry) => isRefused(MessageBody);
    this.answer = (entries) => {
      if (whole !== undefined && entries.some(refused)) throw thrown(whole);
      return {
        Successful: entries.filter((entry) => !refused(entry)).map(taken),
        Failed: entries
          .filter(refused)
          .map(({ Id }) => ({ Id, SenderFault: true, Code: code, Message: message })),
      };
    };
  }

  async send({ input }: SendMessageBatchCommand, options?: Options): Promise<Response> {
    const entries = input.Entries ?? [];
    this.requests.push({ queueUrl: input.QueueUrl, entries, signal: options?.abortSignal });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    await new Promise((done) => setImmediate(done));
    this.#underWay--;
    return this.answer(entries);
  }

  get entries(): Entries {
    return this.requests.flatMap(({ entries }) => entries);
  }
}

/** An error as the SDK throws it. */
export function thrown(name: string, message = 'it said'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}

/** What SQS says of an entry that it took. */
export function taken({ Id }: SendMessageBatchRequestEntry) {
  return { Id, MessageId: 'accepted', MD5OfMessageBody: '' };
}
