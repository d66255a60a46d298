import type { Port } from '../faults/call-faults.ts';
import type { SweepFault } from './sweep-fault.ts';

export interface Call {
  /** From 1. */
  readonly number: number;
  readonly port: Port;
  readonly entries: number;
  readonly fault: SweepFault | undefined;
}

/** Numbers all calls of a run, whichever process makes them, and says what goes wrong with each. */
export class CallLog {
  readonly calls: Call[] = [];
  readonly #faults: ReadonlyMap<number, SweepFault>;
  readonly #late: (() => Promise<unknown>)[] = [];

  constructor(faults: ReadonlyMap<number, SweepFault>) {
    this.#faults = faults;
  }

  add(port: Port, entries: number): Call {
    const number = this.calls.length + 1;
    const call = { number, port, entries, fault: this.#faults.get(number) };
    this.calls.push(call);
    return call;
  }

  /** Leaves an effect for when everything else is over. */
  delay(effect: () => Promise<unknown>): void {
    this.#late.push(effect);
  }

  async arriveLate(): Promise<void> {
    for (const effect of this.#late.splice(0)) await effect();
  }
}
