import { Fault } from '../../domain/fault.ts';
import type { Operation } from '../../domain/change.ts';
import type { KeyType } from '../../domain/key-value.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { areaOf, isNeeded, joined, type KeyArea, type Rows, withoutSplits } from './key-area.ts';
import { coarser, isAny, type KeyRule } from './key-rule.ts';
import { ALL_OPERATIONS } from './needed-operations.ts';
import { needlessRows } from './needless-rows.ts';

/** What one key must equal or begin with, or that there is one. */
type Match = string | { readonly prefix: string } | { readonly exists: true };

type Matches = { readonly [Type in KeyType]?: readonly Match[] };

/** Lambda's filter language. Arrays: one of them; fields: all of them; filters of a mapping: one of them. */
export interface Filter {
  /** Which operations; all where it is missing. */
  readonly eventName?: readonly Operation[];
  readonly dynamodb: {
    /** By the names of the table's key attributes. */
    readonly Keys: Readonly<Record<string, Matches>>;
  };
}

/** Lambda's limits on one event source mapping. AWS raises the first on request, to `MOST_FILTERS`. */
export const MAX_FILTERS = 5;
export const MOST_FILTERS = 10;
export const MAX_PATTERN_LENGTH = 4_096;

export interface Filters {
  readonly filters: readonly Filter[];
  /** The rows that pass although nothing is derived from them, a line for each kind or place. */
  readonly needless: readonly string[];
}

/**
 * The filters that let through every change of a row that anything is derived from, and as few of the other rows as
 * filters can hold back. Rows whose partition keys or sort keys look alike share a filter. Where there are still more
 * filters than a mapping may have, the shortest are merged: such a filter also passes rows with the partition key of one
 * and the sort key of the other. One that is too long then asks for less of the keys. The worker ignores what passes
 * needlessly.
 *
 * Keys are compared by their prefixes, as the table's model does it: a key that begins like a needed row's but is
 * malformed passes too, so that the worker can report it. An operation is held back only where nothing that is derived
 * from the row asks for it (`neededOperations`).
 *
 * @throws Fault `configuration` when nothing is derived from the table: a mapping without filters would pass all rows.
 */
export function filtersOf(model: Rows, most = MAX_FILTERS): Filters {
  const { rows, keys } = model;
  const lengthOf = (area: KeyArea) => JSON.stringify(filterOf(area, keys)).length;
  const areas = [...withoutSplits(rows.filter(isNeeded).map(areaOf))];
  if (areas.length === 0)
    throw new Fault(
      'configuration',
      'the definition derives nothing yet, and filters are of the rows that something is derived from: add a derivation to its derive, and ask for the filters again',
    );
  while (areas.length > most) {
    areas.sort((a, b) => lengthOf(b) - lengthOf(a));
    const [last, beforeLast] = [areas.pop(), areas.pop()];
    if (last !== undefined && beforeLast !== undefined) areas.push(joined(beforeLast, last));
  }
  const fitting = areas.map((area) => {
    let fit = area;
    while (lengthOf(fit) > MAX_PATTERN_LENGTH) fit = shorter(fit);
    return fit;
  });
  return {
    filters: fitting.map((area) => filterOf(area, keys)),
    needless: needlessRows(fitting, model),
  };
}

/** As event source mappings take them: in CloudFormation, by the AWS CLI, and field by field in CDK and Terraform. */
export function filterCriteria(filters: readonly Filter[]): {
  readonly Filters: readonly { readonly Pattern: string }[];
} {
  return { Filters: filters.map((filter) => ({ Pattern: JSON.stringify(filter) })) };
}

/** Asks for less of the attribute that most is asked of. */
function shorter(area: KeyArea): KeyArea {
  const { partitions, sorts } = area;
  const lengthOf = (rules: readonly KeyRule[]) => JSON.stringify(rules).length;
  return lengthOf(sorts) > lengthOf(partitions)
    ? { ...area, sorts: coarser(sorts) }
    : { ...area, partitions: coarser(partitions) };
}

function filterOf({ partitions, sorts, operations }: KeyArea, keys: KeySchema): Filter {
  const { partition, partitionType, sort, sortType } = keys;
  const Keys: Record<string, Matches> = {};
  if (!partitions.some(isAny)) Keys[partition] = matchesOf(partitions, partitionType);
  if (sort !== undefined && !sorts.some(isAny)) Keys[sort] = matchesOf(sorts, sortType);
  // A pattern that asks for nothing is refused.
  if (Object.keys(Keys).length === 0) Keys[partition] = { [partitionType]: [{ exists: true }] };
  const isForAll = operations.length === ALL_OPERATIONS.length;
  return { ...(isForAll ? {} : { eventName: operations }), dynamodb: { Keys } };
}

/** Lambda compares what stands in the record: of a number its digits, of bytes their base64. */
function matchesOf(rules: readonly KeyRule[], type: KeyType): Matches {
  return { [type]: rules.map((rule) => matchOf(rule, type)) };
}

function matchOf({ text, isWhole }: KeyRule, type: KeyType): Match {
  const found = type === 'B' ? inBase64(text, isWhole) : text;
  return isWhole ? found : { prefix: found };
}

/** What texts in base64url begin with, or are, as base64. */
function inBase64(text: string, isWhole: boolean): string {
  const found = text.replaceAll('-', '+').replaceAll('_', '/');
  return isWhole ? found.padEnd(Math.ceil(found.length / 4) * 4, '=') : found;
}
