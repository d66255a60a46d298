import {
  type EntityView,
  ImageRepository,
  type PointerWrite,
} from '../../application/ports/image-repository.ts';
import { type Entity, equalMembers, preconditionsOf } from '../../domain/pointer.ts';
import type { MemoryTable } from './memory-table.ts';

/** Entities and their pointers in a table in memory. */
export class MemoryImageRepository extends ImageRepository {
  readonly #table: MemoryTable;

  constructor(table: MemoryTable) {
    super();
    this.#table = table;
  }

  override async load(entities: readonly Entity[], signal?: AbortSignal): Promise<readonly EntityView[]> {
    signal?.throwIfAborted();
    return entities.map((entity) => this.#view(entity));
  }

  override async save(
    writes: readonly PointerWrite[],
    signal?: AbortSignal,
  ): Promise<readonly ('done' | 'conflict')[]> {
    signal?.throwIfAborted();
    return writes.map((write) => this.#write(write));
  }

  #write({ view, member }: PointerWrite): 'done' | 'conflict' {
    const { entity, revision } = view;
    const holds = preconditionsOf(view, member)?.every((precondition) =>
      equalMembers(this.#table.member(entity, precondition.sort), precondition.member),
    );
    return holds && this.#table.writePointer(entity, revision, member) ? 'done' : 'conflict';
  }

  #view(entity: Entity): EntityView {
    const found = this.#table.pointer(entity);
    return {
      entity,
      newest: this.#table.newest(entity),
      current: found?.member,
      target: found && this.#table.member(entity, found.member.sort),
      revision: found?.revision,
    };
  }
}
