import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { isObject, type Json } from '../../src/domain/json.ts';

type LambdaImage = Readonly<Record<string, AttributeValue>>;

/**
 * Turns a record of GetRecords' JSON into one as Lambda delivers it: with the stream's ARN, times in whole seconds,
 * and the fields of `userIdentity` in lower camel case. Both have bytes as base64.
 *
 * @throws Error when it is not a record.
 */
export function toLambdaRecord(recorded: unknown, streamArn: string): DynamoDBRecord {
  const { dynamodb, userIdentity, ...record } = recorded as Json;
  if (!isObject(dynamodb)) throw new Error(`not a stream record: ${JSON.stringify(recorded)}`);
  const created = dynamodb['ApproximateCreationDateTime'];
  return {
    ...record,
    dynamodb: {
      ...dynamodb,
      ...(typeof created === 'number' && { ApproximateCreationDateTime: Math.floor(created) }),
    },
    ...(isObject(userIdentity) && {
      userIdentity: { principalId: userIdentity['PrincipalId'], type: userIdentity['Type'] },
    }),
    eventSourceARN: streamArn,
  };
}

/** An image of a Lambda record as the SDK takes it: base64 decoded to bytes. */
export function toSdkImage(image: LambdaImage): Record<string, SdkValue> {
  // Keeps even an attribute named `__proto__`, which an assignment would lose.
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, toSdkValue(value)]));
}

function toSdkValue(value: AttributeValue): SdkValue {
  if (value.B !== undefined) return { B: Buffer.from(value.B, 'base64') };
  if (value.BS !== undefined) return { BS: value.BS.map((bytes) => Buffer.from(bytes, 'base64')) };
  if (value.L !== undefined) return { L: value.L.map(toSdkValue) };
  if (value.M !== undefined) return { M: toSdkImage(value.M) };
  return value;
}
