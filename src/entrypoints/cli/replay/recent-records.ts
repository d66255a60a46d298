import { hash } from 'node:crypto';
import type { Delivery } from '../../../application/delivery.ts';
import { canonicalAttributes } from '../../../domain/canonical-text.ts';
import type { Side } from '../../../domain/change.ts';

/** The largest batch, so that whether two records are compared never depends on whether one batch holds both. */
const REMEMBERED = 10_000;

/** Of a record that has the number of an earlier one: whether it says the same, and which of all that one was, from 0. */
export interface EarlierRecord {
  readonly same: boolean;
  readonly at: number;
}

/**
 * What the last 10,000 records said, by their stream, item and sequence number. Of repeats it knows the first alone, so
 * that what it says of a record depends on how far back that is and on nothing else.
 */
export class RecentRecords {
  readonly #seen = new Map<string, { readonly content: string; readonly at: number }>();
  #count = 0;

  /** How many records have been added. */
  get count(): number {
    return this.#count;
  }

  /** Remembers a record, or returns the one of its number that is remembered already. */
  add(delivery: Delivery): EarlierRecord | undefined {
    const at = this.#count++;
    this.#forgetBefore(at - REMEMBERED);
    if (delivery.kind !== 'change') return undefined;
    const { identity, item } = delivery.change;
    const key = `${identity.stream} ${identity.sequence} ${item}`;
    const content = digestOf(delivery);
    const first = this.#seen.get(key);
    if (first !== undefined) return { same: first.content === content, at: first.at };
    this.#seen.set(key, { content, at });
    return undefined;
  }

  #forgetBefore(oldest: number): void {
    // A Map keeps the order in which keys came.
    for (const [key, { at }] of this.#seen) {
      if (at >= oldest) return;
      this.#seen.delete(key);
    }
  }
}

/** The same for two changes of one number exactly when they say the same. The records themselves would take much memory. */
function digestOf({ change, raw }: Delivery & { kind: 'change' }): string {
  const { dynamodb } = raw as { readonly dynamodb: Readonly<Record<string, unknown>> };
  const before = contentOf(change.before, dynamodb['OldImage']);
  const after = contentOf(change.after, dynamodb['NewImage']);
  return hash('sha256', `${change.operation} ${before} ${after}`, 'base64');
}

function contentOf(side: Side, image: unknown): string {
  if (typeof side === 'string') return side;
  try {
    return canonicalAttributes(side);
  } catch {
    // It cannot be decoded, which does not matter where nobody reads it.
    return JSON.stringify(image);
  }
}
