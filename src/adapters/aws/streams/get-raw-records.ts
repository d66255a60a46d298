import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  type GetRecordsCommandInput,
} from '@aws-sdk/client-dynamodb-streams';
import { sendRaw } from './raw-answers.ts';

export interface RawRecords {
  /** As in the response's JSON. */
  readonly records: readonly unknown[];
  /** How long the response's text is. */
  readonly bytes: number;
  /** Undefined when the shard is closed and this was its last page. */
  readonly nextIterator: string | undefined;
}

/** GetRecords with the response's own JSON. */
export async function getRawRecords(
  client: DynamoDBStreamsClient,
  input: GetRecordsCommandInput,
  options?: { readonly abortSignal: AbortSignal },
): Promise<RawRecords> {
  const { json, bytes } = await sendRaw(client, new GetRecordsCommand(input), options);
  const { Records = [], NextShardIterator } = json as {
    readonly Records?: readonly unknown[];
    readonly NextShardIterator?: string;
  };
  return { records: Records, bytes, nextIterator: NextShardIterator };
}
