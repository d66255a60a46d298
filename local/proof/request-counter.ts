import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/**
 * Counts the requests that AWS clients of this process send, retries included, by operation. Sees them on the wire, so
 * that it needs none of the clients and trusts no count of the worker's own.
 */
export class RequestCounter {
  readonly #counts = new Map<string, number>();

  /** Counts all requests sent while `work` goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    diagnostics.subscribe('http.client.request.start', this.#count);
    try {
      return await work();
    } finally {
      diagnostics.unsubscribe('http.client.request.start', this.#count);
    }
  }

  /** Such as `['AmazonSQS.SendMessageBatch', 3]`, sorted by name. */
  get counts(): readonly (readonly [operation: string, requests: number])[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  readonly #count = (message: unknown): void => {
    const target = (message as { request: ClientRequest }).request.getHeader('x-amz-target');
    if (typeof target !== 'string') return;
    // The version is part of the name for DynamoDB: DynamoDB_20120810.GetItem.
    const operation = target.replace(/_\d+\./, '.');
    this.#counts.set(operation, (this.#counts.get(operation) ?? 0) + 1);
  };
}
