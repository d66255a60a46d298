import { Decimal } from '../../domain/decimal.ts';
import type { Counts } from '../../domain/definition/counts.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { Documents } from '../../domain/definition/documents.ts';
import type { Pointer } from '../../domain/definition/pointer.ts';
import type { RowKind } from '../../domain/definition/row.ts';
import type { KeyType } from '../../domain/key-value.ts';
import type { Attributes, Value } from '../../domain/value.ts';
import type { Rows } from '../../domain/definition/rows.ts';
import { KeyPattern } from './key-pattern.ts';
import { type KeyAttribute, type Keys, keysOf, textIn, textOf } from './key-values.ts';
import { documentsOf, type ExpectedDocument } from './recount-documents.ts';
import { type Counted, countedFor, type TupleParts, tuplePartsOf } from './recount-counts.ts';
import { type GivenRow, givenRow } from './given-row.ts';
import { type ExpectedRow, type ExpectedRows, noRowsYet, rowsGivenBy } from './recount-rows.ts';

/** What a pointer may point to: by sort key, what it must repeat then. */
export type Candidates = Map<string, Readonly<Record<string, Value>>>;

/** The pointers of one derivation. */
export interface ExpectedPointers {
  readonly choose: 'keep' | 'newest';
  /** Of the sort key. */
  readonly type: KeyType;
  readonly partition: KeyPattern;
  /** By partition key. */
  readonly entities: Map<string, Candidates>;
}

/** The counts of one derivation. */
export interface ExpectedCounts extends TupleParts {
  /** By tuple, as its parts in JSON. */
  readonly sums: Map<string, Decimal>;
}

/** What must be derived from a table's rows. */
export interface Recount {
  /** By collection, then by id. */
  readonly documents: Map<string, Map<string, ExpectedDocument>>;
  /** By derivation. */
  readonly pointers: ReadonlyMap<string, ExpectedPointers>;
  /** By derivation. */
  readonly counts: ReadonlyMap<string, ExpectedCounts>;
  /** By derivation. */
  readonly derivedRows: ReadonlyMap<string, ExpectedRows>;
}

/**
 * Works out from the rows and from the definition, as its author wrote it, what must be derived. Independent of the
 * worker on purpose: it shares the author's functions and what these are given, but neither the compiled form of the
 * definition nor key patterns, projections and decisions, so that a mistake there shows here.
 *
 * Nothing is expected of a row that the worker must refuse, because a function of the definition does or it does not fit
 * its schema; only pointers may point to it, as they may to any row. Of one that only cannot be counted, as a count of it would
 * have no key of its own, no count is expected.
 */
export async function recount(
  rows: AsyncIterable<Attributes>,
  definition: TableDefinition,
): Promise<Recount> {
  const recounted = new DefinitionRecount(definition);
  for await (const row of rows) recounted.add(row);
  return recounted;
}

type Named<D> = readonly [name: string, derivation: D];

/** A kind of row, and all that is derived from it. */
interface Kind {
  readonly kind: RowKind;
  readonly partition: KeyPattern;
  readonly sort: KeyPattern | undefined;
  readonly documents: readonly Named<Documents>[];
  readonly counts: readonly Named<Counts>[];
  readonly pointers: readonly Named<Pointer>[];
  readonly derivedRows: readonly Named<Rows>[];
}

/** A row as one of its kinds. */
export interface RowOfKind {
  /** As `rows` of the definition has it. */
  readonly kind: RowKind;
  /** The parts of its key. */
  readonly key: Readonly<Record<string, string>>;
  /** Those of the partition key, in the order of their names. */
  readonly partition: readonly string[];
}

/** What all recounts by one definition have in common. */
interface Plan {
  readonly keys: Keys;
  readonly kinds: readonly Kind[];
  /** By derivation. */
  readonly tuples: ReadonlyMap<string, TupleParts>;
}

const PLANS = new WeakMap<TableDefinition['spec'], Plan>();

function planOf(spec: TableDefinition['spec']): Plan {
  const keys = keysOf({ spec });
  const derivations = Object.entries(spec.derive);
  const kinds = Object.values(spec.rows).map((kind): Kind => {
    const own = derivations.filter(([, { of }]) => (of as unknown) === kind);
    return {
      kind: kind as RowKind,
      partition: new KeyPattern(kind.key[keys.partition.name] ?? ''),
      sort: keys.sort === undefined ? undefined : new KeyPattern(kind.key[keys.sort.name] ?? ''),
      documents: own.filter((each): each is [string, Documents] => each[1].is === 'documents'),
      counts: own.filter((each): each is [string, Counts] => each[1].is === 'counts'),
      pointers: own.filter((each): each is [string, Pointer] => each[1].is === 'pointer'),
      derivedRows: own.filter((each): each is [string, Rows] => each[1].is === 'rows'),
    };
  });
  const tuples = kinds.flatMap(({ counts }) =>
    counts.map(([name, { spec: counted }]) => [name, tuplePartsOf(counted, keys)] as const),
  );
  return { keys, kinds, tuples: new Map(tuples) };
}

/** Works out rows one by one, as `recount` does all together. */
export class DefinitionRecount implements Recount {
  readonly documents = new Map<string, Map<string, ExpectedDocument>>();
  readonly pointers = new Map<string, ExpectedPointers>();
  readonly counts = new Map<string, ExpectedCounts>();
  readonly derivedRows = new Map<string, ExpectedRows>();
  readonly #keys: Keys;
  readonly #kinds: readonly Kind[];

  constructor({ spec }: TableDefinition) {
    const plan = PLANS.get(spec) ?? planOf(spec);
    PLANS.set(spec, plan);
    const { keys, kinds, tuples } = plan;
    this.#keys = keys;
    this.#kinds = kinds;
    for (const [name, parts] of tuples) this.counts.set(name, { ...parts, sums: new Map() });
    for (const { partition, pointers, derivedRows } of kinds) {
      for (const [name, { spec: pointer }] of pointers)
        this.pointers.set(name, {
          choose: pointer.choose,
          type: keys.sort?.type ?? 'S',
          partition,
          entities: new Map(),
        });
      for (const [name, { spec: given }] of derivedRows) this.derivedRows.set(name, noRowsYet(given));
    }
  }

  add(row: Attributes): void {
    for (const { kind, key, partition, sort } of this.#placesOf(row)) {
      for (const [name, { spec }] of kind.pointers)
        this.#addCandidate(name, partition, sort, candidateOf(spec.repeat, kind, key, row));
      this.#addContributions(kind, key, row, `${partition.length}#${partition}${sort}`);
    }
  }

  /** The kinds that a row is of: one at most, where the definition is right. */
  kindsOf(row: Attributes): readonly RowOfKind[] {
    return Array.from(this.#placesOf(row), ({ kind, key, partition }) => ({
      kind: kind.kind,
      key,
      partition: kind.partition.partsOf(partition) ?? [],
    }));
  }

  *#placesOf(row: Attributes) {
    const partition = textIn(row, this.#keys.partition);
    const sort = this.#keys.sort === undefined ? '' : textIn(row, this.#keys.sort);
    if (partition === undefined || sort === undefined) return;
    for (const kind of this.#kinds) {
      const inPartition = kind.partition.partsOf(partition);
      const inSort = kind.sort === undefined ? [] : kind.sort.partsOf(sort);
      if (inPartition === undefined || inSort === undefined) continue;
      const names = [...kind.partition.names, ...(kind.sort?.names ?? [])];
      const key = Object.create(null) as Record<string, string>;
      for (const [index, part] of [...inPartition, ...inSort].entries()) key[names[index] ?? ''] = part;
      if (!isAllowed(kind.kind, key) || !isTold(kind.kind, (attribute) => row.get(attribute))) continue;
      yield { kind, key: Object.freeze(key), partition, sort };
    }
  }

  #addCandidate(name: string, partition: string, sort: string, repeated: Record<string, Value>): void {
    const entities = this.pointers.get(name)?.entities;
    const candidates: Candidates = entities?.get(partition) ?? new Map<string, Record<string, Value>>();
    entities?.set(partition, candidates.set(sort, repeated));
  }

  /** @param item the row's key, as rows that are derived from it name it. */
  #addContributions(kind: Kind, key: Readonly<Record<string, string>>, row: Attributes, item: string): void {
    const documents: ExpectedDocument[] = [];
    const counted: (readonly [name: string, counted: Counted])[] = [];
    const derived: (readonly [name: string, rows: ReadonlyMap<string, ExpectedRow> | undefined])[] = [];
    try {
      const given = givenRow(kind.kind, key, row);
      if (kind.kind.options.schema !== undefined) checkSchema(given);
      for (const [name, { spec }] of kind.documents) documents.push(...documentsOf(name, spec, given, row));
      for (const [name, { spec }] of kind.counts)
        for (const each of countedFor(spec, this.counts.get(name) ?? NO_PARTS, given, row))
          counted.push([name, each]);
      for (const [name, { spec }] of kind.derivedRows)
        derived.push([
          name,
          rowsGivenBy(spec, given, `${name} ${item}`, (own) => this.#isOfKind(kind, own, key)),
        ]);
    } catch {
      return;
    }
    for (const document of documents) {
      const inCollection = this.documents.get(document.collection) ?? new Map<string, ExpectedDocument>();
      this.documents.set(document.collection, inCollection.set(document.id, document));
    }
    for (const [name, { parts, amount }] of counted) {
      const sums = this.counts.get(name)?.sums;
      const tuple = JSON.stringify(parts);
      sums?.set(tuple, sums.get(tuple)?.plus(amount) ?? amount);
    }
    for (const [name, rows] of derived) {
      const expected = this.derivedRows.get(name);
      if (rows === undefined) expected?.unknown.add(`${name} ${item}`);
      else for (const [what, one] of rows) expected?.rows.set(what, one);
    }
  }

  /** @param source the parts of a row's key; that row is of the kind, whatever others say of it. */
  #isOfKind(
    { kind, partition, sort }: Kind,
    row: Readonly<Record<string, Value>>,
    source: Readonly<Record<string, string>>,
  ): boolean {
    const partsIn = (pattern: KeyPattern, { name, type }: KeyAttribute) => {
      const text = textOf(row[name], type);
      if (text === undefined) throw new TypeError(`a key's ${name} is not of type ${type}`);
      return pattern.partsOf(text);
    };
    const inPartition = partsIn(partition, this.#keys.partition);
    const inSort = sort === undefined || this.#keys.sort === undefined ? [] : partsIn(sort, this.#keys.sort);
    if (inPartition === undefined || inSort === undefined) return false;
    const names = [...partition.names, ...(sort?.names ?? [])];
    const parts = [...inPartition, ...inSort];
    const isSource = names.every((name, index) => source[name] === parts[index]);
    if (!isSource && !isTold(kind, (attribute) => row[attribute])) return false;
    return isAllowed(kind, Object.fromEntries(names.map((name, index) => [name, parts[index] ?? ''])));
  }
}

const NO_PARTS: TupleParts = { names: [], types: [], keys: [] };

/** @throws when the row does not fit its schema: the worker looks at every row of a kind that has one. */
function checkSchema(given: GivenRow): unknown {
  return given.attributes;
}

function isAllowed({ options }: RowKind, key: Readonly<Record<string, string>>): boolean {
  return Object.entries(options.parts ?? {}).every(([name, rule]) => {
    const part = key[name] ?? '';
    const allowed = rule as readonly string[] | { readonly without: string };
    return 'without' in allowed ? !part.includes(allowed.without) : allowed.includes(part);
  });
}

/** Whether a row's attributes say that it is of a kind that is told by them. */
function isTold({ options }: RowKind, valueOf: (attribute: string) => unknown): boolean {
  return Object.entries(options.when ?? {}).every(([attribute, texts]) => {
    const value = valueOf(attribute);
    return typeof texts === 'string' ? value === texts : (texts ?? []).some((text) => text === value);
  });
}

/** What a pointer to a row must repeat: what it is asked to, and the parts that name the row in its partition. */
function candidateOf(
  repeat: readonly string[],
  { sort }: Kind,
  key: Readonly<Record<string, string>>,
  row: Attributes,
): Record<string, Value> {
  const repeated: Record<string, Value> = {};
  for (const name of [...repeat, ...(sort?.names ?? [])]) {
    const value = key[name] ?? row.get(name);
    if (value !== undefined) repeated[name] = value;
  }
  return repeated;
}
