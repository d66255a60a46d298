import { Decimal } from './decimal.ts';
import type { KeyTemplate } from './definition/key-template.ts';
import { isAllowed, type PartRule } from './definition/overlap.ts';
import { Fault } from './fault.ts';
import { toJson } from './json.ts';
import { compareKeyTexts, keyTextOf } from './key-value.ts';
import { type ItemKey, partOf, type Row } from './row.ts';
import { describeRow } from './row-view.ts';
import type { KeySchema } from './table-model.ts';
import { type Attributes, equalRecords, type Value } from './value.ts';
import type { When } from './when.ts';

/** Pointers to one kind of row: one for each entity, which is all rows of the kind in one partition. */
export interface PointerModel {
  /** The derivation's name. */
  readonly name: string;
  /** What the kind of row is called. */
  readonly kind: string;
  /** Of the table. */
  readonly keys: KeySchema;
  /** The partition of the rows and of the pointer. */
  readonly partition: KeyTemplate;
  /** The sort key of the rows. */
  readonly sort: KeyTemplate;
  /** What each part of that sort key may hold. */
  readonly sortRules: readonly PartRule[];
  /** What else a row must say to be one that they may point to. */
  readonly when: When | undefined;
  /** The sort key of the pointer. */
  readonly at: string;
  readonly choose: 'keep' | 'newest';
  /** The attributes that the pointer repeats, beside the parts of the key. */
  readonly repeat: readonly string[];
  /** The parts of the key that the pointer repeats as attributes: those of the sort key, and others that are asked for. */
  readonly repeatedParts: readonly string[];
}

/** Rows of one kind in one partition. */
export interface Entity {
  readonly model: PointerModel;
  /** The parts of the partition key. */
  readonly parts: readonly string[];
}

/** One string per entity; no two entities share one. */
export function entityKey({ model, parts }: Entity): string {
  return JSON.stringify([model.name, ...parts]);
}

/** A row of an entity, or what the pointer says of one. */
export interface Member {
  /** Its sort key; empty where a pointer names no row. */
  readonly sort: string;
  /** What a pointer repeats of it: those attributes that the row has. */
  readonly attributes: Readonly<Record<string, Value>>;
}

/**
 * Everything that is needed to decide on an entity's pointer. Its parts may come from reads at different moments, and
 * so show what was never true at once: see `contradictsItself`.
 */
export interface EntityRows {
  readonly entity: Entity;
  /**
   * The row with the highest sort key; undefined when the entity has no rows. Not needed, and perhaps not read, where the
   * pointer is to stay with its row, and that is there.
   */
  readonly newest: Member | undefined;
  /** What the pointer says; undefined when there is none. */
  readonly current: Member | undefined;
  /** The row that the pointer points to, as it is now; undefined when it is gone, or there is no pointer. */
  readonly target: Member | undefined;
}

/**
 * Whether a view shows what was never true at once, so that nothing may be decided on it: the target was found,
 * although there is no newest row, or it is older than the target, or another row with that sort key. Where the pointer
 * stays with a row that is there, the newest decides nothing, and so contradicts nothing.
 *
 * Nobody else would correct such a decision. A change of a row is handled after it is made, so whoever handles an
 * entity's last change reads the rows in their final state, and leaves the pointer right. A decision on older
 * reads is harmless unless its write can pass its conditions and make a right pointer wrong. The conditions are that
 * the pointer is as it was read, and so is each row of `preconditionsOf`. Whatever the moments of the reads:
 *
 * - `create`, `switch` and `repair` check the row that they write, and `switch` that the old one is still gone: where
 *   they pass, the pointer becomes right.
 * - `switch` to a newer row, where the newest is asked for, checks that both are there: where it passes, the pointer was
 *   not right.
 * - `remove` without a target checks that it is still gone: where it passes, the pointer was not right.
 * - `remove` with a target checks that it is still there: it would pass exactly where the pointer is right. That is this
 *   contradiction: the newest row was read before the target came, and the pointer after it was pointed there.
 */
export function contradictsItself({ entity, newest, current, target }: EntityRows): boolean {
  if (entity.model.choose === 'keep' && target !== undefined) return false;
  if (newest === undefined) return target !== undefined;
  if (current?.sort === newest.sort) return !equalMembers(target, newest);
  return target !== undefined && compareKeyTexts(entity.model.keys.sortType, newest.sort, target.sort) < 0;
}

export type PointerDecision =
  /** The pointer is as it must be: write nothing. */
  | { readonly action: 'keep' }
  /** No rows remain: remove the pointer. */
  | { readonly action: 'remove' }
  /** `create` where there was none, `switch` to another row, `repair` where attributes differ. */
  | { readonly action: 'create' | 'switch' | 'repair'; readonly member: Member };

/**
 * Decides on a view that does not contradict itself. Four cases: no rows, no pointer; rows, and so a pointer; a pointer
 * whose row is gone moves to the newest; a valid one stays, even beside a newer row, unless the newest is asked for.
 */
export function decidePointer({ entity, newest, current, target }: EntityRows): PointerDecision {
  const isWanted = entity.model.choose === 'keep' || current?.sort === newest?.sort;
  if (current !== undefined && target !== undefined && isWanted)
    return equalRecords(current.attributes, target.attributes)
      ? { action: 'keep' }
      : { action: 'repair', member: target };
  if (newest === undefined) return current === undefined ? { action: 'keep' } : { action: 'remove' };
  return { action: current === undefined ? 'create' : 'switch', member: newest };
}

/** What must be true of one row for a write of the pointer to be right. */
export interface MemberPrecondition {
  readonly sort: string;
  /** What the row must still say; undefined where there must still be none with that sort key. */
  readonly member: Member | undefined;
}

/**
 * What a write of the pointer depends on, beside the pointer itself: its target, and the row that it is to repeat,
 * `written`, each as it was read.
 *
 * @returns one precondition per row; undefined where the two contradict each other, because no single state of the
 *   table has both.
 */
export function preconditionsOf(
  { current, target }: EntityRows,
  written: Member | undefined,
): readonly MemberPrecondition[] | undefined {
  // A pointer that names no row has no target that could come or go.
  const preconditions =
    current === undefined || current.sort === '' ? [] : [{ sort: current.sort, member: target }];
  if (written === undefined) return preconditions;
  if (current?.sort !== written.sort) return [...preconditions, { sort: written.sort, member: written }];
  return equalMembers(target, written) ? preconditions : undefined;
}

/** Whether both are the same row and say the same, or both are none. */
export function equalMembers(a: Member | undefined, b: Member | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.sort === b.sort && equalRecords(a.attributes, b.attributes);
}

/** The entities whose pointer has a key. */
export function pointersAt(models: readonly PointerModel[], { partition, sort }: ItemKey): readonly Entity[] {
  return models.flatMap((model) => {
    const match = model.at === sort ? model.partition.match(partition) : undefined;
    return match !== undefined && 'parts' in match ? [{ model, parts: match.parts }] : [];
  });
}

/** The parts of a sort key; undefined where no row that the pointers may point to has such a one. */
export function sortPartsOf({ sort, sortRules }: PointerModel, key: string): readonly string[] | undefined {
  const match = sort.match(key);
  if (match === undefined || 'malformed' in match) return undefined;
  return match.parts.every((part, index) => isAllowed(sortRules[index], part)) ? match.parts : undefined;
}

/** What a pointer must repeat of a row. The row's key overrides what its attributes say. */
export function memberOf({ model, parts }: Entity, sortParts: readonly string[], row: Attributes): Member {
  const repeated = repeatedAttributes(model, row);
  for (const name of model.repeatedParts) {
    const inPartition = model.partition.names.indexOf(name);
    const part = inPartition < 0 ? sortParts[model.sort.names.indexOf(name)] : parts[inPartition];
    repeated[name] = part ?? '';
  }
  return { sort: model.sort.render(sortParts), attributes: repeated };
}

/** What a pointer says, right or wrong. One that names no row has no target. */
export function pointedBy(model: PointerModel, pointer: Attributes): Member {
  const { sort } = model;
  const attributes = repeatedAttributes(model, pointer);
  for (const name of model.repeatedParts) {
    const value = pointer.get(name);
    if (value !== undefined) attributes[name] = value;
  }
  const parts = sort.names.map((name) => attributes[name]);
  const isNamed = parts.every((part) => typeof part === 'string' && part !== '');
  return { sort: isNamed ? sort.render(parts as string[]) : '', attributes };
}

function repeatedAttributes({ repeat }: PointerModel, row: Attributes): Record<string, Value> {
  const attributes: Record<string, Value> = {};
  for (const name of repeat) {
    const value = row.get(name);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

/**
 * Later reads find a row by its key and take these parts from there: what contradicts them would be lost in silence.
 *
 * @throws Fault `permanent` when an attribute of the row says otherwise than its key.
 */
export function checkRepeatedParts(model: PointerModel, row: Row, after: Attributes): void {
  const { repeatedParts, sort, keys } = model;
  for (const name of repeatedParts) {
    const value = after.get(name);
    const inKey = partOf(row, name);
    if (value === undefined || value === inKey) continue;
    const type = sort.names.includes(name) ? keys.sortType : keys.partitionType;
    const text = keyTextOf(value, type);
    // A number's part is its digits: the attribute may be the number itself.
    if (text === inKey) continue;
    const isShown = typeof value === 'string' || (type === 'N' && value instanceof Decimal);
    const found = isShown ? toJson(value) : 'not a string';
    throw new Fault(
      'permanent',
      `${describeRow(row)} contradicts its key: ${name} is ${found}, the key says ${JSON.stringify(inKey)}`,
      { reason: `the ${row.model.name} row contradicts its key: its ${name}` },
    );
  }
}
