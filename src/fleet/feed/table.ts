import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { attributeSize, type Image, imageSize, sameAttribute } from './attribute.ts';
import type { Stream } from './stream.ts';

/** An item of the table. Removed and inserted again it is another one. */
export interface Item {
  readonly pk: string;
  readonly sk: string;
  readonly image: Image;
  readonly live: boolean;
}

/** Attributes to set; those that are undefined go. */
export type Changes = Readonly<Record<string, AttributeValue | undefined>>;

interface StoredItem {
  readonly pk: string;
  readonly sk: string;
  readonly keys: Image;
  readonly keySize: number;
  image: Image;
  size: number;
  live: boolean;
}

/**
 * The table as DynamoDB would keep it: every change that is really one leaves a record whose old image is what
 * the change before it left.
 */
export class Table {
  readonly #stream: Stream;
  readonly #items = new Map<string, StoredItem>();
  #records: DynamoDBRecord[] = [];

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get now(): number {
    return this.#stream.now;
  }

  has(pk: string, sk: string): boolean {
    return this.#items.has(itemKey(pk, sk));
  }

  /** Inserts an item. That it is there already is a mistake of the caller. */
  insert(pk: string, sk: string, attributes: Image): Item {
    const key = itemKey(pk, sk);
    if (this.#items.has(key)) throw new Error(`there already: ${key}`);
    const keys = { PK: { S: pk }, SK: { S: sk } };
    const image = { ...keys, ...attributes };
    const keySize = imageSize(keys);
    const item: StoredItem = { pk, sk, keys, keySize, image, size: imageSize(image), live: true };
    this.#items.set(key, item);
    this.#records.push(this.#stream.record({ keys, after: image, size: keySize + item.size }));
    return item;
  }

  /** Changes an item that is there; one that is not, or a change of nothing, leaves no record. */
  update({ pk, sk, live }: Item, changes: Changes): void {
    const item = this.#items.get(itemKey(pk, sk));
    if (!live || item === undefined) return;
    const before = item.image;
    const sizeBefore = item.size;
    const names = Object.keys(changes).filter((name) => !sameAttribute(before[name], changes[name]));
    if (names.length === 0) return;
    const after: Record<string, AttributeValue> = { ...before };
    for (const name of names) {
      const value = changes[name];
      item.size += attributeSize(name, value) - attributeSize(name, before[name]);
      if (value !== undefined) after[name] = value;
      else Reflect.deleteProperty(after, name);
    }
    item.image = after;
    const size = item.keySize + sizeBefore + item.size;
    this.#records.push(this.#stream.record({ keys: item.keys, before, after, size }));
  }

  /** Removes an item that is there. */
  remove({ pk, sk, live }: Item, byTimeToLive = false): void {
    const key = itemKey(pk, sk);
    const item = this.#items.get(key);
    if (!live || item === undefined) return;
    item.live = false;
    this.#items.delete(key);
    const { keys, keySize, image, size } = item;
    this.#records.push(this.#stream.record({ keys, before: image, size: keySize + size, byTimeToLive }));
  }

  /** The records since the last call. */
  takeRecords(): readonly DynamoDBRecord[] {
    const records = this.#records;
    if (records.length > 0) this.#records = [];
    return records;
  }
}

function itemKey(pk: string, sk: string): string {
  return `${pk}\n${sk}`;
}
