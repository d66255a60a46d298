import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

interface Deserializer {
  read(schema: unknown, data: unknown): Promise<unknown>;
}

/**
 * Has a client give attributes that are called `__proto__`: the SDK's reader of JSON (`JsonShapeDeserializer2` of `@smithy/core` 3.41)
 * clears such a member of a map before it reads it. Answers that hold the name, hardly any, are read with another in its place.
 */
export function readPrototypeNames({ config }: DynamoDBClient): void {
  const { deserializer } = (config as unknown as { readonly protocol: { deserializer?: Deserializer } })
    .protocol;
  if (deserializer === undefined || Object.hasOwn(deserializer, 'read')) return;
  const read = deserializer.read.bind(deserializer);
  deserializer.read = async (schema, data) => {
    if (!(data instanceof Uint8Array)) return read(schema, data);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (!bytes.includes(NAME)) return read(schema, data);
    const substitute = randomUUID();
    const text = bytes.toString().replaceAll(MEMBER, `$1"${substitute}"$2`);
    return renamed(await read(schema, Buffer.from(text)), substitute);
  };
}

const NAME = '"__proto__"';

/** The name of a member. Within a string, its quotes would have a backslash before them. */
const MEMBER = /([{,]\s*)"__proto__"(\s*:)/g;

/** Gives what is read its own name, in place. */
function renamed(value: unknown, substitute: string): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const member of Object.values(value)) renamed(member, substitute);
  if (!Object.hasOwn(value, substitute)) return value;
  const object = value as Record<string, unknown>;
  Object.defineProperty(object, '__proto__', {
    ...{ value: object[substitute], writable: true, enumerable: true, configurable: true },
  });
  Reflect.deleteProperty(object, substitute);
  return value;
}
