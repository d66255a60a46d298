import type { KeyTemplate } from '../src/adapters/dynamodb-stream/key-template.ts';
import type { ROW_MODELS } from '../src/adapters/dynamodb-stream/row-models.ts';
import type { Change, Operation } from '../src/domain/change.ts';
import { commandsOf } from '../src/domain/command.ts';
import type { Row } from '../src/domain/row.ts';
import { DecodedAttributes } from '../src/domain/value.ts';

type RowModel = (typeof ROW_MODELS)[number];

/** What one key must be: one of these texts, or begin with one of these. */
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
 * The filters that let through every change which asks for anything, and of the other rows none. Rows whose sort
 * keys look alike share a filter.
 *
 * Keys are compared by what they begin with, as the row models do it: a key that begins like a needed row's and is
 * none goes through too, so that the worker can say so. All three operations matter for every needed row: filters
 * on `eventName` would hold back what has to be done.
 *
 * @throws Error when there are more filters than a mapping may have, or one is too long.
 */
export function filtersOf(models: readonly RowModel[]): readonly Filter[] {
  const bySk = new Map<string, { sk: KeyRule; pks: Map<string, KeyRule> }>();
  for (const model of models) {
    if (!asksForAnything(model)) continue;
    const sk = ruleOf(model.sk);
    const name = JSON.stringify(sk);
    const group = bySk.get(name) ?? { sk, pks: new Map<string, KeyRule>() };
    const pk = ruleOf(model.pk);
    group.pks.set(JSON.stringify(pk), pk);
    bySk.set(name, group);
  }
  const filters = [...bySk.values()].map(({ sk, pks }) => ({
    dynamodb: { Keys: { PK: { S: [...pks.values()] }, SK: { S: [sk] } } },
  }));
  if (filters.length > MAX_FILTERS)
    throw new Error(
      `the row models take ${filters.length} filters, but an event source mapping has ${MAX_FILTERS}`,
    );
  for (const filter of filters)
    if (JSON.stringify(filter).length > MAX_PATTERN_LENGTH)
      throw new Error(`a filter has more than ${MAX_PATTERN_LENGTH} characters: ${JSON.stringify(filter)}`);
  return filters;
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
