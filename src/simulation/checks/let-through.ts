import { Fault } from '../../domain/fault.ts';
import { type Entry, nameOf } from '../world/entry.ts';
import type { Instance, Invocation } from '../world/instance.ts';
import type { Judged } from './outcomes.ts';
import { nameOfRecord } from './spoiled.ts';

/** What each worker has quarantined of batches that are to be delivered again, with the record that failed first. */
export class LetThrough {
  readonly #kept = new WeakMap<Instance, Map<string, Entry>>();
  readonly #most: number;

  /** @param most records that a worker remembers. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What a worker has quarantined is no reason for it to block the rest of the batch when that is delivered again. */
  check({ invocation, outcomes, what, report }: Judged): void {
    const { instance, entries, repaired } = invocation;
    for (const [index, outcome] of outcomes.entries()) {
      const entry = entries[index];
      if (entry === undefined || outcome.status !== 'failed' || outcome.fault.kind !== 'configuration')
        continue;
      const { cause } = outcome.fault;
      const isSuspect = Fault.is(cause) && cause.kind === 'permanent';
      if (isSuspect && this.has(entry, invocation))
        report('what was let through is not suspected again', `${what}: ${nameOf(entry)}`, outcome.fault);
    }
    const letThrough = this.#kept.get(instance) ?? new Map<string, Entry>();
    this.#kept.set(instance, letThrough);
    const because = entries[outcomes.findIndex(({ status }) => status === 'failed')];
    for (const [index, { status }] of outcomes.entries()) {
      const entry = entries[index];
      if (entry === undefined || status !== 'quarantined') continue;
      const name = nameOfRecord(entry, repaired);
      letThrough.delete(name);
      if (because !== undefined) letThrough.set(name, because);
      // As in the worker's own memory, the oldest give way.
      for (const oldest of letThrough.keys()) if (letThrough.size > this.#most) letThrough.delete(oldest);
    }
  }

  /** Whether its worker has quarantined the record at an earlier delivery of the batch, and must know it. */
  has(entry: Entry, { instance, entries, repaired }: Invocation): boolean {
    const because = this.#kept.get(instance)?.get(nameOfRecord(entry, repaired));
    return because !== undefined && entries.includes(because);
  }
}
