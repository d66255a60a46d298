import type { TableModel } from '../../domain/table-model.ts';
import { ArnReader, type GivenResources, QUEUE, SECRET, TABLE } from './arn-reader.ts';
import type { IndexerResources } from './indexer-policy.ts';

/**
 * Checks that everything is named which the indexer of a definition has to do with.
 *
 * @throws Fault `configuration` that names every option that is missing or no ARN, or says that there are no documents.
 */
export function indexerResources({ documents }: TableModel, given: GivenResources): IndexerResources {
  const arns = new ArnReader(given);
  if (documents.length === 0)
    arns.problems.push('the definition derives no documents, so there is no indexer: leave --indexer out');
  const table = arns.table(false);
  const stateTable = arns.read('stateTable', TABLE, "the worker's state table");
  const searchQueue = arns.read('searchQueue', QUEUE, 'the queue that search actions come from');
  arns.read('keySecret', SECRET);
  arns.finish('the resources of the indexer are not all named');
  return { table, stateTable, searchQueue, keySecret: given.keySecret };
}
