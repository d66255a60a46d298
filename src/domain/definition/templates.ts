import { Decimal } from '../decimal.ts';
import { canonicalKeyText, type KeyType, type TypedPart } from '../key-value.ts';
import { isPlainObject, kindOf } from '../plain-value.ts';
import type { KeySchema } from '../table-model.ts';
import { KeyTemplate, templateProblem } from './key-template.ts';
import { type Owner, shown } from './problems.ts';

/** Stands where a template could not be read, in a model that nobody will see. */
export const NO_TEMPLATE = new KeyTemplate('');

/** Stands where a table's keys could not be read. */
export const NO_KEYS: KeySchema = { partition: '', partitionType: 'S', sort: undefined, sortType: 'S' };

/** An attribute of a key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/**
 * The templates that a specification has for some attributes, and for no others; undefined for each that cannot be
 * read. Adds what is wrong with them to the owner's problems.
 *
 * @param attributes undefined where nobody knows them: then there is nothing to say.
 */
export function templatesOf(
  { problem }: Owner,
  member: string,
  templates: unknown,
  attributes: readonly KeyAttribute[] | undefined,
): readonly (KeyTemplate | undefined)[] {
  if (attributes === undefined) return [];
  const names = attributes.map(({ name }) => name);
  if (!isPlainObject(templates)) {
    problem(`its ${member} must be an object with ${names.join(' and ')}, and is ${kindOf(templates)}`);
    return [];
  }
  for (const name of Object.keys(templates))
    if (!names.includes(name)) problem(`its ${member} has ${name}, which is none of ${names.join(', ')}`);
  return attributes.map(({ name, type }) => {
    const text = Object.hasOwn(templates, name) ? templates[name] : undefined;
    const wrong =
      text === undefined ? undefined : (templateProblem(text) ?? typeProblem(text as string, type));
    if (text === undefined) problem(`its ${member} has no ${name}`);
    if (wrong !== undefined) problem(`its ${member}.${name} ${wrong}`);
    return text === undefined || wrong !== undefined ? undefined : new KeyTemplate(text as string);
  });
}

/** Numbers and bytes are no texts that could be put together: a key has one of them, or a part is all of it. */
function typeProblem(text: string, type: KeyType): string | undefined {
  const { fixed, literals } = new KeyTemplate(text);
  const canonical = fixed ? canonicalKeyText(text, type) : undefined;
  if (type === 'S' || canonical === text || (!fixed && literals.every((literal) => literal === '')))
    return undefined;
  if (canonical !== undefined) return `is ${shown(text)}, which must be written ${shown(canonical)}`;
  const why = fixed && type === 'N' ? unstorable(text) : undefined;
  if (why !== undefined) return `is ${shown(text)}, which ${why}`;
  const constant =
    type === 'N' ? 'a number, such as 0 or -1' : 'bytes as base64url without padding, such as AQID';
  return `is of type ${type}: it must be one part alone, such as <part>, or ${constant}; it is ${shown(text)}`;
}

/** Why no table can hold a number; undefined where a text is none, or one that a table can hold. */
export function unstorable(text: string): string | undefined {
  const number = Decimal.parse(text);
  if (number === undefined || number.isStorable()) return undefined;
  const [digits = ''] = number.canonical.replace('-', '').split('e');
  return digits.length > 38
    ? 'has more than the 38 digits that DynamoDB holds'
    : 'is out of the range of numbers that DynamoDB holds: from 1e-130 to below 1e126, positive or negative';
}

/** The attributes of a table's keys. */
export function keyAttributes({
  partition,
  partitionType,
  sort,
  sortType,
}: KeySchema): readonly KeyAttribute[] {
  const first = { name: partition, type: partitionType };
  return sort === undefined ? [first] : [first, { name: sort, type: sortType }];
}

export function keyNames(keys: KeySchema): readonly string[] {
  return keyAttributes(keys).map(({ name }) => name);
}

/** Parts that are the whole of an attribute that is no string. */
export function typedParts(
  templates: readonly (KeyTemplate | undefined)[],
  attributes: readonly KeyAttribute[],
): readonly TypedPart[] {
  return attributes.flatMap(({ name: attribute, type }, index) =>
    type === 'S' ? [] : (templates[index]?.names ?? []).map((part) => ({ part, attribute, type })),
  );
}

/** The names of all parts of a key, in their order. */
export function partsOf(...templates: readonly (KeyTemplate | undefined)[]): readonly string[] {
  return templates.flatMap((template) => template?.names ?? []);
}
