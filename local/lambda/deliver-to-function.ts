import type { Deliver } from '../proof/delivery.ts';
import { RequestCounter } from '../proof/request-counter.ts';
import { EventSource, type Handler } from './event-source.ts';
import { StreamReader } from './stream-reader.ts';

/** Delivers a stream to a function of this process as Lambda would. */
export function deliverToFunction(handler: Handler): Deliver {
  return async ({ clients, streamArn }, { batchSize, onProgress }) => {
    const reader = new StreamReader(clients.streams, streamArn);
    const source = new EventSource(handler, { batchSize });
    const requests = new RequestCounter();
    await reader.read(async (records) => {
      await requests.during(() => source.deliver(records));
      onProgress(source.counts.records);
    });
    return {
      records: reader.recordsRead,
      shards: await reader.shards(),
      givenUp: source.givenUp.length,
      lastError: source.lastError,
      // The stream is read beside, as Lambda does.
      requests: requests.counts.filter(([operation]) => !operation.startsWith('DynamoDBStreams.')),
      invocations: source.counts,
    };
  };
}
