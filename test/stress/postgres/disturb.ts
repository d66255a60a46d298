import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import type { Names } from '../../../src/adapters/postgres/schema/names.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import type { Counts } from '../../../src/simulation/world/counts.ts';
import type { PostgresPlan } from './postgres-plan.ts';

/** What goes on beside the workers. */
export interface Disturbance {
  readonly seed: number;
  /** Somebody's own. */
  readonly database: Database;
  readonly names: Names;
  readonly counts: Counts;
}

/** Terminates connections of this run's workers, each in the middle of a statement, until it is over. */
export async function terminateConnections(
  { database, names, counts, seed }: Disturbance,
  { terminateEvery }: PostgresPlan,
  over: AbortSignal,
): Promise<void> {
  const random = chanceOf(seed, 'terminations');
  while (!(await isOver(random.int(1, terminateEvery), over))) {
    const victims = await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'contrail' and pid <> pg_backend_pid() and state = 'active' and position($1 in query) > 0
  and query not like '%pg_terminate_backend%'
order by random() limit 1`,
      [names.schema],
    );
    if (victims.length > 0) counts.add('terminated');
  }
}

/** Locks some rows of the workers in an order that is not theirs, for a moment: they wait, or somebody is the victim of a deadlock. */
export async function lockRows(
  { database, names, counts, seed }: Disturbance,
  { lockEvery }: PostgresPlan,
  over: AbortSignal,
): Promise<void> {
  const random = chanceOf(seed, 'locks');
  const tables = [names.counts, names.states, names.source_rows, names.pointers, names.documents];
  while (!(await isOver(random.int(1, lockEvery), over))) {
    const rows = random.pick(tables);
    try {
      await database.transaction(async (client) => {
        for (let n = random.int(2, 6); n > 0; n--) {
          await client.query(
            `select 1 from ${rows} where id = (select id from ${rows} order by random() limit 1) for update`,
          );
          await sleep(random.int(0, 5));
        }
      });
      counts.add('locked');
    } catch (error) {
      // The victim of a deadlock, or of whoever terminates connections.
      if (!Fault.is(error) || error.kind === 'configuration') throw error;
      counts.add('lock given up');
    }
  }
}

async function isOver(milliseconds: number, over: AbortSignal): Promise<boolean> {
  await sleep(milliseconds, undefined, { signal: over }).catch(() => undefined);
  return over.aborted;
}
