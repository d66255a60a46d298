import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Attributes, equalAttributes, type Value } from '../../../../domain/value.ts';
import { nativeItem } from '../attribute-values.ts';
import { fromNative } from '../native-value.ts';

/** An item as DynamoDB gives it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** A row's attributes, each decoded when it is asked for: of most rows of a scan few are. */
export class ItemAttributes implements Attributes {
  readonly #item: Item;
  #all: ReadonlyMap<string, Value> | undefined;

  constructor(item: Item) {
    this.#item = item;
  }

  get(name: string): Value | undefined {
    if (!Object.hasOwn(this.#item, name)) return undefined;
    const { value } = nativeItem({ value: this.#item[name] as AttributeValue });
    return fromNative(value);
  }

  all(): ReadonlyMap<string, Value> {
    this.#all ??= new Map(
      Object.entries(nativeItem(this.#item)).map(([name, value]) => [name, fromNative(value)]),
    );
    return this.#all;
  }

  equals(other: Attributes): boolean {
    return equalAttributes(this, other);
  }
}
