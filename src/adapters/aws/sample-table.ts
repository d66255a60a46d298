import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { Fault } from '../../domain/fault.ts';
import type { KeySchema } from '../../domain/table-model.ts';
import { problemIn } from './error-problem.ts';
import { translateError } from './translate-error.ts';

export interface DescribedTable {
  readonly name: string;
  readonly keys: KeySchema;
  /** Undefined where it has no stream. */
  readonly streamArn: string | undefined;
  /** Undefined where it has no stream that is on. */
  readonly viewType: string | undefined;
  /** As DynamoDB counts, some hours late. */
  readonly rows: number;
}

export type EncodedRow = Readonly<Record<string, AttributeValue>>;

/** Rows of one page, and so of one place of the table: a partition that is there fills no more than that. */
const PAGE = 50;
const MOST_SEGMENTS = 64;
/** Requests at a time. */
const CONCURRENCY = 8;

/** Reads what a table is; asks for `dynamodb:DescribeTable`. */
export async function describeTable(client: DynamoDBClient, table: string): Promise<DescribedTable> {
  const { Table } = await asked(table, 'dynamodb:DescribeTable', () =>
    client.send(new DescribeTableCommand({ TableName: table })),
  );
  if (Table === undefined) throw new Fault('transient', `table ${table}: DynamoDB says nothing of it`);
  return {
    name: Table.TableName ?? table,
    keys: keysOf(Table),
    streamArn: Table.StreamSpecification?.StreamEnabled ? Table.LatestStreamArn : undefined,
    viewType: Table.StreamSpecification?.StreamEnabled ? Table.StreamSpecification.StreamViewType : undefined,
    rows: Table.ItemCount ?? 0,
  };
}

/**
 * Reads some rows of a table, from places all over it; asks for `dynamodb:Scan`. Rows of one partition lie at one place,
 * so that a large one does not fill the sample as long as there are others. Reads with eventual consistency, and what it
 * reads is what it costs: half a read unit for each 4 KB of rows.
 *
 * @param most how many rows, at most.
 * @param onRows is told how many there are, after each page.
 */
export async function sampleTable(
  client: DynamoDBClient,
  table: string,
  most: number,
  onRows: (count: number) => void,
): Promise<EncodedRow[]> {
  const segments = Math.min(MOST_SEGMENTS, Math.ceil(most / PAGE));
  const rows: EncodedRow[] = [];
  let open = Array.from({ length: segments }, (_, Segment): Place => ({ Segment, from: undefined }));
  // One page of each segment, and then one more of each that has one, until there are enough.
  while (open.length > 0 && rows.length < most) {
    const next = await pMap(
      open,
      async ({ Segment, from }): Promise<Place | undefined> => {
        const Limit = Math.min(PAGE, most - rows.length);
        if (Limit <= 0) return undefined;
        const { Items = [], LastEvaluatedKey } = await asked(table, 'dynamodb:Scan', () =>
          client.send(
            new ScanCommand({
              ...{ TableName: table, Segment, TotalSegments: segments, Limit },
              ...(from === undefined ? {} : { ExclusiveStartKey: from }),
            }),
          ),
        );
        rows.push(...Items.slice(0, most - rows.length));
        onRows(rows.length);
        return LastEvaluatedKey === undefined ? undefined : { Segment, from: LastEvaluatedKey };
      },
      { concurrency: CONCURRENCY },
    );
    open = next.flatMap((place) => (place === undefined ? [] : [place]));
  }
  return rows;
}

interface Place {
  readonly Segment: number;
  readonly from: Record<string, AttributeValue> | undefined;
}

function keysOf({ KeySchema, AttributeDefinitions }: TableDescription): KeySchema {
  const nameOf = (role: 'HASH' | 'RANGE') =>
    KeySchema?.find(({ KeyType }) => KeyType === role)?.AttributeName;
  const typeOf = (name: string | undefined) =>
    AttributeDefinitions?.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'S';
  const [partition = '', sort] = [nameOf('HASH'), nameOf('RANGE')];
  return {
    ...{ partition, partitionType: typeOf(partition) },
    ...{ sort, sortType: sort === undefined ? 'S' : typeOf(sort) },
  };
}

async function asked<T>(table: string, action: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const fault = translateError(error, { resource: `table ${table}`, variable: '--table' });
    if (problemIn(error as object) !== 'permission') throw fault;
    throw new Fault(
      'configuration',
      `${fault.message}: reading a table takes dynamodb:DescribeTable and dynamodb:Scan on it, and ${action} was refused`,
      { cause: fault.cause },
    );
  }
}
