import type { TableModel } from '../../domain/table-model.ts';
import { ArnReader, type GivenResources, QUEUE, SECRET, TABLE } from './arn-reader.ts';
import type { VerifierResources } from './verifier-policy.ts';
import { rowsPlaces } from './worker-resources.ts';

/**
 * Checks that everything is named which a verification of a definition has to do with. Where all rows are derived into the table itself, no table
 * has to be named for them.
 *
 * @throws Fault `configuration` that names every option that is missing or no ARN.
 */
export function verifierResources({ documents }: TableModel, given: GivenResources): VerifierResources {
  const arns = new ArnReader(given);
  const table = arns.table(false);
  const stateTable = arns.read('stateTable', TABLE, "the worker's state table");
  arns.read('searchQueue', QUEUE, documents.length > 0 ? 'the queue that must be seen empty' : undefined);
  arns.read('keySecret', SECRET);
  const rowsIn = rowsPlaces(given.rowsIn ?? []);
  for (const place of rowsIn) arns.check('--rows-in', place.table, TABLE);
  arns.finish('the resources of the verification are not all named');
  return { table, stateTable, searchQueue: given.searchQueue, keySecret: given.keySecret, rowsIn };
}
