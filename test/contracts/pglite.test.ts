import { PGLITE } from '../integration/postgres.ts';
import { postgresOn } from './backends/postgres/postgres.ts';
import { describeBackend } from './describe-backend.ts';

// A file of its own, so that it runs beside that of the server.
describeBackend(postgresOn(PGLITE));
