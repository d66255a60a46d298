import type { PointerFound } from '../../application/ports/derived-state.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import type { Change } from '../../domain/change.ts';
import { compareKeyTexts } from '../../domain/key-value.ts';
import {
  type Entity,
  entityKey,
  type Member,
  memberOf,
  pointedBy,
  type PointerModel,
} from '../../domain/pointer.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type ItemKey, itemKey, keyOf, type Row } from '../../domain/row.ts';
import type { KeySchema, RowModel, TableModel } from '../../domain/table-model.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import { compareVersions, passesFence, type Version } from '../../domain/version.ts';
import { satisfies } from '../../domain/when.ts';
import { Tombstones } from './tombstones.ts';

/** A row as last applied. */
interface StoredRow {
  readonly version: Version;
  /** The version of the last change whose old image was not the row as it was. */
  readonly unconnected: Version | undefined;
  readonly attributes: Attributes;
}

interface StoredMember {
  /** The parts of its sort key. */
  readonly parts: readonly string[];
  readonly attributes: Attributes;
}

interface StoredEntity {
  readonly entity: Entity;
  /** By sort key. */
  readonly members: Map<string, StoredMember>;
  pointer: { readonly attributes: Attributes; readonly revision: string } | undefined;
}

/**
 * The table's rows in memory. Keeps every row that the worker reads, a small tombstone for each of the rows
 * removed last, and nothing of rows that the worker does not recognise.
 */
export class MemoryTable extends TableReplica {
  readonly #model: TableModel;
  readonly #rows = new Map<string, StoredRow>();
  readonly #removed = new Tombstones();
  readonly #removedMembers = new Tombstones();
  readonly #entities = new Map<string, StoredEntity>();
  /** By kind of row, the pointers that rows of it may be. */
  readonly #pointersAmong = new Map<RowModel, readonly PointerModel[]>();
  #revisions = 0;

  constructor(model: TableModel) {
    super();
    this.#model = model;
  }

  /** It has rows for what is derived of them, and for the recount of that. */
  override get mayLackRows(): boolean {
    return true;
  }

  override apply(changes: readonly Change[]): Promise<readonly Change[]> {
    return Promise.resolve(changes.filter((change) => this.#applyOne(change)));
  }

  /** An entity's newest row: that with the highest sort key, as DynamoDB sorts. */
  newest(entity: Entity): Member | undefined {
    const stored = this.#entities.get(entityKey(entity));
    if (stored === undefined) return undefined;
    const { sortType } = entity.model.keys;
    let newest: string | undefined;
    for (const sort of stored.members.keys())
      if (newest === undefined || compareKeyTexts(sortType, sort, newest) > 0) newest = sort;
    return newest === undefined ? undefined : this.member(entity, newest);
  }

  /** The entity's row with this sort key. */
  member(entity: Entity, sort: string): Member | undefined {
    const stored = this.#entities.get(entityKey(entity))?.members.get(sort);
    return stored && memberOf(entity, stored.parts, stored.attributes);
  }

  /** What an entity's pointer says, and a revision that changes whenever it is written. */
  pointer(entity: Entity): { readonly member: Member; readonly revision: string } | undefined {
    const row = this.#entities.get(entityKey(entity))?.pointer;
    return row && { member: pointedBy(entity.model, row.attributes), revision: row.revision };
  }

  /** Writes or removes (no member) the pointer if it still has the revision; false when it has not. */
  writePointer(entity: Entity, revision: string | undefined, member: Member | undefined): boolean {
    if (this.#entities.get(entityKey(entity))?.pointer?.revision !== revision) return false;
    this.#setPointer(this.#entity(entity), member && DecodedAttributes.of(member.attributes));
    return true;
  }

  /** The pointers; `isTargetUnknown` where the feed has never shown the row that one points to. */
  *pointers(): Generator<PointerFound> {
    for (const { entity, members, pointer } of this.#entities.values()) {
      if (pointer === undefined) continue;
      const member = pointedBy(entity.model, pointer.attributes);
      const isTargetUnknown =
        !members.has(member.sort) &&
        member.sort !== '' &&
        this.#removedMembers.get(memberKey(entity, member.sort)) === undefined;
      yield { entity, member, isTargetUnknown };
    }
  }

  /** A row as the changes brought it. */
  row(key: ItemKey): Attributes | undefined {
    return this.ofItem(itemKey(key));
  }

  /** What the rows that exist are known by, each as `itemKey` has it. */
  items(): Iterable<string> {
    return this.#rows.keys();
  }

  /** The row that is known so. */
  ofItem(item: string): Attributes | undefined {
    return this.#rows.get(item)?.attributes;
  }

  /** What its rows' keys are called. */
  get keys(): KeySchema {
    return this.#model.keys;
  }

  /** The rows that exist, as the changes brought them; pointers that the worker wrote are not among them. */
  *rows(): Generator<Attributes> {
    for (const { attributes } of this.#rows.values()) yield attributes;
  }

  /** Whether the change's old image is not the row as it was. */
  #applyOne(change: Change): boolean {
    const { item, version, row, after } = change;
    if (row.model.derivedBy === 'counts') return false;
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
    for (const kind of kindsOf(row)) {
      const own = attributes && satisfies(kind.model.when, attributes) ? attributes : undefined;
      for (const model of kind.model.pointers) this.#setMember(model, kind, own, version);
    }
    this.#applyAsPointer(row, attributes);
    return isUnconnected;
  }

  #setMember(model: PointerModel, row: Row, attributes: Attributes | undefined, version: Version): void {
    const inPartition = model.partition.names.length;
    const stored = this.#entity({ model, parts: row.parts.slice(0, inPartition) });
    const parts = row.parts.slice(inPartition);
    const sort = model.sort.render(parts);
    if (attributes === undefined) {
      stored.members.delete(sort);
      this.#removedMembers.add(memberKey(stored.entity, sort), version);
    } else stored.members.set(sort, { parts, attributes });
    this.#forgetIfEmpty(stored);
  }

  /** Where a row that came with the feed is itself a pointer, it is what the pointer says now. */
  #applyAsPointer(row: Row, attributes: Attributes | undefined): void {
    const among = this.#pointersAmongRowsOf(row.model);
    if (among.length === 0) return;
    const { partition, sort } = keyOf(row);
    for (const model of among) {
      const match = model.at === sort ? model.partition.match(partition) : undefined;
      if (match !== undefined && 'parts' in match)
        this.#setPointer(this.#entity({ model, parts: match.parts }), attributes);
    }
  }

  /** Pointers have a kind of their own, unless the definition itself declares one that has their keys. */
  #pointersAmongRowsOf(model: RowModel): readonly PointerModel[] {
    const known = this.#pointersAmong.get(model);
    if (known !== undefined) return known;
    const found = this.#model.pointers.filter(({ at, name }) =>
      model.derivedBy === undefined ? model.sort?.match(at) !== undefined : model.name === name,
    );
    this.#pointersAmong.set(model, found);
    return found;
  }

  #setPointer(stored: StoredEntity, attributes: Attributes | undefined): void {
    stored.pointer = attributes && { attributes, revision: String(++this.#revisions) };
    this.#forgetIfEmpty(stored);
  }

  #forgetIfEmpty({ entity, members, pointer }: StoredEntity): void {
    if (members.size === 0 && pointer === undefined) this.#entities.delete(entityKey(entity));
  }

  #entity(entity: Entity): StoredEntity {
    const key = entityKey(entity);
    const found = this.#entities.get(key);
    if (found !== undefined) return found;
    const created: StoredEntity = { entity, members: new Map(), pointer: undefined };
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

function memberKey(entity: Entity, sort: string): string {
  return `${entityKey(entity)} ${sort}`;
}
