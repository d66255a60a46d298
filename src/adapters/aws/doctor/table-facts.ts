import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import type { Absent, TableFacts } from '../../../application/doctor/facts.ts';
import { Fault } from '../../../domain/fault.ts';
import { abortableBy } from '../clients.ts';
import { serviceTimeOf } from '../streams/service-time.ts';
import { orAbsent } from './answered.ts';

/** A table, and by how much AWS's clock was ahead of this machine's when it answered, in milliseconds. */
export interface TableLook {
  readonly table: TableFacts | Absent;
  readonly skewMs: number | undefined;
}

/**
 * What a table says of itself.
 *
 * @param variable what names it, for messages.
 * @throws Fault when it does not answer, or may not be asked.
 */
export async function lookAtTable(
  client: DynamoDBClient,
  name: string,
  variable: string,
  signal?: AbortSignal,
): Promise<TableLook> {
  const command = new DescribeTableCommand({ TableName: name });
  const serviceTime = serviceTimeOf(command);
  const used = { resource: `table ${name}`, variable };
  let askedAt = Date.now();
  const table = await orAbsent(used, name, async () => {
    askedAt = Date.now();
    const { Table } = await client.send(command, abortableBy(signal));
    if (Table === undefined) throw new Fault('transient', `table ${name}: the answer has no table`);
    return tableFactsOf(Table);
  });
  const there = serviceTime();
  // Of its second, the header tells the beginning.
  return { table, skewMs: there === undefined ? undefined : there + 500 - (askedAt + Date.now()) / 2 };
}

function tableFactsOf(table: TableDescription): TableFacts {
  const { KeySchema = [], AttributeDefinitions = [], StreamSpecification: stream, Replicas = [] } = table;
  const types = new Map(AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  return {
    name: table.TableName ?? '',
    arn: table.TableArn ?? '',
    status: table.TableStatus ?? 'unknown',
    keys: KeySchema.toSorted((a, b) => Number(a.KeyType === 'RANGE') - Number(b.KeyType === 'RANGE')).map(
      ({ AttributeName = '' }) => ({ name: AttributeName, type: types.get(AttributeName) ?? '?' }),
    ),
    viewType: stream?.StreamEnabled === true ? stream.StreamViewType : undefined,
    streamArn: table.LatestStreamArn,
    replicas: Replicas.map(({ RegionName = '?' }) => RegionName),
    isStronglyReplicated: table.MultiRegionConsistency === 'STRONG',
  };
}
