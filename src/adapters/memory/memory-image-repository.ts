import {
  type DefaultImageWrite,
  type EntityView,
  ImageRepository,
} from '../../application/ports/image-repository.ts';
import type { Entity } from '../../domain/row.ts';
import type { MemoryTable } from './memory-table.ts';

/** Images and default rows in a table in memory. */
export class MemoryImageRepository extends ImageRepository {
  readonly #table: MemoryTable;

  constructor(table: MemoryTable) {
    super();
    this.#table = table;
  }

  override load(entities: readonly Entity[]): Promise<readonly EntityView[]> {
    return Promise.resolve(entities.map((entity) => this.#view(entity)));
  }

  override save(writes: readonly DefaultImageWrite[]): Promise<readonly ('saved' | 'conflict')[]> {
    return Promise.resolve(
      writes.map(({ view, image }) =>
        this.#table.writeDefaultImage(view.entity, view.revision, image) ? 'saved' : 'conflict',
      ),
    );
  }

  #view(entity: Entity): EntityView {
    const found = this.#table.defaultImage(entity);
    return {
      entity,
      newest: this.#table.newestImage(entity),
      current: found?.image,
      pointed: found && this.#table.image(entity, found.image.imageId),
      revision: found?.revision,
    };
  }
}
