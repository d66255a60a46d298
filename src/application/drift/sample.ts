import { type ItemKey, itemKey, keyOf } from '../../domain/row.ts';
import { pointerKey } from '../../domain/stored-rows.ts';
import type { Random } from '../ports/random.ts';
import type { Subject } from './subject.ts';

/** As many keys as are asked for, drawn at random from however many there are: each is as likely to be among them as any other. */
export class Sample {
  readonly #random: Random;
  readonly #size: number;
  readonly #keys: ItemKey[] = [];
  #seen = 0;

  constructor(random: Random, size: number) {
    this.#random = random;
    this.#size = size;
  }

  add(key: ItemKey): void {
    this.#seen++;
    if (this.#keys.length < this.#size) {
      this.#keys.push(key);
      return;
    }
    const place = Math.floor(this.#random.next() * this.#seen);
    if (place < this.#size) this.#keys[place] = key;
  }

  get keys(): readonly ItemKey[] {
    return this.#keys;
  }
}

/** Which of the rows that were drawn differ: those of which something does, or the pointer beside them. */
export class Differing {
  readonly #items = new Set<string>();
  readonly #partitions = new Set<string>();

  add(subject: Subject): void {
    if (subject.is === 'row') this.#items.add(itemKey(keyOf(subject.row)));
    if (subject.is === 'pointer') this.#partitions.add(pointerKey(subject.entity).partition);
  }

  countAmong(keys: readonly ItemKey[]): number {
    return keys.filter((key) => this.#items.has(itemKey(key)) || this.#partitions.has(key.partition)).length;
  }
}
