import pMap from 'p-map';
import type { EntityView } from '../../../../application/ports/image-repository.ts';
import { Fault } from '../../../../domain/fault.ts';
import type { Entity, Member } from '../../../../domain/pointer.ts';
import { translateError } from '../../translate-error.ts';
import { type RawKey, readAll } from '../batch-get.ts';
import { memberIn, memberKey, pointerKey, type TableRow } from './entity-rows.ts';
import { type EntityTable, tableOf } from './entity-table.ts';
import { pointsElsewhere, viewOf } from './entity-view.ts';
import { readNewest } from './read-newest.ts';

/** Reads pointers and newest rows, then the rows that are pointed to, where those are not the newest. */
export async function loadViews(
  from: EntityTable,
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly (EntityView | Fault)[]> {
  const { keys } = from;
  const attempted = <T>(work: () => T) => attemptedOn(from, work);
  const [pointers, newest] = await Promise.all([
    read(
      from,
      entities.map((entity) => pointerKey(keys, entity)),
      signal,
    ),
    pMap(entities, (entity) => newestOf(from, entity, signal), { concurrency: from.concurrency }),
  ]);
  const views = entities.map((entity, index) =>
    attempted(() => viewOf(entity, pointers[index], newest[index])),
  );

  // Most pointers point to the newest row, which is known by now.
  const elsewhere = views.filter(pointsElsewhere);
  const targets = await read(
    from,
    elsewhere.map(({ entity, current }) => memberKey(keys, entity, current.sort)),
    signal,
  );
  const targetOf = new Map<EntityView | Fault, TableRow | undefined | Fault>(
    elsewhere.map((view, index) => [view, targets[index]]),
  );
  return views.map((view) => {
    const row = targetOf.get(view);
    if (Fault.is(row)) return row;
    return Fault.is(view) || row === undefined
      ? view
      : attempted(() => ({ ...view, target: memberIn(keys, view.entity, row) }));
  });
}

async function newestOf(
  from: EntityTable,
  entity: Entity,
  signal: AbortSignal | undefined,
): Promise<Member | undefined | Fault> {
  try {
    return await readNewest(from, entity, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return translateError(error, tableOf(from));
  }
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

/** What the work makes of a row, or a fault where the row is not to be understood. */
function attemptedOn<T>(from: EntityTable, work: () => T): T | Fault {
  try {
    return work();
  } catch (error) {
    return translateError(error, tableOf(from));
  }
}
