import type {
  CountFound,
  DerivedRowFound,
  DerivedState,
  PointerFound,
} from '../../../application/ports/derived-state.ts';
import { compareTexts } from '../../../domain/compare-texts.ts';
import { tupleNames } from '../../../domain/count.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { toJson } from '../../../domain/json.ts';
import type { KeyValue } from '../../../domain/key-value.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import type { Value } from '../../../domain/value.ts';
import { fleet } from '../../../fleet/definition.ts';
import type { ReplayFailure } from './failures.ts';
import { defaultImages, matcher } from './fleet-lists.ts';
import { fieldsInOneForm, inOneForm } from './in-one-form.ts';

export interface StateParts {
  readonly state: DerivedState;
  readonly searchActions: number;
  /** What the state is derived by. */
  readonly definition: TableDefinition;
  readonly failures: readonly ReplayFailure[];
}

/**
 * The derived state as JSON text in pieces, one item a line: every list and the names of all attributes sorted, numbers written in one way, but for the failures, which stay in the
 * order of the files. The fleet's has members of its own beside those of any table.
 */
export async function* stateJson({
  state,
  searchActions,
  definition,
  failures,
}: StateParts): AsyncGenerator<string> {
  yield '{\n  "search": ';
  yield* search(state);
  yield `,\n  "searchActions": ${searchActions}`;

  const { model } = definition;
  const pointers = new Map<string, PointerFound[]>(model.pointers.map(({ name }) => [name, []]));
  for await (const found of state.pointers()) pointers.get(found.entity.model.name)?.push(found);
  for (const found of pointers.values()) found.sort((a, b) => byTexts(a.entity.parts, b.entity.parts));
  const counts = new Map<string, CountFound[]>(model.counts.map(({ name }) => [name, []]));
  for await (const found of state.counts()) counts.get(found.model.name)?.push(found);
  for (const found of counts.values()) found.sort((a, b) => byTexts(tupleOf(a), tupleOf(b)));
  const rows = new Map<string, DerivedRowFound[]>(model.derivedRows.map(({ name }) => [name, []]));
  for await (const found of state.derivedRows()) rows.get(found.model.name)?.push(found);
  for (const found of rows.values()) found.sort((a, b) => byTexts(placeOf(a), placeOf(b)));

  yield ',\n  "counts": ';
  yield* lists(counts, ({ tuple, count }) => ({ key: tuple, value: inOneForm(count) }));
  yield ',\n  "pointers": ';
  yield* lists(pointers, ({ entity, member }) => {
    const { names } = entity.model.partition;
    const key = Object.fromEntries(names.map((name, index) => [name, entity.parts[index] ?? '']));
    return { key, row: fieldsInOneForm(member.attributes) };
  });
  yield ',\n  "rows": ';
  yield* lists(rows, ({ row: { table = '', key, attributes } }) => ({
    table,
    key: fieldsInOneForm(key),
    attributes: fieldsInOneForm(attributes),
  }));
  if (definition === fleet) {
    yield ',\n  "defaultImages": ';
    yield* list(defaultImages([...pointers.values()].flat()));
    yield ',\n  "matcher": ';
    yield* list(matcher([...counts.values()].flat()));
  }
  yield ',\n  "failures": ';
  yield* list(
    failures.map(({ sequenceNumber, eventID, pk, sk, error }) => ({
      sequenceNumber,
      eventID,
      pk,
      sk,
      error,
    })),
  );
  yield '\n}\n';
}

async function* search(state: DerivedState): AsyncGenerator<string> {
  const collections = new Map<string, [string, DocumentFields][]>();
  for await (const { key, fields } of state.documents()) {
    const documents = collections.get(key.collection) ?? [];
    documents.push([key.id, fields]);
    collections.set(key.collection, documents);
  }
  const sorted = [...collections].sort(([a], [b]) => compareTexts(a, b));
  yield* enclosed('{}', '  ', sorted, function* ([collection, documents]) {
    documents.sort(([a], [b]) => compareTexts(a, b));
    yield `${toJson(collection)}: `;
    yield* enclosed('{}', '    ', documents, ([id, fields]) => [
      `${toJson(id)}: ${toJson(fieldsInOneForm(fields))}`,
    ]);
  });
}

/** A list for each derivation. */
function* lists<T>(
  found: ReadonlyMap<string, readonly T[]>,
  itemOf: (item: T) => Readonly<Record<string, Value>>,
): Generator<string> {
  yield* enclosed('{}', '  ', found, function* ([derivation, items]) {
    yield `${toJson(derivation)}: `;
    yield* list(items.map(itemOf), '    ');
  });
}

function list(items: readonly Readonly<Record<string, Value>>[], indent = '  '): Generator<string> {
  return enclosed('[]', indent, items, (item) => [toJson(item)]);
}

/** Brackets, and the items between them, each on a line of its own. */
function* enclosed<T>(
  brackets: '[]' | '{}',
  indent: string,
  items: Iterable<T>,
  piecesOf: (item: T) => Iterable<string>,
): Generator<string> {
  let separator = '';
  yield brackets.charAt(0);
  for (const item of items) {
    yield `${separator}\n${indent}  `;
    yield* piecesOf(item);
    separator = ',';
  }
  yield `${separator === '' ? '' : `\n${indent}`}${brackets.charAt(1)}`;
}

function tupleOf({ model, tuple }: CountFound): readonly string[] {
  return tupleNames(model).map((name) => tuple[name] ?? '');
}

/** Where a row is: its table, then its key. */
function placeOf({ row: { table = '', key } }: DerivedRowFound): readonly string[] {
  const names = Object.keys(key).toSorted(compareTexts);
  return [table, ...names.flatMap((name) => [name, sortText(key[name] ?? '')])];
}

function sortText(value: KeyValue): string {
  return typeof value === 'string' ? value : toJson(value);
}

function byTexts(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareTexts(text, b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
