import { type EncodedValue, encodeValue } from '../../adapters/dynamodb-stream/encode-value.ts';
import type { Value } from '../../domain/value.ts';

/** A row, or a key, as a stream record carries it. It has no prototype, so that any name is just a name. */
export interface Image {
  readonly [name: string]: EncodedValue;
}

export function imageOf(attributes: Iterable<readonly [name: string, value: Value]>): Image {
  const image = Object.create(null) as Record<string, EncodedValue>;
  for (const [name, value] of attributes) image[name] = encodeValue(value);
  return image;
}
