import type { RowKind, RowOptions } from '../../domain/definition/row.ts';
import type { StandardSchema } from '../../domain/definition/standard-schema.ts';
import { toPlain } from '../../domain/plain-value.ts';
import type { Attributes } from '../../domain/value.ts';

/** A row as a definition's functions are given it. */
export interface GivenRow {
  readonly key: Readonly<Record<string, string>>;
  /** @throws when the row does not fit its schema, or holds a number that cannot be given. */
  readonly attributes: unknown;
}

/** A row for a definition's functions. Its attributes are made when they are asked for, and then once. */
export function givenRow(
  { options }: RowKind,
  key: Readonly<Record<string, string>>,
  attributes: Attributes,
): GivenRow {
  let given: { readonly attributes: unknown } | undefined;
  return {
    key,
    get attributes() {
      given ??= { attributes: plainAttributes(attributes, options) };
      return given.attributes;
    },
  };
}

function plainAttributes(attributes: Attributes, { numbers, schema }: RowOptions): unknown {
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of attributes.all()) plain[name] = toPlain(value, numbers ?? 'plain', name);
  return schema === undefined ? Object.freeze(plain) : frozen(validated(schema, plain));
}

function validated(schema: StandardSchema, plain: object): unknown {
  const result = schema['~standard'].validate({ ...plain });
  if ('then' in result) {
    result.catch(() => undefined);
    throw new TypeError('the schema is async');
  }
  if (result.issues !== undefined) throw new TypeError('the row does not fit its schema');
  return result.value;
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value))
    for (const member of Object.values(Object.freeze(value))) frozen(member);
  return value;
}
