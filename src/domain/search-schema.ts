import { Fault } from './fault.ts';

const SINGLE = ['string', 'int32', 'int64', 'float', 'bool'] as const;

type Single = (typeof SINGLE)[number];

/** What a field holds: one value, or a list of them. */
export type FieldType = Single | `${Single}[]`;

export const FIELD_TYPES: readonly FieldType[] = [
  ...SINGLE,
  ...SINGLE.map((single) => `${single}[]` as const),
];

/** Of one value, and whether it is of lists. */
export function partsOf(type: FieldType): { readonly single: Single; readonly isList: boolean } {
  const isList = type.endsWith('[]');
  return { single: (isList ? type.slice(0, -2) : type) as Single, isList };
}

/** A field of a collection's documents. */
export interface SearchField {
  readonly name: string;
  readonly type: FieldType;
  /** Whether documents may lack it. False unless given. */
  readonly optional?: boolean;
  /** Whether results can be counted by its values. False unless given. */
  readonly facet?: boolean;
  /** Whether results can be sorted by it. What the engine makes of its type, unless given. */
  readonly sort?: boolean;
  /** Whether its text is found by what stands in the middle of a word. False unless given. */
  readonly infix?: boolean;
  /** The language that its text is split into words by, as `ja`; the engine's own unless given. */
  readonly locale?: string;
}

/** A collection, and every field that its documents may have but `id`, which is a string in all of them. */
export interface SearchSchema {
  readonly collection: string;
  readonly fields: readonly SearchField[];
  /** Characters that words are split at, besides blanks. */
  readonly tokenSeparators?: readonly string[];
  /** Characters other than letters and digits that are part of words. */
  readonly symbolsToIndex?: readonly string[];
}

/**
 * Checks what types cannot say: names once each, and none that means something else to an engine.
 *
 * @throws Fault `configuration` with all that is wrong.
 */
export function checkSchema({ collection, fields }: SearchSchema): void {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name } of fields) {
    const problem = fieldNameProblem(name) ?? (seen.has(name) ? 'is declared twice' : undefined);
    seen.add(name);
    if (problem !== undefined) problems.push(`field ${JSON.stringify(name)} ${problem}`);
  }
  if (collection === '' || /^\.+$/.test(collection))
    problems.push('its name is empty, or nothing but dots, which no address can name');
  if (problems.length > 0)
    throw new Fault(
      'configuration',
      `the schema of collection ${JSON.stringify(collection)} is wrong: ${problems.join('; ')}`,
    );
}

/** Why no field may be called so; undefined where one may. */
export function fieldNameProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name === 'id') return 'is declared, but every document has it as a string';
  if (name.includes('*')) return 'has a * in its name, which engines take for a pattern';
  // https://github.com/typesense/typesense/blob/4a092b0/src/collection.cpp#L342-L351
  if (name.endsWith('_sequence_id')) return 'ends in _sequence_id, which Typesense keeps for itself';
  return undefined;
}
