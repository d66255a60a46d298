import { Fault } from '../../domain/fault.ts';
import { isParked } from '../../domain/parked-item.ts';
import { type ItemKey, readItemKey } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { compareVersions } from '../../domain/version.ts';
import type { BringIntoLine, DerivationTally } from '../bring-into-line/bring-into-line.ts';
import { mapConcurrently } from '../map-concurrently.ts';
import type { KeptChanges } from '../ports/kept-changes.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { NotedItem, ParkedItems } from '../ports/parked-items.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { Result } from '../result.ts';
import type { Retrier } from '../retry.ts';
import { ZERO_EFFECTS } from '../run-effects.ts';
import { Pace } from '../scan/pace.ts';
import { NO_LIMIT } from '../time-limit.ts';
import type { RedriveFigures, StillFailed } from './redrive.ts';
import type { ReplayKept, ReplayOptions } from './replay-kept.ts';

export interface RedriveParkedDependencies {
  readonly model: TableModel;
  readonly items: ParkedItems;
  readonly kept: KeptChanges;
  readonly replay: Pick<ReplayKept, 'execute'>;
  readonly bring: Pick<BringIntoLine, 'execute'>;
  readonly retrier: Retrier;
  readonly clock: MonotonicClock;
  readonly sleeper: Sleeper;
}

export interface RedriveParkedOptions extends ReplayOptions {
  /** Rows a second; undefined for as fast as it goes. */
  readonly rate: number | undefined;
}

export interface ParkedFigures extends RedriveFigures {
  /** Changes that were given up, as they were refused for good. */
  refused: number;
}

/** Items under way at a time. */
const TOGETHER = 25;

/** Items of which effects are run at a time. */
const CONCURRENCY = 8;

/** So often an item is brought into line that goes on changing; then the next redrive does it. */
const ROUNDS = 5;

/**
 * Redrives parked items: carries out what its kept changes ask for, in their order, brings what is derived of the item into line with the row as it is
 * now, and takes its note away on condition that no change of it was noted meanwhile; otherwise it is brought again.
 *
 * Idempotent, whenever it ends; beside any number of workers, and of others that redrive. What fails stays parked.
 */
export class RedriveParked {
  readonly #deps: RedriveParkedDependencies;

  constructor(deps: RedriveParkedDependencies) {
    this.#deps = deps;
  }

  /**
   * @param stop once aborted, what is under way is the last.
   * @param onBegun is given the figures, which grow from then on: their messages are items.
   * @throws Fault when it cannot be told which items are parked.
   */
  async execute(
    options: RedriveParkedOptions,
    onFailed: (failed: StillFailed) => void,
    stop: AbortSignal,
    onBegun?: (figures: ParkedFigures) => void,
  ): Promise<ParkedFigures> {
    const figures: ParkedFigures = {
      ...{ messages: 0, done: 0, failed: 0, records: 0, rows: 0, refused: 0, isStopped: false },
      effects: { ...ZERO_EFFECTS },
      derivations: new Map(),
    };
    onBegun?.(figures);
    const pace = new Pace(this.#deps, options.rate);
    try {
      let after: string | undefined;
      do {
        const page = await this.#deps.items.page(after, stop);
        const parked = page.items.filter(isParked);
        for (let from = 0; from < parked.length; from += TOGETHER) {
          await pace.turn(stop);
          stop.throwIfAborted();
          const some = parked.slice(from, from + TOGETHER);
          const faults = await this.#redrive(some, figures, options);
          for (const noted of some) {
            const fault = faults.get(noted.item);
            figures[fault === undefined ? 'done' : 'failed']++;
            if (fault !== undefined) onFailed({ place: this.#placeOf(noted), why: fault.message });
          }
          figures.messages += some.length;
          pace.took(some.length);
        }
        after = page.next;
      } while (after !== undefined);
    } catch (error) {
      if (!stop.aborted) throw error;
      figures.isStopped = true;
    }
    return figures;
  }

  /** @returns a fault for each item that stays parked. */
  async #redrive(
    some: readonly NotedItem[],
    figures: ParkedFigures,
    options: RedriveParkedOptions,
  ): Promise<ReadonlyMap<string, Fault>> {
    const faults = new Map<string, Fault>();
    let pending = some;
    for (let round = 1; pending.length > 0; round++) {
      const replayed = await this.#replay(pending, faults, figures, options);
      await this.#bring(replayed, faults, figures);
      if (options.isDry) break;
      const again = await this.#unpark(
        replayed.filter(({ item }) => !faults.has(item)),
        faults,
      );
      if (round < ROUNDS) pending = again;
      else {
        for (const { item } of again) faults.set(item, CHANGING);
        break;
      }
    }
    return faults;
  }

  /** @returns the items of which all kept changes are carried out. */
  async #replay(
    items: readonly NotedItem[],
    faults: Map<string, Fault>,
    figures: ParkedFigures,
    options: RedriveParkedOptions,
  ): Promise<readonly NotedItem[]> {
    await mapConcurrently(items, CONCURRENCY, async (noted) => {
      const fault = await this.#replayOne(noted, figures, options).catch((error: unknown) =>
        Fault.from(error),
      );
      if (fault !== undefined) faults.set(noted.item, fault);
    });
    return items.filter(({ item }) => !faults.has(item));
  }

  async #replayOne(
    { item, newest }: NotedItem,
    figures: ParkedFigures,
    options: RedriveParkedOptions,
  ): Promise<Fault | undefined> {
    const { kept, replay } = this.#deps;
    const malformed = this.#malformed(item);
    let isGone = false;
    let after: string | undefined;
    for (;;) {
      const changes = await kept.load(item, after);
      const last = changes.at(-1);
      if (last === undefined) break;
      isGone = eventOf(last.raw) === 'REMOVE';
      const isLast = compareVersions(last.version, newest) >= 0;
      const { fault, effects, refused } = await replay.execute(changes, item, isLast, options);
      for (const name of ['run', 'skipped', 'repeated'] as const) figures.effects[name] += effects[name];
      figures.records += changes.length;
      figures.refused += refused;
      if (fault !== undefined) return fault;
      // Whether the row is gone is told by the last of them.
      if (!options.isDry && malformed === undefined) await kept.discard(item, changes);
      after = last.place;
    }
    if (malformed === undefined) return undefined;
    if (!isGone) return malformed;
    if (!options.isDry) await this.#discardAll(item);
    return undefined;
  }

  async #discardAll(item: string): Promise<void> {
    const { kept } = this.#deps;
    for (;;) {
      const changes = await kept.load(item, undefined);
      if (changes.length === 0) return;
      await kept.discard(item, changes);
    }
  }

  async #bring(
    items: readonly NotedItem[],
    faults: Map<string, Fault>,
    figures: ParkedFigures,
  ): Promise<void> {
    const rows = items.flatMap((noted) => {
      const key = this.#keyOf(noted.item);
      // Of keys that are wrong nothing was ever derived.
      return key === undefined || this.#malformed(noted.item) !== undefined
        ? []
        : [{ item: noted.item, key, since: noted.newest }];
    });
    const brought = await this.#deps.bring.execute(rows);
    for (const [index, { item }] of rows.entries()) {
      const fault = brought.faults[index];
      if (fault !== undefined) faults.set(item, fault);
    }
    figures.rows += rows.length;
    for (const [name, { written, unchanged }] of brought.derivations) {
      const known: DerivationTally = figures.derivations.get(name) ?? { written: 0, unchanged: 0 };
      figures.derivations.set(name, {
        written: known.written + written,
        unchanged: known.unchanged + unchanged,
      });
    }
  }

  /** @returns those of which a change was noted meanwhile, as they are by now. */
  async #unpark(items: readonly NotedItem[], faults: Map<string, Fault>): Promise<readonly NotedItem[]> {
    const changed: string[] = [];
    const attempt = async (some: readonly NotedItem[], signal: AbortSignal): Promise<readonly Result[]> => {
      const results = await this.#deps.items.save(
        some.map((from) => ({ item: from.item, from, to: undefined, keep: [] })),
        signal,
      );
      return some.map(({ item }, index) => {
        const result = results[index] ?? new Fault('transient', 'the adapter gave no result for this item');
        if (result !== 'conflict') return result;
        changed.push(item);
        return 'done';
      });
    };
    const failures = await this.#deps.retrier.run(items, attempt, NO_LIMIT);
    for (const [index, { item }] of items.entries()) {
      const fault = failures[index];
      if (fault !== undefined) faults.set(item, fault);
    }
    if (changed.length === 0) return [];
    const { noted } = await this.#deps.items.look(changed);
    // One that is not parked any more, somebody else has redriven.
    return noted.filter((one) => one !== undefined).filter(isParked);
  }

  #keyOf(item: string): ItemKey | undefined {
    return readItemKey(item, this.#deps.model.keys.sort !== undefined);
  }

  #malformed(item: string): Fault | undefined {
    const key = this.#keyOf(item);
    const row = key && this.#deps.model.rowOf(key.partition, key.sort);
    return row !== undefined && 'malformed' in row
      ? new Fault('permanent', row.malformed, { reason: row.reason })
      : undefined;
  }

  /** An item, in words. */
  #placeOf({ item }: NotedItem): string {
    const { partition, sort } = this.#deps.model.keys;
    const key = this.#keyOf(item);
    if (key === undefined) return `item ${item}`;
    const ofSort = sort === undefined ? '' : ` ${sort} ${JSON.stringify(key.sort)}`;
    return `${partition} ${JSON.stringify(key.partition)}${ofSort}`;
  }
}

const CHANGING = new Fault('transient', 'its row was changed each time that it was brought into line');

function eventOf(raw: unknown): unknown {
  return (raw as { readonly eventName?: unknown } | null)?.eventName;
}
