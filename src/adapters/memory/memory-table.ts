import type { Change } from '../../domain/change.ts';
import { compareUtf8 } from '../../domain/compare-texts.ts';
import { defaultImageOf, type Image, imageOf } from '../../domain/default-image.ts';
import { type Entity, entityKey, type Row } from '../../domain/row.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import { compareVersions, passesFence, type Version } from '../../domain/version.ts';
import type { DefaultImageFound } from '../../application/ports/derived-state.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { Tombstones } from './tombstones.ts';

/** A row as last applied. */
interface StoredRow {
  readonly version: Version;
  /** The version of the last change whose old image was not the row as it was. */
  readonly unconnected: Version | undefined;
  readonly attributes: Attributes;
}

interface StoredEntity {
  readonly entity: Entity;
  readonly images: Map<string, Attributes>;
  defaultRow: { readonly attributes: Attributes; readonly revision: string } | undefined;
}

/**
 * The table's rows in memory. Keeps every row that the worker reads, a small tombstone for each of the rows
 * removed last, and nothing of rows that the worker does not recognise.
 */
export class MemoryTable extends TableReplica {
  readonly #rows = new Map<string, StoredRow>();
  readonly #removed = new Tombstones();
  readonly #removedImages = new Tombstones();
  readonly #entities = new Map<string, StoredEntity>();
  #revisions = 0;

  override apply(changes: readonly Change[]): Promise<readonly Change[]> {
    return Promise.resolve(changes.filter((change) => this.#applyOne(change)));
  }

  /** An entity's newest image: DynamoDB orders sort keys by their UTF-8 bytes. */
  newestImage(entity: Entity): Image | undefined {
    const stored = this.#entities.get(entityKey(entity));
    if (stored === undefined) return undefined;
    let newest: string | undefined;
    for (const id of stored.images.keys())
      if (newest === undefined || compareUtf8(id, newest) > 0) newest = id;
    return newest === undefined ? undefined : this.image(entity, newest);
  }

  image(entity: Entity, imageId: string): Image | undefined {
    const attributes = this.#entities.get(entityKey(entity))?.images.get(imageId);
    return attributes === undefined ? undefined : imageOf(entity, imageId, attributes);
  }

  /** What an entity's default row says, and a revision that changes whenever the row is written. */
  defaultImage(entity: Entity): { readonly image: Image; readonly revision: string } | undefined {
    const row = this.#entities.get(entityKey(entity))?.defaultRow;
    return row === undefined ? undefined : { image: defaultImageOf(row.attributes), revision: row.revision };
  }

  /** Writes or removes (no image) the default row if it still has the revision; false when it has not. */
  writeDefaultImage(entity: Entity, revision: string | undefined, image: Image | undefined): boolean {
    if (this.#entities.get(entityKey(entity))?.defaultRow?.revision !== revision) return false;
    this.#setDefaultRow(
      this.#entity(entity),
      image && new DecodedAttributes(new Map(Object.entries(image.attributes))),
    );
    return true;
  }

  /** The default rows; `isImageUnknown` where the feed has never shown the image that one points to. */
  *defaultImages(): Generator<DefaultImageFound> {
    for (const { entity, images, defaultRow } of this.#entities.values()) {
      if (defaultRow === undefined) continue;
      const image = defaultImageOf(defaultRow.attributes);
      const isImageUnknown =
        !images.has(image.imageId) &&
        image.imageId !== '' &&
        this.#removedImages.get(imageKey(entity, image.imageId)) === undefined;
      yield { entity, image, isImageUnknown };
    }
  }

  /** The rows that exist, as the changes brought them; default rows that the worker wrote are not among them. */
  *rows(): Generator<Attributes> {
    for (const { attributes } of this.#rows.values()) yield attributes;
  }

  /** Whether the change's old image is not the row as it was. */
  #applyOne(change: Change): boolean {
    const { item, version, row, after } = change;
    if (row.kind === 'matcher-tuple') return false;
    const stored = this.#rows.get(item);
    if (!passesFence(stored?.version ?? this.#removed.get(item), version))
      return stored?.unconnected !== undefined && compareVersions(stored.unconnected, version) === 0;
    const isUnconnected = !isBefore(change, stored?.attributes);
    // Decoded, on its own: the record that it came in must not stay in memory.
    const attributes = typeof after === 'string' ? undefined : new DecodedAttributes(after.all());
    if (attributes === undefined) {
      this.#rows.delete(item);
      this.#removed.add(item, version);
    } else {
      const unconnected = isUnconnected ? version : stored?.unconnected;
      this.#rows.set(item, { version, unconnected, attributes });
      this.#removed.delete(item);
    }
    this.#applyToEntity(row, attributes, version);
    return isUnconnected;
  }

  #applyToEntity(row: Row, attributes: Attributes | undefined, version: Version): void {
    if (row.kind === 'image') {
      const stored = this.#entity(row.entity);
      if (attributes === undefined) {
        stored.images.delete(row.imageId);
        this.#removedImages.add(imageKey(row.entity, row.imageId), version);
      } else stored.images.set(row.imageId, attributes);
      this.#forgetIfEmpty(stored);
    } else if (row.kind === 'default-image') this.#setDefaultRow(this.#entity(row.entity), attributes);
  }

  #setDefaultRow(stored: StoredEntity, attributes: Attributes | undefined): void {
    stored.defaultRow = attributes && { attributes, revision: String(++this.#revisions) };
    this.#forgetIfEmpty(stored);
  }

  #forgetIfEmpty({ entity, images, defaultRow }: StoredEntity): void {
    if (images.size === 0 && defaultRow === undefined) this.#entities.delete(entityKey(entity));
  }

  #entity(entity: Entity): StoredEntity {
    const key = entityKey(entity);
    const found = this.#entities.get(key);
    if (found !== undefined) return found;
    const created: StoredEntity = { entity, images: new Map(), defaultRow: undefined };
    this.#entities.set(key, created);
    return created;
  }
}

/** Whether a row was as a change says that it was before. */
function isBefore({ before }: Change, row: Attributes | undefined): boolean {
  if (typeof before === 'string') return row === undefined;
  try {
    return row !== undefined && before.equals(row);
  } catch {
    // The old image cannot be decoded.
    return false;
  }
}

function imageKey(entity: Entity, imageId: string): string {
  return `${entityKey(entity)} ${imageId}`;
}
