import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';

type LambdaImage = Readonly<Record<string, AttributeValue>>;

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
