import {
  DescribeStreamCommand,
  type DescribeStreamCommandOutput,
  type DynamoDBStreamsClient,
} from '@aws-sdk/client-dynamodb-streams';
import type { Absent, StreamFacts } from '../../../application/doctor/facts.ts';
import { abortableBy } from '../clients.ts';
import { orAbsent } from './answered.ts';

/** What a stream says of itself: a hundred shards a request. */
export async function lookAtStream(
  client: Pick<DynamoDBStreamsClient, 'send'>,
  arn: string,
  signal?: AbortSignal,
): Promise<StreamFacts | Absent> {
  return orAbsent({ resource: `stream ${arn}`, variable: '--stream-arn' }, arn, async () => {
    let [openShards, status, start]: [number, string, string | undefined] = [0, 'unknown', undefined];
    do {
      const { StreamDescription: found }: DescribeStreamCommandOutput = await client.send(
        new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: start }),
        abortableBy(signal),
      );
      status = found?.StreamStatus ?? status;
      for (const { SequenceNumberRange: range } of found?.Shards ?? [])
        if (range?.EndingSequenceNumber === undefined) openShards++;
      start = found?.LastEvaluatedShardId;
    } while (start !== undefined);
    return { arn, status, openShards };
  });
}
