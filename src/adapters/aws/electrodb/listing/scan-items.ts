import { ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DecodedAttributes, type Attributes } from '../../../../domain/value.ts';
import { abortableBy } from '../../clients.ts';
import type { AwsResource } from '../../error-message.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { nativeItem } from '../attribute-values.ts';
import { fromNative } from '../native-value.ts';

/** All items of a table that a filter lets through, consistently, a page of at most 1 MB at a time. */
export async function* scanItems(
  client: DynamoDBDocumentClient,
  input: ScanCommandInput,
  used: AwsResource,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Attributes[]> {
  let ExclusiveStartKey: ScanCommandInput['ExclusiveStartKey'];
  do {
    signal?.throwIfAborted();
    const { Items = [], LastEvaluatedKey } = await client
      .send(
        new ScanCommand(plain({ ...input, ConsistentRead: true, ExclusiveStartKey })),
        abortableBy(signal),
      )
      .catch((error: unknown) => {
        signal?.throwIfAborted();
        throw translateError(error, used);
      });
    if (Items.length > 0) yield Items.map(attributesOf);
    ExclusiveStartKey = LastEvaluatedKey;
    // An emulator says that nothing follows by a key with nothing in it.
  } while (ExclusiveStartKey !== undefined && Object.keys(ExclusiveStartKey).length > 0);
}

function attributesOf(item: Parameters<typeof nativeItem>[0]): Attributes {
  const values = Object.entries(nativeItem(item)).map(([name, value]) => [name, fromNative(value)] as const);
  return new DecodedAttributes(new Map(values));
}
