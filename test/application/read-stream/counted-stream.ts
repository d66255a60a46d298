import type { Random } from '../../../src/random/random.ts';
import { type ModelledRecord, ModelledStream } from '../../../src/simulation/reader/modelled-stream.ts';

/** The `n`th change of an item. */
export interface CountedRecord extends ModelledRecord {
  readonly n: number;
}

/** A stream of changes that are only counted. */
export class CountedStream extends ModelledStream<CountedRecord> {
  readonly #chance: Random;
  readonly #counts = new Map<string, number>();

  constructor(now: () => number, chance: Random, retentionMs: number) {
    // Numbers get longer as they grow: as texts they are in another order.
    super(ARN, now, retentionMs, 95n);
    this.#chance = chance;
  }

  write(item: string): CountedRecord | undefined {
    if (!this.isEnabled) return undefined;
    const n = (this.#counts.get(item) ?? 0) + 1;
    const sequence = String(this.sequence + BigInt(this.#chance.int(1, 3)));
    const record = this.append({ sequence, item, n, at: this.now });
    if (record !== undefined) this.#counts.set(item, n);
    return record;
  }
}

const ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/modelled/stream/2026-01-05T00:00:00.000';
