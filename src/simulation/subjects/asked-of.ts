import { givenRow } from '../../application/verify/given-row.ts';
import { rowsGivenFor } from '../../application/verify/recount-rows.ts';
import type { ExpectedDocument } from '../../application/verify/recount-documents.ts';
import { DefinitionRecount, type RowOfKind } from '../../application/verify/recount.ts';
import type { Operation } from '../../domain/change.ts';
import type { Derivation, TableDefinition } from '../../domain/definition/define-table.ts';
import { documentName } from '../../domain/search-document.ts';
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
  const documents = [...new Set([...before.documents.keys(), ...after.documents.keys()])].filter((name) => {
    const [was, is] = [before.documents.get(name), after.documents.get(name)];
    return was === undefined || is === undefined ? was !== is : !equalRecords(was, is);
  });
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
        kept.push(...keptRows(name, derivation, is, change, operation));
    } else if (derivation.is === 'effect' && isOn(derivation, operation))
      if (passes(derivation, { was, is, change, operation })) effects.push(name);
  }
  return { documents, counted, entities, derived, kept, effects };
}

interface Seen {
  readonly kinds: readonly RowOfKind[];
  /** By `collection id`. */
  readonly documents: ReadonlyMap<string, ExpectedDocument['fields']>;
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
    Array.from(byId, ([id, { fields }]) => [documentName({ collection, id }), fields] as const),
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

function keptRows(
  name: string,
  { spec }: Derivation & { readonly is: 'rows' },
  { kind, key }: RowOfKind,
  change: RowChange,
  operation: Operation,
): readonly KeptRow[] {
  const given = givenRow(kind, key, change.after as Attributes);
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
