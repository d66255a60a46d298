import { canonicalRecord } from '../canonical-text.ts';
import { type Contribution, tupleKey } from '../count.ts';
import { type CountState, sameContributions } from '../count-move.ts';
import { Decimal } from '../decimal.ts';
import { base64 } from '../base64.ts';
import { toJson } from '../json.ts';
import { contradictsItself, decidePointer, type EntityRows, type Member } from '../pointer.ts';
import { keyOf, type Row } from '../row.ts';
import { describeRow } from '../row-view.ts';
import { pointerKey } from '../stored-rows.ts';
import { equalRecords, type Value, ValueSet } from '../value.ts';
import type { DocumentFields } from '../search-document.ts';
import type { ExpectedCounts, ExpectedDocument } from './expected.ts';
import type { Finding, FindingSide } from './finding.ts';

/** @param is the document in the index; undefined where there is none. */
export function compareDocument(
  row: Row | undefined,
  {
    model,
    key,
    fields,
  }: Pick<ExpectedDocument, 'key' | 'fields'> & { readonly model: { readonly name: string } },
  is: DocumentFields | undefined,
): readonly Finding[] {
  const found = {
    derivation: model.name,
    item: `document ${key.collection}/${key.id}`,
    row: row && keyOf(row),
    ...{ must: fields && asMessage(fields), is: is && asMessage(is) },
  };
  if (fields === undefined) return is === undefined ? [] : [{ ...found, drift: 'extra' }];
  if (is === undefined) return [{ ...found, drift: 'missing' }];
  return canonicalRecord(Object.entries(found.must ?? {})) === canonicalRecord(Object.entries(found.is ?? {}))
    ? []
    : [{ ...found, drift: 'stale' }];
}

/** A document as a message holds it on the way to an engine without a schema: sets are lists, bytes are base64. */
function asMessage(fields: DocumentFields): DocumentFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Decimal) return value;
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof ValueSet)
    return value.members
      .map((member) => ({ member: plain(member), text: toJson(member) }))
      .toSorted((a, b) => (a.text < b.text ? -1 : 1))
      .map(({ member }) => member);
  if (Array.isArray(value)) return (value as readonly Value[]).map(plain);
  return asMessage(value as DocumentFields);
}

/** What a row's state says is counted for it, against what the row gives. */
export function compareCounted(
  row: Row,
  { model, contributions }: ExpectedCounts,
  is: Pick<CountState, 'contributions'> | undefined,
): readonly Finding[] {
  const counted = is?.contributions ?? [];
  if (sameContributions(contributions, counted)) return [];
  const drift = contributions.length === 0 ? 'extra' : counted.length === 0 ? 'missing' : 'stale';
  return [
    {
      drift,
      derivation: model.name,
      item: `what is counted for ${describeRow(row)}`,
      row: keyOf(row),
      ...{ must: sideOf(contributions), is: sideOf(counted) },
    },
  ];
}

function sideOf(contributions: readonly Contribution[]): FindingSide {
  if (contributions.length === 0) return undefined;
  return Object.fromEntries(contributions.map(({ tuple, amount }) => [tupleKey(tuple), amount]));
}

/**
 * A pointer and its rows, against what must be decided on them.
 *
 * @returns undefined where what was read was never true at once, so that nothing can be told.
 */
export function comparePointer(view: EntityRows): readonly Finding[] | undefined {
  if (contradictsItself(view)) return undefined;
  const { entity, current } = view;
  const decision = decidePointer(view);
  if (decision.action === 'keep') return [];
  const { partition, sort } = pointerKey(entity);
  return [
    {
      drift: POINTER_DRIFT[decision.action],
      derivation: entity.model.name,
      item: `pointer ${JSON.stringify([partition, sort])}`,
      row: undefined,
      must: decision.action === 'remove' ? undefined : memberSide(decision.member),
      is: current && memberSide(current),
    },
  ];
}

const POINTER_DRIFT = { create: 'missing', remove: 'extra', switch: 'wrong', repair: 'stale' } as const;

function memberSide({ sort, attributes }: Member): FindingSide {
  return { ...attributes, '(points to)': sort };
}

/** A count: what the rows add up to, and how many there are. */
export interface CountFigures {
  readonly count: Decimal | undefined;
  readonly rows: number | undefined;
}

/** @param must undefined where no row holds the tuple. */
export function compareCount(
  { derivation, tuple }: { readonly derivation: string; readonly tuple: Readonly<Record<string, string>> },
  must: CountFigures | undefined,
  is: CountFigures | undefined,
): readonly Finding[] {
  const found = {
    derivation,
    item: `count ${tupleKey(tuple)}`,
    row: undefined,
    ...{ must: figuresSide(must), is: figuresSide(is) },
  };
  if (must === undefined) return is === undefined ? [] : [{ ...found, drift: 'extra' }];
  if (is === undefined) return [{ ...found, drift: 'missing' }];
  const isRight =
    is.rows === must.rows && equalRecords({ count: must.count ?? null }, { count: is.count ?? null });
  return isRight ? [] : [{ ...found, drift: 'wrong' }];
}

function figuresSide(figures: CountFigures | undefined): FindingSide {
  if (figures === undefined) return undefined;
  const rows = figures.rows === undefined ? null : (Decimal.parse(String(figures.rows)) ?? null);
  return { count: figures.count ?? null, rows };
}
