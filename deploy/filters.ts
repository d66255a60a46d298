import type { KeyTemplate } from '../src/adapters/dynamodb-stream/key-template.ts';
import type { ROW_MODELS } from '../src/adapters/dynamodb-stream/row-models.ts';
import type { Change, Operation } from '../src/domain/change.ts';
import { commandsOf } from '../src/domain/command.ts';
import type { Row } from '../src/domain/row.ts';
import { DecodedAttributes } from '../src/domain/value.ts';

type RowModel = (typeof ROW_MODELS)[number];

/** What one key must equal, or begin with. */
type KeyRule = string | { readonly prefix: string };

/** Lambda's filter language. Arrays: one of them; fields: all of them; filters of a mapping: one of them. */
export interface Filter {
  readonly dynamodb: {
    readonly Keys: {
      readonly PK: { readonly S: readonly KeyRule[] };
      readonly SK: { readonly S: readonly KeyRule[] };
    };
  };
}

/** Lambda's limits on one event source mapping. More filters are a quota that AWS raises on request. */
export const MAX_FILTERS = 5;
export const MAX_PATTERN_LENGTH = 4_096;

/** Values that key parts are tried with: what the domain tells apart, and something else. */
const SAMPLE_PARTS = ['SYSTEM', 'REGISTRATION', 'ICAO', 'x'];

const OPERATIONS: readonly Operation[] = ['INSERT', 'MODIFY', 'REMOVE'];

/**
 * The filters that let through every change that asks for anything, and none of the other rows. Rows whose sort keys
 * look alike share a filter. Where there are still more filters than a mapping may have, the shortest are merged: such
 * a filter also passes rows with the partition key of one and the sort key of the other, which the worker ignores.
 *
 * Keys are compared by their prefixes, as the row models do it: a key that begins like a needed row's but is
 * malformed passes too, so that the worker can report it. All three operations matter for every needed row: filters
 * on `eventName` would hold back what has to be done.
 *
 * @throws Error when a filter is too long.
 */
export function filtersOf(models: readonly RowModel[]): readonly Filter[] {
  const bySk = new Map<string, Filter>();
  for (const model of models) {
    if (!asksForAnything(model)) continue;
    const filter = filterOf([ruleOf(model.pk)], [ruleOf(model.sk)]);
    const alike = JSON.stringify(ruleOf(model.sk));
    const known = bySk.get(alike);
    bySk.set(alike, known === undefined ? filter : merged(known, filter));
  }
  const filters = [...bySk.values()];
  while (filters.length > MAX_FILTERS) {
    filters.sort((a, b) => lengthOf(b) - lengthOf(a));
    const [last, beforeLast] = [filters.pop(), filters.pop()];
    if (last !== undefined && beforeLast !== undefined) filters.push(merged(beforeLast, last));
  }
  for (const filter of filters)
    if (lengthOf(filter) > MAX_PATTERN_LENGTH)
      throw new Error(
        `a filter has more than Lambda's ${MAX_PATTERN_LENGTH} characters: give the row models shorter or fewer keys: ${JSON.stringify(filter)}`,
      );
  return filters;
}

function filterOf(pks: readonly KeyRule[], sks: readonly KeyRule[]): Filter {
  return { dynamodb: { Keys: { PK: { S: pks }, SK: { S: sks } } } };
}

/** What either filter lets through, and combinations of the two. */
function merged(a: Filter, b: Filter): Filter {
  const rules = (key: 'PK' | 'SK') => {
    const all = [...a.dynamodb.Keys[key].S, ...b.dynamodb.Keys[key].S];
    return [...new Map(all.map((rule) => [JSON.stringify(rule), rule])).values()];
  };
  return filterOf(rules('PK'), rules('SK'));
}

function lengthOf(filter: Filter): number {
  return JSON.stringify(filter).length;
}

function ruleOf(template: KeyTemplate): KeyRule {
  return template.fixed ? template.text : { prefix: template.prefix };
}

function asksForAnything(model: RowModel): boolean {
  const rows = sampleRows(model);
  if (rows.length === 0)
    throw new Error(`no sample of the row model ${model.pk.text} / ${model.sk.text} is a row`);
  return rows.some((row) =>
    OPERATIONS.some((operation) => Object.keys(commandsOf(changeOf(row, operation))).length > 0),
  );
}

function sampleRows({ pk, sk, row }: RowModel): readonly Row[] {
  const partCount = `${pk.text} ${sk.text}`.match(/<\w+>/g)?.length ?? 0;
  let samples: string[][] = [[]];
  for (let part = 0; part < partCount; part++)
    samples = samples.flatMap((sample) => SAMPLE_PARTS.map((text) => [...sample, text]));
  return samples.flatMap((parts) => {
    const made = row(...parts);
    return 'why' in made ? [] : [made];
  });
}

function changeOf(row: Row, operation: Operation): Change {
  const image = new DecodedAttributes(new Map());
  return {
    identity: { stream: '', sequence: '1' },
    version: { generation: 0, epoch: '', sequence: '1' },
    item: '',
    row,
    operation,
    before: operation === 'INSERT' ? 'absent' : image,
    after: operation === 'REMOVE' ? 'absent' : image,
    origin: 'user',
  };
}
