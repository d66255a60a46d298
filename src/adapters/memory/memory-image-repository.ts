import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../application/ports/image-repository.ts';
import { equalImages, preconditionsOf } from '../../domain/default-image.ts';
import type { Entity } from '../../domain/row.ts';
import type { MemoryTable } from './memory-table.ts';

/** Images and default rows in a table in memory. */
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
    writes: readonly DefaultImageWrite[],
    signal?: AbortSignal,
  ): Promise<readonly ('done' | 'conflict')[]> {
    signal?.throwIfAborted();
    return writes.map((write) => this.#write(write));
  }

  #write({ view, image }: DefaultImageWrite): 'done' | 'conflict' {
    const { entity, revision } = view;
    const holds = preconditionsOf(view, image)?.every((precondition) =>
      equalImages(this.#table.image(entity, precondition.imageId), precondition.image),
    );
    return holds && this.#table.writeDefaultImage(entity, revision, image) ? 'done' : 'conflict';
  }

  #view(entity: Entity): EntityView {
    const found = this.#table.defaultImage(entity);
    return {
      entity,
      newest: this.#table.newestImage(entity),
      current: found?.image,
      target: found && this.#table.image(entity, found.image.imageId),
      revision: found?.revision,
    };
  }
}
