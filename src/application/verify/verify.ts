import { equalRecords } from '../../domain/value.ts';
import type { DerivedState } from '../ports/derived-state.ts';
import { recount, type Recount } from './recount.ts';

export type Subsystem = 'search' | 'defaultImages' | 'matcher';

/** One derived item that is not as the table's rows say. */
export interface Drift {
  readonly subsystem: Subsystem;
  readonly problem: 'missing' | 'extra' | 'wrong';
  readonly what: string;
}

export interface Verification {
  /** How many derived items were compared. */
  readonly checked: Readonly<Record<Subsystem, number>>;
  readonly drift: readonly Drift[];
}

/**
 * Compares what is derived with what the table's rows say must be. Reads only. Exact once the worker is idle;
 * while it works, what is still under way shows as drift. A default row that points to an image of which nothing is
 * known is not compared.
 */
export async function verify(state: DerivedState): Promise<Verification> {
  const expected = await recount(state.rows());
  const drift: Drift[] = [];
  const checked = {
    search: await compareDocuments(state, expected, drift),
    defaultImages: await compareDefaultImages(state, expected, drift),
    matcher: await compareCounts(state, expected, drift),
  };
  return { checked, drift };
}

async function compareDocuments(
  state: DerivedState,
  { documents }: Recount,
  drift: Drift[],
): Promise<number> {
  let checked = 0;
  for await (const { key, fields } of state.documents()) {
    checked++;
    const what = `${key.collection}/${key.id}`;
    const expected = documents.get(key.collection)?.get(key.id);
    documents.get(key.collection)?.delete(key.id);
    if (expected === undefined) drift.push({ subsystem: 'search', problem: 'extra', what });
    else if (!equalRecords(expected, fields)) drift.push({ subsystem: 'search', problem: 'wrong', what });
  }
  for (const [collection, missing] of documents)
    for (const id of missing.keys()) {
      checked++;
      drift.push({ subsystem: 'search', problem: 'missing', what: `${collection}/${id}` });
    }
  return checked;
}

async function compareDefaultImages(
  state: DerivedState,
  { images }: Recount,
  drift: Drift[],
): Promise<number> {
  let checked = 0;
  for await (const { entity, image, isImageUnknown = false } of state.defaultImages()) {
    const pk = `IMAGES#ORG#${entity.orgId}#ENTITY#${entity.entityType}#ID#${entity.entityId}`;
    const candidates = images.get(pk);
    images.delete(pk);
    if (isImageUnknown) continue;
    checked++;
    const target = candidates?.get(image.imageId);
    if (candidates === undefined) drift.push({ subsystem: 'defaultImages', problem: 'extra', what: pk });
    else if (target === undefined || !equalRecords(target, image.attributes))
      drift.push({ subsystem: 'defaultImages', problem: 'wrong', what: pk });
  }
  for (const pk of images.keys()) {
    checked++;
    drift.push({ subsystem: 'defaultImages', problem: 'missing', what: pk });
  }
  return checked;
}

async function compareCounts(state: DerivedState, { counts }: Recount, drift: Drift[]): Promise<number> {
  let checked = 0;
  for await (const { tuple, count } of state.tupleCounts()) {
    checked++;
    const what = JSON.stringify([tuple.manufacturer, tuple.model, tuple.typeDesignator]);
    const expected = counts.get(what);
    counts.delete(what);
    if (expected === undefined) drift.push({ subsystem: 'matcher', problem: 'extra', what });
    else if (expected !== count)
      drift.push({ subsystem: 'matcher', problem: 'wrong', what: `${what}: ${count}, expected ${expected}` });
  }
  for (const what of counts.keys()) {
    checked++;
    drift.push({ subsystem: 'matcher', problem: 'missing', what });
  }
  return checked;
}
