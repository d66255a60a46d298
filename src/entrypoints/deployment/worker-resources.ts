import type { TableModel } from '../../domain/table-model.ts';
import { Fault } from '../../domain/fault.ts';
import type { RowsPlace, WorkerResources } from './policy.ts';

/** ARNs as they are given, by the names of the options of `contrail policy`. */
export interface GivenResources {
  readonly stream?: string;
  readonly table?: string;
  readonly stateTable?: string;
  readonly searchQueue?: string;
  readonly quarantineQueue?: string;
  /** Each `ARN`, or `ARN=PATTERN` of partition keys. */
  readonly rowsIn?: readonly string[];
}

/** A text that something else puts an ARN in place of: `Fn::Sub` of CloudFormation, or `templatefile` of Terraform. */
const PLACEHOLDER = /^\$\{[\w.]+\}$/;

const TABLE = {
  pattern: /^arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
  what: 'of a table',
  form: 'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, the name of 3 to 255 letters, digits, _, - and .',
};
const STREAM = {
  pattern: /^(arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255})\/stream\/[\dT:.-]+$/,
  what: 'of a stream',
  form: 'arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/TIME, the name of 3 to 255 letters, digits, _, - and .',
};
const QUEUE = {
  pattern: /^arn:[a-z-]+:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(?:\.fifo)?$/,
  what: 'of a queue',
  form: 'arn:aws:sqs:REGION:ACCOUNT:NAME, the name of 1 to 80 letters, digits, _ and -',
};

/**
 * Checks that everything is named which the worker of a definition has to do with. Nothing is guessed: a name that is
 * missing would become a wildcard.
 *
 * @throws Fault `configuration` that names every option that is missing or no ARN.
 */
export function workerResources(
  { documents, derivedRows }: TableModel,
  given: GivenResources,
): WorkerResources {
  const problems: string[] = [];
  const read = (
    option: string,
    arn: string | undefined,
    { pattern, what, form }: typeof TABLE,
    need?: string,
  ) => {
    if (arn === undefined) {
      if (need !== undefined) problems.push(`${option} is missing: the ARN of ${need}`);
    } else if (!pattern.test(arn) && !PLACEHOLDER.test(arn))
      problems.push(
        `${option} ${JSON.stringify(arn)} is no ARN ${what} (${form}), and no placeholder like \${name}`,
      );
    return arn ?? '';
  };
  const stream = read('--stream', given.stream, STREAM, "the table's stream (LatestStreamArn)");
  const tableOfStream = STREAM.pattern.exec(stream)?.[1];
  // A stream that is wrong, or missing, will name the table once it is right.
  const isNamed = !PLACEHOLDER.test(stream);
  const table = read('--table', given.table ?? tableOfStream, TABLE, isNamed ? undefined : 'the table');
  if (tableOfStream !== undefined && !PLACEHOLDER.test(table) && table !== tableOfStream)
    problems.push(`--table ${JSON.stringify(table)} is not the table of the stream ${stream}`);
  const stateTable = read('--state-table', given.stateTable, TABLE, "the worker's state table");
  const needsQueue = documents.length > 0 ? 'the queue that search actions go to' : undefined;
  read('--search-queue', given.searchQueue, QUEUE, needsQueue);
  read('--quarantine-queue', given.quarantineQueue, QUEUE);
  const rowsIn = rowsPlaces(given.rowsIn ?? []);
  for (const place of rowsIn) read('--rows-in', place.table, TABLE);
  if (derivedRows.length > 0 && rowsIn.length === 0)
    problems.push(
      `--rows-in is missing: the ARN of the table where ${derivedRows.map(({ name }) => name).join(', ')} derives rows; ` +
        'ARN=PATTERN if their partition keys have one, such as AUDIT#*',
    );
  if (problems.length > 0)
    throw new Fault('configuration', problems.join('\n'), {
      reason: 'the resources of the worker are not all named',
    });
  return {
    stream,
    table,
    stateTable,
    searchQueue: given.searchQueue,
    quarantineQueue: given.quarantineQueue,
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
