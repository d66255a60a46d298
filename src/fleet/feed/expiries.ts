import type { Item, Table } from './table.ts';

/** Items with a time to live, removed some time after it has passed, as DynamoDB does. */
export class Expiries {
  readonly #table: Table;
  readonly #waiting: { item: Item; at: number; removed: () => void }[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  /** `removed` hears of the item's end by time to live, and of no other. */
  add(item: Item, at: number, removed: () => void): void {
    this.#waiting.push({ item, at, removed });
  }

  /** Removes one item whose time is over; false when there is none. In the order of adding, so some wait longer. */
  step(): boolean {
    const next = this.#waiting[0];
    if (next === undefined || next.at > this.#table.now) return false;
    this.#waiting.shift();
    if (!next.item.live) return false;
    this.#table.remove(next.item, true);
    next.removed();
    return true;
  }
}
