import {
  type EntityView,
  ImageRepository,
  type PointerWrite,
} from '../../application/ports/image-repository.ts';
import type { Result } from '../../application/result.ts';
import { pointerFault } from '../../domain/pointer-limits.ts';
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

  override async save(writes: readonly PointerWrite[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    return writes.map((write) => this.#write(write));
  }

  #write({ view, member }: PointerWrite): Result {
    const { entity, revision } = view;
    const preconditions = preconditionsOf(view, member);
    if (preconditions === undefined) return 'conflict';
    const fault = member && pointerFault(entity, member);
    if (fault !== undefined) return fault;
    const holds = preconditions.every((precondition) =>
      equalMembers(this.#table.member(entity, precondition.sort), precondition.member),
    );
    return holds && this.#table.writePointer(entity, revision, member) ? 'done' : 'conflict';
  }

  #view(entity: Entity): EntityView {
    const found = this.#table.pointer(entity);
    const target = found && this.#table.member(entity, found.member.sort);
    const decides = target === undefined || entity.model.choose === 'newest';
    return {
      entity,
      newest: decides ? this.#table.newest(entity) : undefined,
      current: found?.member,
      target,
      revision: found?.revision,
    };
  }
}
