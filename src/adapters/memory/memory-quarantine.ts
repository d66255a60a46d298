import { type PoisonRecord, Quarantine } from '../../application/ports/quarantine.ts';

/** A list of poison records. It grows with each of them: for runs that end. */
export class MemoryQuarantine extends Quarantine {
  readonly #kept: PoisonRecord[] = [];

  override keep(records: readonly PoisonRecord[]): Promise<readonly 'done'[]> {
    this.#kept.push(...records);
    return Promise.resolve(records.map(() => 'done'));
  }

  /** Everything that was kept, in the order in which it came. */
  get kept(): readonly PoisonRecord[] {
    return this.#kept;
  }
}
