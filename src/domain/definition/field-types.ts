import { isPlainObject, kindOf } from '../plain-value.ts';
import type { FieldTypes } from '../search-document.ts';
import { FIELD_TYPES, fieldNameProblem, type FieldType, type SearchField } from '../search-schema.ts';
import { membersOf, type Owner, shown } from './problems.ts';

/** What a field holds, and what can be done with it; or its type alone. A field that rows may lack is optional unless this says otherwise. */
export type FieldDeclaration = FieldType | Omit<SearchField, 'name'>;

const MEMBERS = ['type', 'optional', 'facet', 'sort', 'infix', 'locale'] as const;

/**
 * Reads what the fields of documents hold, and adds what is wrong to the owner's problems. Constants are strings.
 *
 * @param names of all fields; undefined where a function gives them.
 */
export function fieldTypes(
  owner: Owner,
  types: unknown,
  constants: readonly string[],
  names: readonly string[] | undefined,
): FieldTypes | undefined {
  const { problem } = owner;
  if (types === undefined) return undefined;
  if (!isPlainObject(types)) {
    problem(`its types must be an object of fields, and are ${kindOf(types)}`);
    return undefined;
  }
  const read = new Map<string, Omit<SearchField, 'name'>>(
    constants.map((constant) => [constant, { type: 'string' }]),
  );
  for (const [name, declared] of Object.entries(types)) {
    const wrong = fieldNameProblem(name);
    if (wrong !== undefined) problem(`its types declare ${shown(name)}, which ${wrong}`);
    if (names !== undefined && !names.includes(name) && !constants.includes(name))
      problem(`its types declare ${shown(name)}, which is no field of its documents`);
    read.set(name, declarationOf(owner, name, declared, !constants.includes(name)));
  }
  for (const name of names ?? [])
    if (!read.has(name)) problem(`its types do not say what ${name} holds: declare all fields, or none`);
  return Object.fromEntries(read);
}

function declarationOf(
  owner: Owner,
  name: string,
  declared: unknown,
  optional: boolean,
): Omit<SearchField, 'name'> {
  const isShort = typeof declared === 'string';
  const members = isShort
    ? { type: declared }
    : membersOf(owner, `what its types say of ${name}`, declared, MEMBERS);
  const { type } = members;
  if (!isFieldType(type)) {
    if (isShort || isPlainObject(declared))
      owner.problem(
        `its types say that ${name} is ${shown(type)}; expected one of ${FIELD_TYPES.join(', ')}`,
      );
    return { type: 'string' };
  }
  for (const flag of ['optional', 'facet', 'sort', 'infix'] as const)
    if (members[flag] !== undefined && typeof members[flag] !== 'boolean')
      owner.problem(
        `its types must say whether ${name} is ${flag} by true or false, and have ${shown(members[flag])}`,
      );
  return { ...(optional && { optional }), ...(members as Omit<SearchField, 'name'>), type };
}

function isFieldType(type: unknown): type is FieldType {
  return (FIELD_TYPES as readonly unknown[]).includes(type);
}
