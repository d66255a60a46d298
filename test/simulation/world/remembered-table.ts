import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import type { Change } from '../../../src/domain/change.ts';
import { equalImages, type Image } from '../../../src/domain/default-image.ts';
import { type Entity, entityKey } from '../../../src/domain/row.ts';

interface PastWrite {
  readonly at: number;
  readonly write: (table: MemoryTable) => unknown;
}

/** A table that can be read as it was: what a read that is not consistent may show. */
export class RememberedTable extends MemoryTable {
  readonly #now: () => number;
  readonly #past: PastWrite[] = [];
  readonly #imageWrites = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(now: () => number) {
    super();
    this.#now = now;
  }

  override async apply(changes: readonly Change[]): Promise<readonly Change[]> {
    this.#past.push({ at: this.#now(), write: (table) => table.apply(changes) });
    const unconnected: Change[] = [];
    for (const change of changes) {
      const { row } = change;
      const before = row.kind === 'image' ? this.image(row.entity, row.imageId) : undefined;
      unconnected.push(...(await super.apply([change])));
      if (row.kind === 'image' && !equalImages(before, this.image(row.entity, row.imageId)))
        this.#noteImageWrite(row.entity);
    }
    return unconnected;
  }

  override writeDefaultImage(
    entity: Entity,
    revision: string | undefined,
    image: Image | undefined,
  ): boolean {
    this.#past.push({
      at: this.#now(),
      write: (table) => table.writeDefaultImage(entity, revision, image),
    });
    const isWritten = super.writeDefaultImage(entity, revision, image);
    if (isWritten) for (const wake of this.#waiting.get(entityKey(entity)) ?? []) wake();
    return isWritten;
  }

  /** Calls back once the entity's default row is written by the worker, until it is told to stop. */
  onDefaultRow(entity: Entity, wake: () => void): { stop(): void } {
    const key = entityKey(entity);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(wake));
    return { stop: () => waiting.delete(wake) };
  }

  /** How often an image of the entity has come, changed or gone. */
  imageWrites(entity: Entity): number {
    return this.#imageWrites.get(entityKey(entity)) ?? 0;
  }

  /** The table as it was at a time, revisions of default rows included. */
  asOf(time: number): MemoryTable {
    const table = new MemoryTable();
    for (const { at, write } of this.#past) if (at <= time) void write(table);
    return table;
  }

  #noteImageWrite(entity: Entity): void {
    this.#imageWrites.set(entityKey(entity), this.imageWrites(entity) + 1);
  }
}
