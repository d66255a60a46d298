import type { PostgresKind } from '../../../integration/postgres.ts';
import type { Backend } from '../backend.ts';
import { queuesOn } from './queues.ts';
import { stateOn } from './state.ts';
import { tableOn } from './table.ts';

/** All ports on PostgreSQL: the same on a server and in the process. */
export function postgresOn(kind: PostgresKind): Backend {
  return {
    ...stateOn(kind),
    ...tableOn(kind),
    ...queuesOn(kind),
    streamSource: { lacks: 'a table of PostgreSQL has no stream' },
    metrics: { lacks: 'they are the memory backend’s' },
  };
}
