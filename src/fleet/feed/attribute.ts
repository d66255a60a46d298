import type { AttributeValue } from 'aws-lambda';

/** An item, or what is to change of one, as streams carry it. Never altered: records and the table share it. */
export type Image = Readonly<Record<string, AttributeValue>>;

export function text(value: string): AttributeValue {
  return { S: value };
}

/** Takes text for numbers of more digits than JavaScript's have. */
export function number(value: number | string): AttributeValue {
  return { N: String(value) };
}

export function time(milliseconds: number): AttributeValue {
  return { S: new Date(milliseconds).toISOString() };
}

/** Time to live counts in seconds. */
export function expiry(milliseconds: number): AttributeValue {
  return { N: String(Math.floor(milliseconds / 1000)) };
}

export function sameAttribute(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === b) return true;
  if (a?.S !== undefined || b?.S !== undefined) return a?.S === b?.S;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What DynamoDB counts for an image, near enough. */
export function imageSize(image: Image): number {
  let size = 0;
  for (const name in image) size += attributeSize(name, image[name]);
  return size;
}

/** What DynamoDB counts for an attribute, name and value, near enough. */
export function attributeSize(name: string, value: AttributeValue | undefined): number {
  return value === undefined ? 0 : Buffer.byteLength(name) + valueSize(value);
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return 1 + Math.ceil(value.N.length / 2);
  if (value.B !== undefined) return Math.ceil((value.B.length * 3) / 4);
  if (value.SS !== undefined) return value.SS.reduce((sum, member) => sum + Buffer.byteLength(member), 0);
  if (value.L !== undefined) return value.L.reduce((sum, member) => sum + 1 + valueSize(member), 3);
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + imageSize(value.M);
  return 1;
}
