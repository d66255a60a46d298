import type { RowModel, TableModel } from '../domain/table-model.ts';
import type { Value } from '../domain/value.ts';
import { attributesOf, checkSize, type Image, listOf, NamedRow, namedRow } from './given-row.ts';

/** A row with its attributes: given, the table holds it; as a change, it is put. */
export class GivenRow extends NamedRow {
  /** All attributes, those of the key among them. */
  readonly image: Image;

  constructor(named: NamedRow, attributes: Readonly<Record<string, Value | undefined>>) {
    super(named.row, named.keys);
    this.image = present({ ...attributes, ...named.keys });
    checkSize(this, this.image);
  }
}

/** Some attributes of a row that is there are set, or removed where they are undefined. */
export class RowUpdate extends NamedRow {
  readonly attributes: Readonly<Record<string, Value | undefined>>;

  constructor(named: NamedRow, attributes: Readonly<Record<string, Value | undefined>>) {
    super(named.row, named.keys);
    this.attributes = attributes;
  }
}

/** A row that is there goes: by a writer, or by the table's time-to-live. */
export class RowRemoval extends NamedRow {
  readonly origin: 'user' | 'ttl';

  constructor(named: NamedRow, origin: 'user' | 'ttl') {
    super(named.row, named.keys);
    this.origin = origin;
  }
}

export type RowChange = GivenRow | RowUpdate | RowRemoval;

/** Makes rows and changes of one kind, whatever that is: the kit's types say which. */
export interface AnyRowFactory {
  (key: unknown, attributes?: unknown): GivenRow;
  update(key: unknown, attributes: unknown): RowUpdate;
  remove(key: unknown): RowRemoval;
  expire(key: unknown): RowRemoval;
}

/** A factory for each kind of row that the definition names. */
export function factoriesOf(
  table: TableModel,
  names: readonly string[],
): Readonly<Record<string, AnyRowFactory>> {
  const factories = table.rows
    .filter(({ name }) => names.includes(name))
    .map((model) => [model.name, factoryOf(table, model)] as const);
  return strictly(
    Object.fromEntries(factories),
    (name) => `no kind of row ${name}; there are ${listOf(names)}`,
  );
}

function factoryOf(table: TableModel, model: RowModel): AnyRowFactory {
  const named = (key: unknown) => namedRow(table, model, key);
  return Object.assign(
    (key: unknown, attributes: unknown = {}) => {
      const row = named(key);
      return new GivenRow(row, { ...toldBy(model), ...attributesOf(row, attributes) });
    },
    {
      update: (key: unknown, attributes: unknown) => {
        const row = named(key);
        return new RowUpdate(row, attributesOf(row, attributes));
      },
      remove: (key: unknown) => new RowRemoval(named(key), 'user'),
      expire: (key: unknown) => new RowRemoval(named(key), 'ttl'),
    },
  );
}

/** What a row of the kind is told by, where that can be only one text. */
function toldBy({ when = [] }: RowModel): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    when.flatMap(({ name, values }) => (values.length === 1 ? [[name, values[0] ?? '']] : [])),
  );
}

function present(attributes: Readonly<Record<string, Value | undefined>>): Image {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

/** An object that throws where it is asked for what it does not have: without types nobody else would say so. */
export function strictly<T extends object>(members: T, problem: (name: string) => string): T {
  return new Proxy(members, {
    get(target, name) {
      const isKnown = typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON';
      if (!isKnown) throw new Error(`there is ${problem(name)}`);
      return Reflect.get(target, name) as unknown;
    },
  });
}
