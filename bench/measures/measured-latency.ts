import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Latency } from '../model/latency.ts';

/** What requests of each operation took of real servers on average, from when they had a socket until their answer came. */
export class MeasuredLatency implements Latency {
  readonly #totals = new Map<string, { milliseconds: number; requests: number }>();

  /** Measures what this process sends from now on. @returns what ends that. */
  listen(): () => void {
    const begun = new WeakMap<ClientRequest, number>();
    const onStart = (message: unknown) => {
      const { request } = message as { request: ClientRequest };
      const begin = () => begun.set(request, performance.now());
      if (request.socket === null) request.once('socket', begin);
      else begin();
    };
    const onAnswer = (message: unknown) => {
      const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
      const at = begun.get(request);
      if (at === undefined) return;
      response.once('end', () => this.#add(operationOf(request), performance.now() - at));
    };
    subscribe('http.client.request.start', onStart);
    subscribe('http.client.response.finish', onAnswer);
    return () => {
      unsubscribe('http.client.request.start', onStart);
      unsubscribe('http.client.response.finish', onAnswer);
    };
  }

  next(operation: string): number {
    const total = this.#totals.get(operation);
    return total === undefined ? 0 : total.milliseconds / total.requests;
  }

  #add(operation: string, milliseconds: number): void {
    const total = this.#totals.get(operation) ?? { milliseconds: 0, requests: 0 };
    this.#totals.set(operation, {
      milliseconds: total.milliseconds + milliseconds,
      requests: total.requests + 1,
    });
  }
}

function operationOf(request: ClientRequest): string {
  return String(request.getHeader('x-amz-target')).replace(/^.*\./, '');
}
