import { DEFAULT_ATTEMPTS } from '../../../adapters/aws/client-defaults.ts';
import { createDynamoDbClient } from '../../../adapters/aws/clients.ts';
import { describeTable, sampleTable } from '../../../adapters/aws/sample-table.ts';
import { EncodedAttributes } from '../../../adapters/dynamodb-stream/attribute-value.ts';
import { keyText } from '../../../adapters/dynamodb-stream/key-text.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Sampled } from './sampled.ts';

/**
 * Samples the rows of a table; reads only.
 *
 * @throws Fault `configuration` when there is no such table, it may not be read, or it is empty.
 */
export async function readTable(
  name: string,
  most: number,
  onRows: (count: number, of: number) => void,
): Promise<Sampled> {
  const client = createDynamoDbClient(DEFAULT_ATTEMPTS);
  try {
    const table = await describeTable(client, name);
    const { keys, streamArn, viewType } = table;
    const rows = await sampleTable(client, name, most, (count) => onRows(count, most));
    if (rows.length === 0)
      throw new Fault(
        'configuration',
        `table ${name} is empty: there are no rows to tell its kinds by; write the definition by hand, or name recorded changes instead`,
      );
    return {
      ...{ keys, streamArn, viewType, table: table.name, source: `the table ${table.name}` },
      ...{ hasStream: streamArn !== undefined, read: rows.length, doubts: [], problems: [] },
      rows: rows.map((row) => ({
        key: {
          partition: keyText(row[keys.partition], keys.partitionType) ?? '',
          sort: keys.sort === undefined ? undefined : keyText(row[keys.sort], keys.sortType),
        },
        attributes: new EncodedAttributes(row, {}, 'the row').all(),
      })),
    };
  } finally {
    client.destroy();
  }
}
