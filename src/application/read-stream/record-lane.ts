import type { PassingRecord } from '../../domain/frontier.ts';
import type { SourceRecord } from '../ports/stream-source.ts';
import { Fifo } from './fifo.ts';

/** Where so many items fail, and nothing else can be handled, it is not the items' fault. */
const MANY_ITEMS = 10;
/** How long nothing is tried then at most, in milliseconds: others may come that can be handled. */
const OUTAGE_MS = 5_000;

/** A record that is to be handled. */
export interface HeldRecord {
  readonly source: SourceRecord;
  readonly passing: PassingRecord;
  /** The same for those that wait for each other. */
  readonly item: string;
  /** How often it has failed. */
  failures: number;
}

interface Blocked {
  readonly records: Fifo<HeldRecord>;
  /** When they are tried again. */
  notBefore: number;
}

/** Records of a shard that are handled one batch after the other. Those behind a failed one of their item wait for it. */
export class RecordLane {
  readonly #ready = new Fifo<HeldRecord>();
  readonly #blocked = new Map<string, Blocked>();
  readonly #pauseAfter: (failures: number) => number;
  /** How many batches in a row brought nothing. */
  #fruitless = 0;
  /** Nothing is tried before: while nothing at all can be handled. */
  #pausedUntil = -Infinity;

  /** @param pauseAfter milliseconds until something is tried again that had failed so often before. */
  constructor(pauseAfter: (failures: number) => number) {
    this.#pauseAfter = pauseAfter;
  }

  add(record: HeldRecord): void {
    const blocked = this.#blocked.get(record.item);
    if (blocked === undefined) this.#ready.push(record);
    else blocked.records.push(record);
  }

  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#blocked.size === 0;
  }

  /** How often those have failed whose item waits for them; the least often. `Infinity` where none does, 0 where others are ready. */
  get failures(): number {
    if (this.#ready.length > 0) return 0;
    return Math.min(
      Infinity,
      ...Array.from(this.#blocked.values(), ({ records }) => records.first?.failures ?? 0),
    );
  }

  /** How many items wait for a failed record to be tried again. */
  get blockedItems(): number {
    return this.#blocked.size;
  }

  /** When there is something to be handled. */
  get dueAt(): number {
    if (this.#ready.length > 0) return this.#pausedUntil;
    const first = Math.min(Infinity, ...Array.from(this.#blocked.values(), ({ notBefore }) => notBefore));
    return Math.max(first, this.#pausedUntil);
  }

  /** The next batch: those whose pause is over, then those that came first. What is taken is to be given to `settle`. */
  take(max: number, now: number): readonly HeldRecord[] {
    const batch: HeldRecord[] = [];
    for (const [item, blocked] of this.#blocked) {
      if (blocked.notBefore > now || batch.length >= max) continue;
      batch.push(...blocked.records.take(max - batch.length));
      // What there was no room for waits for the others.
      if (blocked.records.length === 0) this.#blocked.delete(item);
      else blocked.notBefore = Infinity;
    }
    batch.push(...this.#ready.take(max - batch.length));
    return batch;
  }

  /** @param failed those of the batch that are to be tried again, in their order. */
  settle(batch: readonly HeldRecord[], failed: readonly HeldRecord[], now: number): void {
    for (const record of failed) record.failures++;
    // The same for all that failed as often: then they go into one batch again.
    const pauses = new Map<number, number>();
    const notBefore = ({ failures }: HeldRecord): number => {
      const pause = pauses.get(failures) ?? this.#pauseAfter(failures - 1);
      pauses.set(failures, pause);
      return now + pause;
    };
    const again = byItem(failed);
    // Later ones may have been ready, or have come while the batch was handled.
    const later = byItem(again.size === 0 ? [] : this.#ready.takeIf(({ item }) => again.has(item)));
    for (const item of new Set(batch.map((record) => record.item))) {
      const rest = this.#blocked.get(item)?.records;
      const first = again.get(item);
      if (first?.[0] !== undefined) {
        const records = new Fifo([...first, ...(rest?.take(Infinity) ?? []), ...(later.get(item) ?? [])]);
        this.#blocked.set(item, { records, notBefore: notBefore(first[0]) });
      } else if (rest !== undefined) this.#blocked.set(item, { records: rest, notBefore: -Infinity });
    }
    this.#fruitless = failed.length < batch.length ? 0 : this.#fruitless + 1;
    const isOutage = this.#fruitless > 0 && this.#blocked.size >= MANY_ITEMS;
    const pause = Math.min(OUTAGE_MS, this.#pauseAfter(this.#fruitless - 1));
    this.#pausedUntil = isOutage ? now + pause : -Infinity;
  }
}

function byItem(records: readonly HeldRecord[]): Map<string, HeldRecord[]> {
  const groups = new Map<string, HeldRecord[]>();
  for (const record of records) {
    const group = groups.get(record.item);
    if (group === undefined) groups.set(record.item, [record]);
    else group.push(record);
  }
  return groups;
}
