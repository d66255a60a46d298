import type { TableModel } from '../../domain/table-model.ts';
import { ArnReader, type GivenResources, QUEUE, STREAM, TABLE } from './arn-reader.ts';
import type { ConsumeResources } from './consume-policy.ts';
import type { RowsPlace, WorkerResources } from './policy.ts';

/**
 * Checks that everything is named which the worker of a definition has to do with. Nothing is guessed: a name that is
 * missing would become a wildcard.
 *
 * @throws Fault `configuration` that names every option that is missing or no ARN.
 */
export function workerResources(model: TableModel, given: GivenResources): WorkerResources {
  const arns = new ArnReader(given);
  const stream = arns.read('stream', STREAM, "the table's stream (LatestStreamArn)");
  return { stream, ...resourcesBeside(model, arns, arns.table(true), given) };
}

/**
 * The same of `contrail consume`, which need not know the stream: then it reads whichever the table has.
 *
 * @throws Fault as `workerResources` does.
 */
export function consumeResources(model: TableModel, given: GivenResources): ConsumeResources {
  const arns = new ArnReader(given);
  const stream = arns.read('stream', STREAM);
  const beside = resourcesBeside(model, arns, arns.table(false), given);
  return { stream: given.stream === undefined ? undefined : stream, ...beside };
}

/** What a worker has to do with beside its stream. @throws Fault as `workerResources` does. */
function resourcesBeside(
  { documents, derivedRows }: TableModel,
  arns: ArnReader,
  table: string,
  given: GivenResources,
): Omit<WorkerResources, 'stream'> {
  const stateTable = arns.read('stateTable', TABLE, "the worker's state table");
  const needsQueue = documents.length > 0 ? 'the queue that search actions go to' : undefined;
  arns.read('searchQueue', QUEUE, needsQueue);
  arns.read('quarantineQueue', QUEUE);
  const rowsIn = rowsPlaces(given.rowsIn ?? []);
  for (const place of rowsIn) arns.check('--rows-in', place.table, TABLE);
  if (derivedRows.length > 0 && rowsIn.length === 0)
    arns.problems.push(
      `--rows-in is missing: the ARN of the table where ${derivedRows.map(({ name }) => name).join(', ')} derives rows; ` +
        'ARN=PATTERN if their partition keys have one, such as AUDIT#*',
    );
  arns.finish('the resources of the worker are not all named');
  return {
    table,
    stateTable,
    searchQueue: given.searchQueue,
    quarantineQueue: given.quarantineQueue,
    ...(given.park === true && { parks: true }),
    ...(rowsIn.length === 0 ? {} : { rowsIn }),
  };
}

/** Tables, each with the patterns that are given for it; one that is given without a pattern is for any partition. */
export function rowsPlaces(given: readonly string[]): readonly RowsPlace[] {
  const patterns = new Map<string, string[]>();
  for (const text of given) {
    const [, table = '', pattern = '*'] = /^([^=]*)(?:=(.+))?$/s.exec(text) ?? [];
    patterns.set(table, [...(patterns.get(table) ?? []), pattern]);
  }
  return [...patterns].map(([table, partitions]) => ({
    table,
    partitions: partitions.includes('*') ? undefined : partitions,
  }));
}
