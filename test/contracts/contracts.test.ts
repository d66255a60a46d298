import type { Config } from '../../src/entrypoints/config.ts';
import { aws } from './backends/aws.ts';
import type { Backend } from './backends/backend.ts';
import { memory } from './backends/memory.ts';
import { describeContract } from './contract.ts';
import { derivedRowRepository } from './derived-row-repository/contract.ts';
import * as derivedState from './derived-state.ts';
import { effectLog } from './effect-log/contract.ts';
import { imageRepository } from './image-repository/contract.ts';
import { matcherRepository } from './matcher-repository/contract.ts';
import * as metrics from './metrics.ts';
import * as quarantine from './quarantine.ts';
import { searchIndex } from './search-index/contract.ts';
import * as searchQueue from './search-queue.ts';
import * as tableGenerations from './table-generations.ts';
import { tableReplica } from './table-replica/contract.ts';

/** That of PostgreSQL has a file of its own. */
const BACKENDS: Readonly<Record<Exclude<Config['backend']['kind'], 'postgres'>, Backend>> = { memory, aws };

/** All of them, or the one that is asked for. */
const kind = process.env['CONTRACT_BACKEND'];
const backends = Object.entries(BACKENDS).filter(([name]) => kind === undefined || kind === name);
if (backends.length === 0)
  throw new Error(`CONTRACT_BACKEND is ${kind}, but must be one of ${Object.keys(BACKENDS).join(', ')}`);

for (const [, backend] of backends) {
  describeContract('image repository', imageRepository, backend.imageRepository);
  describeContract('matcher repository', matcherRepository, backend.matcherRepository);
  describeContract('derived row repository', derivedRowRepository, backend.derivedRowRepository);
  describeContract('effect log', effectLog, backend.effectLog);
  describeContract('search queue', { send: searchQueue }, backend.searchQueue);
  describeContract('search index', searchIndex, backend.searchIndex);
  describeContract(
    'table generations',
    { 'generationOf, adopt': tableGenerations },
    backend.tableGenerations,
  );
  describeContract('table replica', tableReplica, backend.tableReplica);
  describeContract('derived state', { read: derivedState }, backend.derivedState);
  describeContract('quarantine', { keep: quarantine }, backend.quarantine);
  describeContract('metrics', { 'add, request, flush': metrics }, backend.metrics);
}
