import { TableGenerations } from '../../../src/application/ports/table-generations.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { PortCall } from '../faults/faulty-ports.ts';
import type { Wire } from './wire.ts';

/** The generations of tables as a worker reaches them: over a wire of their own. */
export class WiredGenerations extends TableGenerations {
  readonly #store: TableGenerations;
  readonly #wire: Wire;
  readonly #called: (call: PortCall) => void;

  constructor(store: TableGenerations, wire: Wire, called: (call: PortCall) => void) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override async generationOf(tableArn: string, signal?: AbortSignal) {
    this.#called({ port: 'generations.of', signal });
    const [answer] = await this.#wire.call('generations.of', [tableArn], (tableArns) =>
      Promise.all(tableArns.map((one) => this.#store.generationOf(one))),
    );
    if (answer === undefined || Fault.is(answer))
      throw answer ?? new Fault('transient', 'there was no answer');
    return answer;
  }

  override adopt(): Promise<never> {
    return Promise.reject(new Error('operators adopt tables, workers do not'));
  }
}
