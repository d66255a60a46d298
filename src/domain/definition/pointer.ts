import { MARKS } from '../stored-rows.ts';
import { isPlainObject } from '../plain-value.ts';
import type { PointerModel } from '../pointer.ts';
import type { KeySchema, RowModel } from '../table-model.ts';
import { isStringArray, membersOf, namesProblem, type Owner, shown } from './problems.ts';
import type { AnyAttributes, KeyTemplates, Parts, RowKind } from './row.ts';
import { keyNames, NO_KEYS, NO_TEMPLATE, templatesOf } from './templates.ts';

/** Where the row that points stands, to which row it points, and what it repeats of it. */
export interface PointerSpec<Key, A, Repeated = (keyof A | keyof Parts<Key>) & string> {
  /**
   * The sort key of the row that points, by the attribute's name: `{ SK: 'DEFAULT' }`, `{ at: '-1' }` where it is a number.
   * It is in the partition of the rows.
   */
  readonly at: { readonly [Attribute in keyof Key]?: string };
  /**
   * `keep`: it stays with its row as long as there is one. `newest`: it always points to the row with the highest sort
   * key, as DynamoDB sorts: numbers by what they say.
   */
  readonly choose: 'keep' | 'newest';
  /**
   * The attributes of the row that the pointer repeats. One that is named like a part of the key is taken from there,
   * and a row whose attribute says otherwise is poison.
   */
  readonly repeat: readonly Repeated[];
}

/** What a pointer's row says: the parts of the key of the row that it points to, and what it repeats of it. */
export type PointerRowOf<Key, A, Repeated> = Key & {
  readonly [Name in keyof A as Exclude<Extract<Name, Repeated>, keyof Key>]?: A[Name];
};

/** One row per partition that points to another of its rows. */
export interface Pointer<Row = unknown> {
  readonly is: 'pointer';
  readonly of: RowKind;
  readonly spec: PointerSpec<KeyTemplates, AnyAttributes>;
  /** For the compiler only: never there. */
  readonly types?: { readonly row: Row };
}

/**
 * Keeps one row per entity, which is all rows of a kind in one partition, that points to one of them and repeats some of
 * its attributes. It names its row by the parts of the sort key, which are texts, also of a number.
 */
export function pointer<
  Key extends KeyTemplates,
  A,
  Repeated extends (keyof A | keyof Parts<Key>) & string = (keyof A | keyof Parts<Key>) & string,
>(of: RowKind<Key, A>, spec: PointerSpec<Key, A, Repeated>): Pointer<PointerRowOf<Parts<Key>, A, Repeated>> {
  return Object.freeze({ is: 'pointer', of, spec } as unknown as Pointer<
    PointerRowOf<Parts<Key>, A, Repeated>
  >);
}

/** Attributes of a pointer that say who wrote it, and which writing of it this is. */
const NOTED: readonly string[] = [...MARKS, 'revision'];

/** Of each, a condition says that it is still as it was; all fit into the 4 KB that DynamoDB takes of conditions. */
const MOST_REPEATED = 100;

/** Reads a specification, and adds what is wrong with it to the owner's problems. */
export function pointerModel(
  owner: Owner,
  spec: unknown,
  row: Pick<RowModel, 'name' | 'partition' | 'sort' | 'rules' | 'when'> | undefined,
  keys: KeySchema | undefined,
): PointerModel {
  const { name, names = [], problem } = owner;
  const { partition, sort } = row ?? { partition: undefined, sort: undefined };
  const { at, choose, repeat } = membersOf(owner, 'its specification', spec, ['at', 'choose', 'repeat']);
  if (choose !== 'keep' && choose !== 'newest')
    problem(`its choose must be keep or newest, and is ${shown(choose)}`);
  const wrong = namesProblem(repeat);
  if (wrong !== undefined) problem(`its repeat ${wrong}`);
  const attributes = keys === undefined ? [] : keyNames(keys);
  const asked = isStringArray(repeat) ? repeat : [];
  for (const one of asked)
    if (attributes.includes(one)) problem(`its repeat names ${one}, which is of the pointer's own key`);
    else if (NOTED.includes(one))
      problem(`its repeat names ${one}, which Contrail writes in a pointer itself`);
  if (asked.length > MOST_REPEATED)
    problem(
      `its repeat names ${asked.length} attributes; DynamoDB checks at most ${MOST_REPEATED} of a row at once`,
    );
  for (const part of sort?.names ?? [])
    if (attributes.includes(part))
      problem(
        `its rows have a part <${part}> in their sort key, which it repeats as an attribute, and ${part} is of its own key: call the part otherwise in the row's template`,
      );
    else if (NOTED.includes(part))
      problem(
        `its rows have a part <${part}> in their sort key, which it repeats as an attribute, and Contrail writes ${part} in a pointer itself: call the part otherwise in the row's template`,
      );
  if (sort?.fixed) problem('its rows have the same sort key, so that there is nothing to choose from');
  return {
    name,
    kind: row?.name ?? '',
    keys: keys ?? NO_KEYS,
    partition: partition ?? NO_TEMPLATE,
    sort: sort ?? NO_TEMPLATE,
    sortRules: row?.rules.slice(row.partition.names.length) ?? [],
    when: row?.when,
    at: keys === undefined ? '' : placeOf(owner, at, keys),
    choose: choose === 'newest' ? 'newest' : 'keep',
    repeat: asked.filter((attribute) => !names.includes(attribute)),
    repeatedParts: names.filter((part) => asked.includes(part) || sort?.names.includes(part)),
  };
}

/** The sort key of the pointer; empty where it cannot be read. */
function placeOf(owner: Owner, at: unknown, { partition, sort, sortType }: KeySchema): string {
  const { problem } = owner;
  if (sort === undefined) {
    problem('it needs a table with a sort key');
    return '';
  }
  if (isPlainObject(at) && Object.hasOwn(at, partition)) {
    problem(`its at has ${partition}, but it stands in the partition of its rows`);
    return '';
  }
  const [template] = templatesOf(owner, 'at', at, [{ name: sort, type: sortType }]);
  if (template === undefined) return '';
  if (!template.fixed) problem(`its at.${sort} must be the same for all, without parts`);
  return template.text;
}
