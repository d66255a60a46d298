import { isObject, type Json } from '../../../domain/json.ts';

/** A row as a file has it, in DynamoDB's JSON. */
export interface RowImage {
  /** Undefined where the file does not say which attributes are of the key. */
  readonly keys: Json | undefined;
  /** Undefined where only the keys are there. */
  readonly image: Json | undefined;
  /** `FILE:LINE` */
  readonly place: string;
}

interface Images {
  readonly rows: readonly Omit<RowImage, 'place'>[];
  readonly stream: string | undefined;
  readonly viewType: string | undefined;
}

/** The images of rows in what a file holds (`ROWS`); or what is wrong with it. */
export function rowImages(record: unknown): Images | string {
  if (!isObject(record)) return 'the record is no object';
  const { Item: item } = record;
  if (isObject(item))
    return { rows: [{ keys: undefined, image: item }], stream: undefined, viewType: undefined };
  // An incremental export has the fields of a record's `dynamodb`, without the rest.
  const content = Object.hasOwn(record, 'dynamodb') ? record['dynamodb'] : record;
  if (!isObject(content)) return 'the record has no dynamodb, an object';
  const { Keys: keys, NewImage: after, OldImage: before, StreamViewType: viewType } = content;
  if (!isObject(keys) || Object.keys(keys).length === 0) return 'the record has no Keys, an object';
  const { eventSourceARN: stream } = record;
  const images = [before, after].filter(isObject);
  return {
    rows: images.length === 0 ? [{ keys, image: undefined }] : images.map((image) => ({ keys, image })),
    stream: typeof stream === 'string' && stream !== '' ? stream : undefined,
    viewType: typeof viewType === 'string' ? viewType : undefined,
  };
}

/** An attribute as a row has it; undefined where it has none of that name. */
export function ownValue(encoded: Json, name: string): unknown {
  return isObject(encoded) && Object.hasOwn(encoded, name) ? encoded[name] : undefined;
}
