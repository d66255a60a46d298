import { Fault } from '../../domain/fault.ts';
import {
  failedAgain,
  isParked,
  type ParkedItem,
  parkedFor,
  type ParkingReason,
  withChanges,
} from '../../domain/parked-item.ts';
import type { Version } from '../../domain/version.ts';
import type { NotedItem, ParkedItems, ParkedLook, ParkingMove } from '../ports/parked-items.ts';
import type { Result } from '../result.ts';
import type { Retrier } from '../retry.ts';
import type { TimeLimit } from '../time-limit.ts';

/** A change that is acknowledged, and not carried out. */
export interface NotedChange {
  readonly version: Version;
  /** The record as it came, where it is needed so; undefined where the row says enough. */
  readonly raw: unknown;
}

/** What is to be noted of an item: its changes, in their order; at least one. */
export interface ChangesToNote {
  readonly item: string;
  readonly changes: readonly NotedChange[];
  /** Why it is to be parked for the first of them; undefined where it is to be so already. */
  readonly why: ParkingReason | undefined;
}

/** A change that has failed once more. */
export interface FailedChange {
  readonly item: string;
  readonly version: Version;
  readonly reason: string;
}

/** What became of it: `absent` where the item is not parked, though it was to be. */
export type Noted = 'noted' | 'absent' | Fault;

/** Notes which items are parked, and what of them waits: read, decided, and written on condition that it is as it was read. */
export class ParkItems {
  readonly #items: ParkedItems;
  readonly #retrier: Retrier;

  constructor(items: ParkedItems, retrier: Retrier) {
    this.#items = items;
    this.#retrier = retrier;
  }

  /** What is noted of items; a Fault when that cannot be told. */
  async look(items: readonly string[], limit: TimeLimit): Promise<ParkedLook | Fault> {
    let look: ParkedLook | undefined;
    const read = async (_: unknown, signal: AbortSignal) => {
      look = await this.#items.look(items, signal);
      return ['done'] as const;
    };
    const [fault] = await this.#retrier.run([items], read, limit);
    return fault ?? look ?? new Fault('transient', 'it was not told which items are parked');
  }

  /** Notes changes. Idempotent: those that are noted already are not noted again. One result each, in the order given. */
  async note(all: readonly ChangesToNote[], limit: TimeLimit): Promise<readonly Noted[]> {
    const absent = new Set<ChangesToNote>();
    const faults = await this.#save(all, limit, (one, from) => {
      const { item, changes, why } = one;
      const versions = changes.map(({ version }) => version);
      // An attempt before may have found otherwise.
      absent.delete(one);
      if (why === undefined && !isParked(from)) {
        absent.add(one);
        return undefined;
      }
      const to =
        why === undefined ? from && withChanges(from, versions) : parkedFor(item, from, versions, why);
      return to && { to, keep: changes.filter(({ raw }) => raw !== undefined) };
    });
    return all.map((one, index) => faults[index] ?? (absent.has(one) ? 'absent' : 'noted'));
  }

  /** Counts that changes have failed once more. @returns how often each has by now, or why that is not known. */
  async count(all: readonly FailedChange[], limit: TimeLimit): Promise<readonly (number | Fault)[]> {
    const counts = new Map<FailedChange, number>();
    const faults = await this.#save(all, limit, (one, from) => {
      const to = failedAgain(one.item, from, one.version, one.reason);
      // Another worker may have parked it meanwhile: then this change is to be noted, like its others.
      counts.set(one, isParked(from) ? Infinity : to.deliveries);
      return isParked(from) ? undefined : { to, keep: [] };
    });
    return all.map((one, index) => faults[index] ?? counts.get(one) ?? 0);
  }

  /** Forgets what is noted of items, on condition that it is as it was read. @returns a fault for each that is not forgotten. */
  async forget(all: readonly NotedItem[], limit: TimeLimit): Promise<readonly (Fault | undefined)[]> {
    const forget = async (some: readonly NotedItem[], signal: AbortSignal) => {
      const moves = some.map((from) => ({ item: from.item, from, to: undefined, keep: [] }));
      const results = await this.#items.save(moves, signal);
      // Somebody has written it since: it is theirs.
      return results.map((result) => (result === 'conflict' ? 'done' : result));
    };
    return this.#retrier.run(all, forget, limit);
  }

  #save<T extends { readonly item: string }>(
    all: readonly T[],
    limit: TimeLimit,
    decide: (
      one: T,
      from: NotedItem | undefined,
    ) => { readonly to: ParkedItem; readonly keep: ParkingMove['keep'] } | undefined,
  ): Promise<readonly (Fault | undefined)[]> {
    const attempt = async (some: readonly T[], signal: AbortSignal) => {
      const { noted } = await this.#items.look(
        some.map(({ item }) => item),
        signal,
      );
      const moves = some.flatMap((one, index): { readonly index: number; readonly move: ParkingMove }[] => {
        const from = noted[index];
        const decided = decide(one, from);
        return decided === undefined ? [] : [{ index, move: { item: one.item, from, ...decided } }];
      });
      const results: (Result | undefined)[] = some.map(() => 'done');
      const saved =
        moves.length === 0
          ? []
          : await this.#items.save(
              moves.map(({ move }) => move),
              signal,
            );
      for (const [place, { index }] of moves.entries()) results[index] = saved[place];
      return results;
    };
    return this.#retrier.run(all, attempt, limit);
  }
}
