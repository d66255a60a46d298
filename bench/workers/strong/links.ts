import type { Item, ItemChange } from './item-changes.ts';
import type { Place } from './read-items.ts';

/** What a link is counted under. */
export interface Tuple {
  /** One string per tuple. */
  readonly name: string;
  readonly at: Place;
  readonly attributes: Item;
}

export function isLink({ pk, sk }: ItemChange): boolean {
  return pk === 'FAA#LINKS' && sk.startsWith('MFR_MDL_CODE#');
}

/** What a row holds; undefined where it lacks a part. */
export function tupleIn(table: string, row: Item | undefined): Tuple | undefined {
  const manufacturer = row?.['manufacturer']?.S?.trim();
  const model = row?.['model']?.S?.trim();
  const type = row?.['type_designator']?.S?.trim();
  if (!manufacturer || !model || !type) return undefined;
  const at = { table, pk: `ICAO#MATCHER#MFR#${manufacturer}`, sk: `MODEL#${model}#TYPE#${type}` };
  const attributes = { manufacturer: { S: manufacturer }, model: { S: model }, type_designator: { S: type } };
  return { name: `${at.pk}\0${at.sk}`, at, attributes };
}

/** How counts change together: no entry for what cancels out. */
export function netDeltas(
  moves: readonly { readonly from: Tuple | undefined; readonly to: Tuple | undefined }[],
): { readonly tuple: Tuple; readonly delta: number }[] {
  const deltas = new Map<string, { tuple: Tuple; delta: number }>();
  const add = (tuple: Tuple | undefined, delta: number) => {
    if (tuple === undefined) return;
    const entry = deltas.get(tuple.name);
    if (entry === undefined) deltas.set(tuple.name, { tuple, delta });
    else entry.delta += delta;
  };
  for (const { from, to } of moves) {
    add(from, -1);
    add(to, 1);
  }
  return [...deltas.values()].filter(({ delta }) => delta !== 0);
}

/** The parameters of an update that adds to a count. */
export function countUpdate({ attributes, at }: Tuple, delta: number, key: Item) {
  return {
    TableName: at.table,
    Key: key,
    UpdateExpression:
      'SET manufacturer = :manufacturer, #model = :model, type_designator = :type_designator ADD #count :delta',
    ExpressionAttributeNames: { '#count': 'count', '#model': 'model' },
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
      ':delta': { N: String(delta) },
    },
  };
}
