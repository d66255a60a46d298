import { givenRow } from '../../application/verify/given-row.ts';
import { rowsGivenFor } from '../../application/verify/recount-rows.ts';
import type { ExpectedDocument } from '../../application/verify/recount-documents.ts';
import { DefinitionRecount, type RowOfKind } from '../../application/verify/recount.ts';
import type { Operation } from '../../domain/change.ts';
import type { Derivation, TableDefinition } from '../../domain/definition/define-table.ts';
import { type DocumentKey, documentName } from '../../domain/search-document.ts';
import { equalRecords, type Attributes } from '../../domain/value.ts';
import { stateKeyOf } from '../world/state-key.ts';
import type { Asked, AskedEntity, KeptRow, RowChange } from '../world/subject.ts';

/**
 * What a change asks for by a definition. Worked out by the code of the recount, which shares no decisions with the
 * worker.
 */
export function askedOf(change: RowChange, definition: TableDefinition): Asked {
  const before = seen(change.before, definition);
  const after = seen(change.after, definition);
  const documents = documentsChangedBy(change, definition).map(documentName);
  const counted: string[] = [];
  const entities: AskedEntity[] = [];
  const derived: string[] = [];
  const kept: KeptRow[] = [];
  const effects: string[] = [];
  for (const [name, derivation] of Object.entries(definition.spec.derive)) {
    const ofKind = (one: RowOfKind) => (one.kind as unknown) === derivation.of;
    const was = before.kinds.find(ofKind);
    const is = after.kinds.find(ofKind);
    const row = is ?? was;
    if (row === undefined) continue;
    const operation = was === undefined ? 'INSERT' : is === undefined ? 'REMOVE' : 'MODIFY';
    if (derivation.is === 'counts') counted.push(stateKeyOf(name, change.at));
    else if (derivation.is === 'pointer') entities.push({ derivation: name, parts: row.partition });
    else if (derivation.is === 'rows' && isOn(derivation, operation)) {
      derived.push(stateKeyOf(name, change.at));
      if (derivation.spec.keep === true && is !== undefined)
        kept.push(...givenRows(name, derivation, is, change.after as Attributes, { change, operation }));
    } else if (derivation.is === 'effect' && isOn(derivation, operation))
      if (passes(derivation, { was, is, change, operation })) effects.push(name);
  }
  return { documents, counted, entities, derived, kept, effects };
}

/** Documents that a change changes: of no others, anything is sent. */
export function documentsChangedBy(
  { before, after }: Pick<RowChange, 'before' | 'after'>,
  definition: TableDefinition,
): readonly DocumentKey[] {
  const had = seen(before, definition).documents;
  const has = seen(after, definition).documents;
  return [...new Map([...had, ...has])].flatMap(([name, { key }]) => {
    const [was, is] = [had.get(name), has.get(name)];
    const isSame = was !== undefined && is !== undefined && equalRecords(was.fields, is.fields);
    return isSame ? [] : [key];
  });
}

/** The rows that a change's row before it and its row after it give, also by functions that ask for the change. */
export function rowsGivenBy(change: RowChange, definition: TableDefinition): readonly KeptRow[] {
  const operation = change.before === undefined ? 'INSERT' : 'MODIFY';
  return [change.before, change.after].flatMap((row) =>
    row === undefined
      ? []
      : Object.entries(definition.spec.derive).flatMap(([name, derivation]) => {
          const kind = seen(row, definition).kinds.find((one) => (one.kind as unknown) === derivation.of);
          if (kind === undefined || derivation.is !== 'rows' || !isOn(derivation, operation)) return [];
          return givenRows(name, derivation, kind, row, { change, operation });
        }),
  );
}

interface Seen {
  readonly kinds: readonly RowOfKind[];
  /** By name. */
  readonly documents: ReadonlyMap<string, Pick<ExpectedDocument, 'fields'> & { readonly key: DocumentKey }>;
}

const NOTHING: Seen = { kinds: [], documents: new Map() };

/** Rows are written again and again. */
const SEEN = new WeakMap<TableDefinition, WeakMap<Attributes, Seen>>();

/** What a row is, and which documents it has. */
function seen(row: Attributes | undefined, definition: TableDefinition): Seen {
  if (row === undefined) return NOTHING;
  const known = SEEN.get(definition) ?? new WeakMap<Attributes, Seen>();
  SEEN.set(definition, known);
  const before = known.get(row);
  if (before !== undefined) return before;
  const recounted = new DefinitionRecount(definition);
  recounted.add(row);
  const documents = [...recounted.documents].flatMap(([collection, byId]) =>
    Array.from(byId, ([id, { fields }]) => {
      const key = { collection, id };
      return [documentName(key), { key, fields }] as const;
    }),
  );
  const now = { kinds: recounted.kindsOf(row), documents: new Map(documents) };
  known.set(row, now);
  return now;
}

function isOn(derivation: Derivation, operation: Operation): boolean {
  const { on } = derivation.spec as { readonly on?: readonly Operation[] };
  return on === undefined || on.includes(operation);
}

function originOf({ expired }: RowChange) {
  return expired ? 'ttl' : 'user';
}

/** As records say it. */
function timeOf({ time }: RowChange): number {
  return Math.floor(time / 1_000) * 1_000;
}

function givenRows(
  name: string,
  { spec }: Derivation & { readonly is: 'rows' },
  { kind, key }: RowOfKind,
  row: Attributes,
  { change, operation }: { readonly change: RowChange; readonly operation: Operation },
): readonly KeptRow[] {
  const given = givenRow(kind, key, row);
  const made = { operation, at: timeOf(change), origin: originOf(change) };
  return rowsGivenFor(spec, given, made).map((one) => ({ derivation: name, name: one }));
}

interface ChangeOfKind {
  readonly was: RowOfKind | undefined;
  readonly is: RowOfKind | undefined;
  readonly change: RowChange;
  readonly operation: Operation;
}

function passes(
  { spec }: Derivation & { readonly is: 'effect' },
  { was, is, change, operation }: ChangeOfKind,
): boolean {
  if (spec.where === undefined) return true;
  const attributesOf = (row: RowOfKind | undefined, attributes: Attributes | undefined) =>
    row && attributes && givenRow(row.kind, row.key, attributes).attributes;
  const given = {
    key: (is ?? was)?.key ?? {},
    before: attributesOf(was, change.before),
    after: attributesOf(is, change.after),
    operation,
    at: timeOf(change),
    origin: originOf(change),
    id: 'a change',
  };
  return spec.where(given as Parameters<NonNullable<typeof spec.where>>[0]);
}
