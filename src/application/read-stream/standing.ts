import { readable } from '../../domain/shard-order.ts';
import type { ShardState } from '../../domain/shard.ts';

/** Notices when a reader stands in all shards that were to be read when it began. Others are read from their first record on. */
export class Standing {
  readonly #begun: () => void;
  #missing: Set<string> | undefined;

  /** @param begun called once. */
  constructor(begun: () => void = () => undefined) {
    this.#begun = begun;
  }

  /** These shards are noted at the beginning. */
  expect(noted: readonly ShardState[]): void {
    this.#missing = new Set(readable(noted).map(({ id }) => id));
    this.#check();
  }

  /** It stands in a shard, or that is complete. */
  in(shard: string): void {
    if (this.#missing?.delete(shard) === true) this.#check();
  }

  #check(): void {
    if (this.#missing?.size === 0) this.#begun();
  }
}
