import type { Gatherers } from '../../../application/doctor/examine.ts';
import type { ShardStates } from '../../../application/ports/shard-states.ts';
import { readDatabaseSettings } from '../../database-settings.ts';
import type { Sought } from './gatherers.ts';

/** What is kept beside the table: what finds it out. */
export interface StateGatherers {
  readonly gatherers: Gatherers;
  readonly shards: () => Promise<ShardStates>;
  readonly close: () => Promise<void>;
}

/** Of a database. */
export function postgresGatherers({ environment, limit }: Sought): StateGatherers {
  let isOpened = false;
  const opened = limit.once(async () => {
    const { DatabaseLook } = await import('../../../adapters/postgres/doctor/database-look.ts');
    isOpened = true;
    return DatabaseLook.open(readDatabaseSettings(environment));
  });
  return {
    gatherers: {
      database: limit.once(async (signal) => (await opened()).facts(signal)),
      followed: limit.once(async (signal) => (await opened()).followed(signal)),
    },
    shards: async () => (await opened()).shards(),
    close: async () => {
      if (isOpened)
        await opened()
          .then((look) => look.close())
          .catch(() => undefined);
    },
  };
}
