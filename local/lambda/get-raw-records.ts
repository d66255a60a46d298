import type { DynamoDBStreamsClient, GetRecordsCommandInput } from '@aws-sdk/client-dynamodb-streams';
import { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';

export interface RawRecords {
  /** As in the response's JSON. */
  readonly records: readonly unknown[];
  /** Undefined when the shard is closed and this was its last page. */
  readonly nextIterator: string | undefined;
}

/** GetRecords with the response's own JSON: the SDK loses the value of every attribute named `__proto__`. */
export async function getRawRecords(
  client: DynamoDBStreamsClient,
  input: GetRecordsCommandInput,
): Promise<RawRecords> {
  const command = new GetRecordsCommand(input);
  let body = '{}';
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: AsyncIterable<Uint8Array> | Uint8Array };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      body = bytes.toString('utf8');
      // The SDK reads the response after this.
      response.body = bytes;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'keepResponse' },
  );
  const { NextShardIterator } = await client.send(command);
  const { Records = [] } = JSON.parse(body) as { Records?: readonly unknown[] };
  return { records: Records, nextIterator: NextShardIterator };
}
