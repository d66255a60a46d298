import { type PoisonRecord, Quarantine } from '../../application/ports/quarantine.ts';

/** An array of poison records. It grows with each of them: for runs that end. */
export class MemoryQuarantine extends Quarantine {
  readonly #kept: PoisonRecord[] = [];

  override async keep(records: readonly PoisonRecord[], signal?: AbortSignal): Promise<readonly 'done'[]> {
    signal?.throwIfAborted();
    this.#kept.push(...records);
    return records.map(() => 'done');
  }

  /** Everything that was kept, in the order in which it came. */
  get kept(): readonly PoisonRecord[] {
    return this.#kept;
  }
}
