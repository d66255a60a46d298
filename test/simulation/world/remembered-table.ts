import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import type { Change } from '../../../src/domain/change.ts';
import { type Entity, entityKey, equalMembers, type Member } from '../../../src/domain/pointer.ts';
import { keyOf, type Row } from '../../../src/domain/row.ts';
import { fleet } from '../../../src/fleet/definition.ts';

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
    super(fleet.model);
    this.#now = now;
  }

  override async apply(changes: readonly Change[]): Promise<readonly Change[]> {
    this.#past.push({ at: this.#now(), write: (table) => table.apply(changes) });
    const unconnected: Change[] = [];
    for (const change of changes) {
      const image = imageOf(change.row);
      const before = image && this.member(image.entity, image.sort);
      unconnected.push(...(await super.apply([change])));
      if (image !== undefined && !equalMembers(before, this.member(image.entity, image.sort)))
        this.#noteImageWrite(image.entity);
    }
    return unconnected;
  }

  override writePointer(entity: Entity, revision: string | undefined, member: Member | undefined): boolean {
    this.#past.push({
      at: this.#now(),
      write: (table) => table.writePointer(entity, revision, member),
    });
    const isWritten = super.writePointer(entity, revision, member);
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
    const table = new MemoryTable(fleet.model);
    for (const { at, write } of this.#past) if (at <= time) void write(table);
    return table;
  }

  #noteImageWrite(entity: Entity): void {
    this.#imageWrites.set(entityKey(entity), this.imageWrites(entity) + 1);
  }
}

/** Which image a row is; undefined for rows of other kinds. */
function imageOf(row: Row): { readonly entity: Entity; readonly sort: string } | undefined {
  const [model] = row.model.pointers;
  if (model === undefined) return undefined;
  const entity = { model, parts: row.parts.slice(0, model.partition.names.length) };
  return { entity, sort: keyOf(row).sort ?? '' };
}
