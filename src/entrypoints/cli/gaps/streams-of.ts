import { createDynamoDbClient } from '../../../adapters/aws/clients.ts';
import { DEFAULT_ATTEMPTS } from '../../../adapters/aws/client-defaults.ts';
import { tableStreamOf } from '../../../adapters/aws/streams/table-stream.ts';

/** A table, and streams of it that may not be noted as such. Each by its ARN. */
export interface Asked {
  readonly table: string;
  readonly streams: readonly string[];
}

/** @param table its name or ARN. @throws Fault where it cannot be told what it is. */
export async function streamsOf(table: string): Promise<Asked> {
  const client = createDynamoDbClient(DEFAULT_ATTEMPTS);
  try {
    const { table: arn, stream } = await tableStreamOf(client, table);
    return { table: arn, streams: stream === undefined ? [] : [stream] };
  } finally {
    client.destroy();
  }
}
