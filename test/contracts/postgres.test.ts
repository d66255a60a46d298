import { SERVER } from '../integration/postgres.ts';
import { postgresOn } from './backends/postgres/postgres.ts';
import { describeBackend } from './describe-backend.ts';

describeBackend(postgresOn(SERVER));
