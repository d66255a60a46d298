import { MemoryTable } from '../../adapters/memory/memory-table.ts';
import type { Change } from '../../domain/change.ts';
import { type Entity, entityKey, equalMembers, type Member } from '../../domain/pointer.ts';
import { kindsOf } from '../../domain/roles.ts';
import { keyOf, type Row } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';

interface PastWrite {
  readonly at: number;
  readonly write: (table: MemoryTable) => unknown;
}

/** A table that can be read as it was: what a read that is not consistent may show. */
export class RememberedTable extends MemoryTable {
  readonly #now: () => number;
  readonly #model: TableModel;
  readonly #past: PastWrite[] = [];
  readonly #memberWrites = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(model: TableModel, now: () => number) {
    super(model);
    this.#model = model;
    this.#now = now;
  }

  override async apply(changes: readonly Change[]): Promise<readonly Change[]> {
    this.#past.push({ at: this.#now(), write: (table) => table.apply(changes) });
    const unconnected: Change[] = [];
    for (const change of changes) {
      const places = placesOf(change.row);
      const before = places.map(({ entity, sort }) => this.member(entity, sort));
      unconnected.push(...(await super.apply([change])));
      for (const [index, { entity, sort }] of places.entries())
        if (!equalMembers(before[index], this.member(entity, sort))) this.#noteMemberWrite(entity);
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

  /** Calls back once the entity's pointer is written by the worker, until it is told to stop. */
  onPointer(entity: Entity, wake: () => void): { stop(): void } {
    const key = entityKey(entity);
    const waiting = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiting.add(wake));
    return { stop: () => waiting.delete(wake) };
  }

  /** How often a row of the entity has come, changed or gone. */
  memberWrites(entity: Entity): number {
    return this.#memberWrites.get(entityKey(entity)) ?? 0;
  }

  /** The table as it was at a time, revisions of pointers included. */
  asOf(time: number): MemoryTable {
    const table = new MemoryTable(this.#model);
    for (const { at, write } of this.#past) if (at <= time) void write(table);
    return table;
  }

  #noteMemberWrite(entity: Entity): void {
    this.#memberWrites.set(entityKey(entity), this.memberWrites(entity) + 1);
  }
}

/** Where pointers may find a row. */
function placesOf(row: Row): readonly { readonly entity: Entity; readonly sort: string }[] {
  return kindsOf(row).flatMap(({ model: { pointers }, parts }) =>
    pointers.map((model) => ({
      entity: { model, parts: parts.slice(0, model.partition.names.length) },
      sort: keyOf(row).sort ?? '',
    })),
  );
}
