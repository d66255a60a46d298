import { PGLITE, SERVER } from '../integration/postgres.ts';
import { queuesOn } from './backends/postgres/queues.ts';
import { stateOn } from './backends/postgres/state.ts';
import { tableOn } from './backends/postgres/table.ts';
import { describeBackend } from './describe-backend.ts';

/** Both, or the one that is asked for. */
const only = process.env['CONTRACT_DATABASE'];
for (const kind of [PGLITE, SERVER].filter(({ name }) => (only ?? name) === name))
  describeBackend({
    ...stateOn(kind),
    ...tableOn(kind),
    ...queuesOn(kind),
    streamSource: { lacks: 'a table of PostgreSQL has no stream' },
    metrics: { lacks: 'they are the memory backend’s' },
  });
