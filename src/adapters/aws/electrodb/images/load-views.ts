import pMap from 'p-map';
import type { EntityView } from '../../../../application/ports/image-repository.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Entity, Member } from '../../../../domain/pointer.ts';
import { translateError } from '../../translate-error.ts';
import { type RawKey, readAll } from '../batch-get.ts';
import { memberIn, memberKey, pointerKey, type TableRow } from './entity-rows.ts';
import { type EntityTable, tableOf } from './entity-table.ts';
import {
  completed,
  needsNewest,
  pointsSomewhere,
  type View,
  viewOf,
  type ViewWithPointer,
} from './entity-view.ts';
import { readNewest } from './read-newest.ts';

type Found = ReadonlyMap<View, Member | undefined | Fault>;

/**
 * Reads pointers, then the rows that they point to. An entity's newest row takes a request of its own, and is asked for only
 * where it decides: where the pointer must point to it, and where there is none, or its row is gone.
 */
export async function loadViews(
  from: EntityTable,
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly View[]> {
  const keys = entities.map((entity) => pointerKey(from.keys, entity));
  const pointers = await read(from, keys, signal);
  const views = entities.map((entity, index) =>
    made(from, pointers[index], (pointer) => viewOf(entity, pointer)),
  );
  const pointing = views.filter(pointsSomewhere);
  const [targets, newest] = await Promise.all([
    targetsOf(from, pointing, signal),
    newestOf(from, views.filter(needsNewest), signal),
  ]);
  const dangling = pointing.filter((view) => !needsNewest(view) && targets.get(view) === undefined);
  const ofDangling = await newestOf(from, dangling, signal);
  return views.map((view) => completed(view, targets.get(view), newest.get(view) ?? ofDangling.get(view)));
}

/** The rows that pointers point to. */
async function targetsOf(
  from: EntityTable,
  views: readonly ViewWithPointer[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  const keys = views.map(({ entity, current }) => memberKey(from.keys, entity, current.sort));
  const rows = await read(from, keys, signal);
  return new Map(
    views.map((view, index) => [
      view,
      made(from, rows[index], (row) => row && memberIn(from.keys, view.entity, row)),
    ]),
  );
}

async function newestOf(
  from: EntityTable,
  views: readonly EntityView[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  const query = async (view: EntityView): Promise<readonly [View, Member | undefined | Fault]> => {
    try {
      return [view, await readNewest(from, view.entity, signal)];
    } catch (error) {
      signal?.throwIfAborted();
      return [view, translateError(error, tableOf(from))];
    }
  };
  return new Map(await pMap(views, query, { concurrency: from.concurrency }));
}

/** One result per key; where the request failed, its fault for each. */
async function read(
  from: EntityTable,
  keys: readonly RawKey[],
  signal: AbortSignal | undefined,
): Promise<readonly (TableRow | undefined | Fault)[]> {
  try {
    return await readAll<TableRow>(from.client, from.table, keys, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const fault = translateError(error, tableOf(from));
    return keys.map(() => fault);
  }
}

/** What is made of a row that was read, or a fault where it is not to be understood. */
function made<T>(
  from: EntityTable,
  row: TableRow | undefined | Fault,
  make: (row: TableRow | undefined) => T,
): T | Fault {
  if (Fault.is(row)) return row;
  try {
    return make(row);
  } catch (error) {
    return translateError(error, tableOf(from));
  }
}
