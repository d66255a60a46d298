import { effectLog } from './effect-log/contract.ts';
import { describeContract } from './contract.ts';
import { derivedRowRepository } from './derived-row-repository/contract.ts';
import { matcherRepository } from './matcher-repository/contract.ts';
import * as quarantine from './quarantine.ts';
import * as searchActionSource from './search-action-source.ts';
import * as searchFences from './search-fences.ts';
import * as searchQueue from './search-queue.ts';
import * as sourceRows from './source-rows.ts';
import * as derivedState from './derived-state.ts';
import { imageRepository } from './image-repository/contract.ts';
import { searchIndex } from './search-index/contract.ts';
import { tableReplica } from './table-replica/contract.ts';
import * as tableGenerations from './table-generations.ts';
import type { Backend } from './backends/backend.ts';
import { stateOn } from './backends/postgres/state.ts';
import { queuesOn } from './backends/postgres/queues.ts';
import { tableOn } from './backends/postgres/table.ts';
import { SERVER, PGLITE } from '../integration/postgres.ts';

/** Both, or the one that is asked for. */
const only = process.env['CONTRACT_DATABASE'];
for (const kind of [PGLITE, SERVER].filter(({ name }) => (only ?? name) === name)) {
  const backend: Backend = {
    ...stateOn(kind),
    ...tableOn(kind),
    ...queuesOn(kind),
    metrics: { lacks: 'they are the memory backend’s' },
  };
  describeContract('image repository', imageRepository, backend.imageRepository);
  describeContract('table replica', tableReplica, backend.tableReplica);
  describeContract('search index', searchIndex, backend.searchIndex);
  describeContract('search queue', { send: searchQueue }, backend.searchQueue);
  describeContract(
    'search action source',
    { 'receive, acknowledge, giveBack, extend': searchActionSource },
    backend.searchActionSource,
  );
  describeContract('search fences', { 'load, advance': searchFences }, backend.searchFences);
  describeContract('source rows', { read: sourceRows }, backend.sourceRows);
  describeContract('quarantine', { keep: quarantine }, backend.quarantine);
  describeContract('derived state', { read: derivedState }, backend.derivedState);
  describeContract('matcher repository', matcherRepository, backend.matcherRepository);
  describeContract('derived row repository', derivedRowRepository, backend.derivedRowRepository);
  describeContract('effect log', effectLog, backend.effectLog);
  describeContract(
    'table generations',
    { 'generationOf, adopt': tableGenerations },
    backend.tableGenerations,
  );
}
