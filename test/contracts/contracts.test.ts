import type { Config } from '../../src/entrypoints/config.ts';
import { aws } from './backends/aws.ts';
import type { Backend } from './backends/backend.ts';
import { memory } from './backends/memory.ts';
import { describeBackend } from './describe-backend.ts';

/** That of PostgreSQL has a file of its own. */
const BACKENDS: Readonly<Record<Exclude<Config['backend']['kind'], 'postgres'>, Backend>> = { memory, aws };

/** All of them, or the one that is asked for. */
const kind = process.env['CONTRACT_BACKEND'];
const backends = Object.entries(BACKENDS).filter(([name]) => kind === undefined || kind === name);
if (backends.length === 0)
  throw new Error(`CONTRACT_BACKEND is ${kind}, but must be one of ${Object.keys(BACKENDS).join(', ')}`);

for (const [, backend] of backends) describeBackend(backend);
