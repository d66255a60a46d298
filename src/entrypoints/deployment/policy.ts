import type { KeyTemplate } from '../../domain/definition/key-template.ts';
import type { KeySchema, TableModel } from '../../domain/table-model.ts';

/** An IAM policy, as its JSON is written. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: {
    readonly 'ForAllValues:StringLike': { readonly 'dynamodb:LeadingKeys': readonly string[] };
  };
}

/** ARNs of what a worker has to do with. */
export interface WorkerResources {
  readonly table: string;
  readonly stream: string;
  readonly stateTable: string;
  /** Where search actions go; needed only where documents are derived. */
  readonly searchQueue: string | undefined;
  /** Where records go that can never be handled; undefined where they block. */
  readonly quarantineQueue: string | undefined;
  /** Whether the items of such records are parked. */
  readonly parks?: boolean | undefined;
  /** Where `rows` go: only they know, not their definition. */
  readonly rowsIn?: readonly RowsPlace[];
}

/** A table with derived rows. */
export interface RowsPlace {
  readonly table: string;
  /** Patterns of their partition keys, as IAM compares them; undefined for any. */
  readonly partitions: readonly string[] | undefined;
}

/**
 * What a worker of this definition may do: exactly what it asks for, and what Lambda asks for in its name to read the
 * stream. Transactions are allowed by their parts; they have no action of their own. In the table itself it may touch
 * only partitions of what it derives, where partition keys are strings.
 *
 * - Every definition: the stream, and the state table, which says at least which tables are followed.
 * - Documents: `sqs:SendMessage` to the search queue.
 * - Pointers: reading pointers and what they point to, finding the newest row, writing pointers on conditions.
 * - Counts: reading and changing their rows; what is counted of each row is in the state table.
 * - Rows: writing them where they are said to be, which only the definition's function knows; what is derived of each row
 *   is in the state table.
 * - Parking: reading which items are parked, and taking notes away, in the state table's partitions for that.
 * - Effects: nothing but state. What their own code asks for, also in `once`, nobody knows here.
 */
export function policyOf(model: TableModel, resources: WorkerResources): PolicyDocument {
  const { table, stream } = resources;
  return {
    Version: '2012-10-17',
    Statement: [
      readStream(stream),
      allow('FindStream', 'dynamodb:ListStreams', `${table}/stream/*`),
      ...workerStatements(model, resources),
    ],
  };
}

/** What whoever reads a stream asks of it. */
export function readStream(stream: string): Statement {
  return allow(
    'ReadStream',
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    stream,
  );
}

/** What the worker itself asks for, whoever reads the stream. */
export function workerStatements(
  model: TableModel,
  resources: Omit<WorkerResources, 'stream'>,
): readonly Statement[] {
  const { documents, counts, pointers, derivedRows, keys } = model;
  const { table, stateTable, searchQueue, quarantineQueue, parks, rowsIn = [] } = resources;
  const ofPointers = pointers.map(({ partition }) => partition);
  const ofCounts = counts.map(({ partition }) => partition);
  const inTable = (Sid: string, Action: string | readonly string[], partitions: readonly KeyTemplate[]) =>
    partitions.length === 0 ? [] : [{ ...allow(Sid, Action, table), ...onPartitions(partitions, keys) }];
  return [
    ...inTable('ReadDerivedRows', 'dynamodb:BatchGetItem', [...ofPointers, ...ofCounts]),
    ...inTable('FindNewestRow', 'dynamodb:Query', ofPointers),
    ...inTable(
      'WritePointers',
      ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
      ofPointers,
    ),
    ...inTable('WriteCounts', ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], ofCounts),
    ...(derivedRows.length === 0 ? [] : rowsIn.map(rowsStatement(derivedRows.every(({ keep }) => keep)))),
    allow('KeepState', ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], stateTable),
    ...(documents.length === 0 || searchQueue === undefined
      ? []
      : [allow('SendSearchActions', 'sqs:SendMessage', searchQueue)]),
    ...(quarantineQueue === undefined ? [] : [allow('KeepPoison', 'sqs:SendMessage', quarantineQueue)]),
    ...(parks === true
      ? [
          {
            ...allow('ParkItems', ['dynamodb:Query', 'dynamodb:DeleteItem'], stateTable),
            ...onPatterns(['PARKED#*']),
          },
        ]
      : []),
  ];
}

export function allow(Sid: string, Action: string | readonly string[], Resource: string): Statement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

function rowsStatement(areKept: boolean) {
  const actions = ['dynamodb:PutItem', ...(areKept ? [] : ['dynamodb:DeleteItem'])];
  return ({ table, partitions = ['*'] }: RowsPlace, index: number): Statement => ({
    ...allow(`WriteRows${index + 1}`, actions, table),
    ...onPatterns(partitions),
  });
}

/**
 * Limits a statement to these partitions; not at all where one of them may have any key, or where keys are no strings:
 * how IAM writes numbers and bytes is not documented.
 */
export function onPartitions(
  partitions: readonly KeyTemplate[],
  { partitionType }: KeySchema,
): Pick<Statement, 'Condition'> {
  return partitionType === 'S' ? onPatterns(partitions.map(patternOf)) : {};
}

export function onPatterns(all: readonly string[]): Pick<Statement, 'Condition'> {
  const patterns = [...new Set(all)];
  if (patterns.includes('*')) return {};
  return { Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } } };
}

/** A template as IAM compares keys: `*` stands for a part, and what would mean more than itself is escaped. */
function patternOf({ literals }: KeyTemplate): string {
  return literals.map((literal) => literal.replaceAll(/[*?$]/g, (character) => `\${${character}}`)).join('*');
}
