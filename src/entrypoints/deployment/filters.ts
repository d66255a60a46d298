import { Fault } from '../../domain/fault.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { areaOf, isNeeded, joined, type KeyArea, type Rows, withoutSplits } from './key-area.ts';
import { coarser, isAny, type KeyRule } from './key-rule.ts';
import { needlessRows } from './needless-rows.ts';

/** What one key must equal or begin with, or that there is one. */
type Match = string | { readonly prefix: string } | { readonly exists: true };

/** Lambda's filter language. Arrays: one of them; fields: all of them; filters of a mapping: one of them. */
export interface Filter {
  readonly dynamodb: {
    /** By the names of the table's key attributes. */
    readonly Keys: Readonly<Record<string, { readonly S: readonly Match[] }>>;
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
 * malformed passes too, so that the worker can report it. All three operations matter for every needed row: filters
 * on `eventName` would hold back what has to be done.
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
      'the definition derives nothing, so that no row is needed: add a derivation',
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
function shorter({ partitions, sorts }: KeyArea): KeyArea {
  const lengthOf = (rules: readonly KeyRule[]) => JSON.stringify(rules).length;
  return lengthOf(sorts) > lengthOf(partitions)
    ? { partitions, sorts: coarser(sorts) }
    : { partitions: coarser(partitions), sorts };
}

function filterOf({ partitions, sorts }: KeyArea, { partition, sort }: KeySchema): Filter {
  const Keys: Record<string, { readonly S: readonly Match[] }> = {};
  if (!partitions.some(isAny)) Keys[partition] = { S: partitions.map(matchOf) };
  if (sort !== undefined && !sorts.some(isAny)) Keys[sort] = { S: sorts.map(matchOf) };
  // A pattern that asks for nothing is refused.
  if (Object.keys(Keys).length === 0) Keys[partition] = { S: [{ exists: true }] };
  return { dynamodb: { Keys } };
}

function matchOf({ text, isWhole }: KeyRule): Match {
  return isWhole ? text : { prefix: text };
}
