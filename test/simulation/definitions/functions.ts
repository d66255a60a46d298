import { Decimal } from '../../../src/domain/decimal.ts';
import type { Random } from '../../../src/random/random.ts';
import type { Said } from './said.ts';

/* Functions of random definitions: pure, and such as take whatever a row holds. */

export interface Given {
  readonly key: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly change?: { readonly operation: string };
}

type Fn<Result> = Said<(given: Given) => Result>;

/** A text for any value; never an empty one. */
export function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  return value instanceof Set ? `set of ${value.size}` : `a ${typeof value}`;
}

function listOf(value: unknown): readonly unknown[] {
  if (value instanceof Set) return [...value].slice(0, 3);
  return Array.isArray(value) ? (value as unknown[]).slice(0, 3) : [value];
}

function digitsOf(value: unknown): string {
  if (Decimal.is(value)) return value.text;
  return typeof value === 'number' ? String(value) : '0';
}

const fn = <Result>(text: string, value: (given: Given) => Result): Fn<Result> => ({ text, value });

export function fieldsFunction(attribute: string, part: string | undefined, variant: number): Fn<object> {
  return part === undefined || variant % 2 === 0
    ? fn(
        `({ attributes }) => ({ value: attributes.${attribute}, variant: ${variant} })`,
        ({ attributes }) => ({
          value: attributes[attribute],
          variant,
        }),
      )
    : fn(
        `({ key, attributes }) => ({ ${part}: key.${part}, text: textOf(attributes.${attribute}), variant: ${variant} })`,
        ({ key, attributes }) => ({ [part]: key[part], text: textOf(attributes[attribute]), variant }),
      );
}

export function whereFunction(
  attribute: string,
  part: string | undefined,
  text: string,
  random: Random,
): Fn<boolean> {
  return part !== undefined && random.chance(0.3)
    ? fn(`({ key }) => key.${part} !== '${text}'`, ({ key }) => key[part] !== text)
    : fn(
        `({ attributes }) => textOf(attributes.${attribute}) !== '${text}'`,
        ({ attributes }) => textOf(attributes[attribute]) !== text,
      );
}

type Tuple = Readonly<Record<string, string>>;

/** A part of a tuple, for an attribute of the key's type. */
function partOfTuple(type: 'S' | 'N' | 'B', value: unknown): string {
  if (type === 'N') return digitsOf(value);
  return type === 'S' ? textOf(value) : ['AA', 'AQ', 'YQ'][textOf(value).length % 3]!;
}

const WORDS = { S: 'textOf', N: 'digitsOf', B: 'bytesOf' };

/** @param parts of the tuple, each with its type. */
export function byFunction(
  parts: readonly (readonly [name: string, type: 'S' | 'N' | 'B'])[],
  attributes: readonly string[],
  part: string | undefined,
  random: Random,
): Fn<Tuple | readonly Tuple[] | undefined> & { readonly is: string } {
  const attribute = (index: number) => attributes[index % attributes.length]!;
  if (parts.length === 0) return { is: 'nothing', ...fn('() => ({})', () => ({})) };
  const [first] = parts;
  const tupleText = parts
    .map(([name, type], index) => `${name}: ${WORDS[type]}(attributes.${attribute(index)})`)
    .join(', ');
  const tuple = (given: Given): Tuple =>
    Object.fromEntries(
      parts.map(([name, type], index) => [name, partOfTuple(type, given.attributes[attribute(index)])]),
    );
  const which = random.int(0, 9);
  if (which < 3 && first !== undefined) {
    const [name, type] = first;
    return {
      is: 'several',
      ...fn(
        `({ attributes }) => listOf(attributes.${attribute(0)}).map((one) => ({ ${tupleText}, ${name}: ${WORDS[type]}(one) }))`,
        (given) =>
          listOf(given.attributes[attribute(0)]).map((one) => ({
            ...tuple(given),
            [name]: partOfTuple(type, one),
          })),
      ),
    };
  }
  if (which < 5)
    return {
      is: 'none',
      ...fn(
        `({ attributes }) => textOf(attributes.${attribute(1)}) === 'b' ? undefined : { ${tupleText} }`,
        (given) => (textOf(given.attributes[attribute(1)]) === 'b' ? undefined : tuple(given)),
      ),
    };
  if (which < 7 && part !== undefined && parts.every(([, type]) => type === 'S'))
    return {
      is: 'key',
      ...fn(`({ key }) => ({ ${parts.map(([name]) => `${name}: key.${part}`).join(', ')} })`, ({ key }) =>
        Object.fromEntries(parts.map(([name]) => [name, key[part]!])),
      ),
    };
  return { is: 'one', ...fn(`({ attributes }) => ({ ${tupleText} })`, tuple) };
}

export function amountFunction(attribute: string, random: Random): Fn<unknown> {
  const digits = '-12345678901234567890.123456789';
  return random.pick([
    fn(`() => '${digits}'`, () => digits),
    fn('() => -2n', () => -2n),
    fn(`({ attributes }) => digitsOf(attributes.${attribute})`, ({ attributes }) =>
      digitsOf(attributes[attribute]),
    ),
    fn(`({ attributes }) => textOf(attributes.${attribute}) === 'a' ? undefined : 0.25`, ({ attributes }) =>
      textOf(attributes[attribute]) === 'a' ? undefined : 0.25,
    ),
  ]);
}

/** The parts of a key as one text, which no other key's are. */
export function idOf(key: Readonly<Record<string, string>>): string {
  return Object.values(key).map(encodeURIComponent).join(':');
}

export interface RowsShape {
  readonly table: string | undefined;
  /** The key's attributes, all but one the same in all rows. */
  readonly constants: Readonly<Record<string, unknown>>;
  /** The attribute that is a text of its own for each source row. */
  readonly own: string;
  readonly prefix: string;
}

/** Gives one row, several or none for each source row. */
export function ofFunction(
  { table, constants, own, prefix }: RowsShape,
  attribute: string,
  asksChange: boolean,
  variant: number,
  random: Random,
): Fn<unknown> & { readonly is: string } {
  const is = random.pick(['one', 'several', 'none']);
  const made = (given: Given, suffix: string) => ({
    ...(table === undefined ? {} : { table }),
    key: { ...constants, [own]: `${prefix}${idOf(given.key)}${suffix}` },
    attributes: {
      value: given.attributes[attribute],
      variant,
      ...(asksChange ? { after: given.change?.operation } : {}),
    },
  });
  const text = (suffix: string) =>
    `{ ${table === undefined ? '' : `table: '${table}', `}key: { ${Object.entries(constants)
      .map(([name, value]) => `${name}: ${String(value)}, `)
      .join(
        '',
      )}${own}: \`${prefix}\${idOf(key)}${suffix}\` }, attributes: { value: attributes.${attribute}, variant: ${variant}${
      asksChange ? ', after: change.operation' : ''
    } } }`;
  const head = `({ key, attributes${asksChange ? ', change' : ''} }) =>`;
  if (is === 'several')
    return {
      is,
      ...fn(`${head} listOf(attributes.${attribute}).map((_, index) => (${text(':${index}')}))`, (given) =>
        listOf(given.attributes[attribute]).map((_, index) => made(given, `:${index}`)),
      ),
    };
  if (is === 'none')
    return {
      is,
      ...fn(`${head} textOf(attributes.${attribute}) === 'b' ? undefined : ${text('')}`, (given) =>
        textOf(given.attributes[attribute]) === 'b' ? undefined : made(given, ''),
      ),
    };
  return { is, ...fn(`${head} [${text('')}]`, (given) => [made(given, '')]) };
}
