import type { Change } from '../../domain/change.ts';
import { compareUtf8 } from '../../domain/compare-texts.ts';
import { defaultImageOf, type Image, imageOf } from '../../domain/default-image.ts';
import { type Entity, entityKey } from '../../domain/row.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import { passesFence, type Version } from '../../domain/version.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { Tombstones } from './tombstones.ts';

/** A row as last applied. */
interface StoredRow {
  readonly version: Version;
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
  readonly #entities = new Map<string, StoredEntity>();
  #revisions = 0;

  override apply(changes: readonly Change[]): Promise<void> {
    for (const change of changes) this.#applyOne(change);
    return Promise.resolve();
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

  *defaultImages(): Generator<{ readonly entity: Entity; readonly image: Image }> {
    for (const { entity, defaultRow } of this.#entities.values())
      if (defaultRow !== undefined) yield { entity, image: defaultImageOf(defaultRow.attributes) };
  }

  /** The rows that exist, as the changes brought them; default rows that the worker wrote are not among them. */
  *rows(): Generator<Attributes> {
    for (const { attributes } of this.#rows.values()) yield attributes;
  }

  #applyOne({ item, version, row, after }: Change): void {
    if (row.kind === 'matcher-tuple') return;
    if (!passesFence(this.#rows.get(item)?.version ?? this.#removed.get(item), version)) return;
    // Decoded and on its own: the record that it came with must not stay in memory.
    const attributes = typeof after === 'string' ? undefined : new DecodedAttributes(after.all());
    if (attributes === undefined) {
      this.#rows.delete(item);
      this.#removed.add(item, version);
    } else {
      this.#rows.set(item, { version, attributes });
      this.#removed.delete(item);
    }
    if (row.kind === 'image') {
      const stored = this.#entity(row.entity);
      if (attributes === undefined) stored.images.delete(row.imageId);
      else stored.images.set(row.imageId, attributes);
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
