import { type KeptChange, KeptChanges } from '../../application/ports/kept-changes.ts';
import {
  type NotedItem,
  ParkedItems,
  type ParkedLook,
  type ParkingMove,
} from '../../application/ports/parked-items.ts';
import type { Result } from '../../application/result.ts';
import { compareTexts } from '../../domain/compare-texts.ts';
import { versionText } from '../../domain/version-text.ts';
import { recordJson } from '../json/record-json.ts';
import { Fault } from '../../domain/fault.ts';

/** Parked items and their changes in memory, which are gone with the process. */
export class MemoryParkedItems extends ParkedItems {
  readonly changes: KeptChanges;
  readonly #items = new Map<string, NotedItem>();
  /** By item, records as JSON by their places. */
  readonly #kept = new Map<string, Map<string, string>>();
  #revisions = 0;

  constructor() {
    super();
    this.changes = new MemoryKeptChanges(this.#kept);
  }

  override async look(items: readonly string[], signal?: AbortSignal): Promise<ParkedLook> {
    signal?.throwIfAborted();
    const times = [...this.#items.values()].flatMap(({ parkedAt }) => parkedAt ?? []);
    return {
      noted: items.map((item) => this.#items.get(item)),
      parked: times.length,
      oldest: times.length === 0 ? undefined : Math.min(...times),
    };
  }

  override async save(moves: readonly ParkingMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return moves.map((move) => this.#save(move));
  }

  override async page(_after: string | undefined, signal?: AbortSignal) {
    signal?.throwIfAborted();
    return {
      items: [...this.#items.values()].toSorted((a, b) => compareTexts(a.item, b.item)),
      next: undefined,
    };
  }

  #save({ item, from, to, keep }: ParkingMove): Result {
    if (this.#items.get(item)?.revision !== from?.revision) return 'conflict';
    let texts: readonly (readonly [string, string])[];
    try {
      texts = keep.map(({ version, raw }) => [
        placeOf(version),
        JSON.stringify([version, recordJson(raw, `record ${version.sequence}`, 'parked')]),
      ]);
    } catch (error) {
      return Fault.from(error);
    }
    if (to === undefined) this.#items.delete(item);
    else this.#items.set(item, { ...to, revision: String(++this.#revisions) });
    if (texts.length === 0) return 'done';
    let kept = this.#kept.get(item);
    if (kept === undefined) this.#kept.set(item, (kept = new Map<string, string>()));
    for (const [place, text] of texts) kept.set(place, text);
    return 'done';
  }
}

const placeOf = versionText;

/** So many are given at a time. */
const PAGE = 100;

class MemoryKeptChanges extends KeptChanges {
  readonly #kept: Map<string, Map<string, string>>;

  constructor(kept: Map<string, Map<string, string>>) {
    super();
    this.#kept = kept;
  }

  override async load(
    item: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly KeptChange[]> {
    signal?.throwIfAborted();
    return [...(this.#kept.get(item) ?? [])]
      .filter(([place]) => after === undefined || compareTexts(place, after) > 0)
      .toSorted(([a], [b]) => compareTexts(a, b))
      .slice(0, PAGE)
      .map(([place, text]) => {
        const [version, json] = JSON.parse(text) as [KeptChange['version'], string];
        return { place, version, raw: JSON.parse(json) as unknown };
      });
  }

  override async discard(item: string, changes: readonly KeptChange[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const kept = this.#kept.get(item);
    for (const { place } of changes) kept?.delete(place);
    if (kept?.size === 0) this.#kept.delete(item);
  }
}
