import type { Attributes } from '../../domain/value.ts';
import type { Item } from './item.ts';
import type { Subject } from './subject.ts';
import type { Operation } from './workload.ts';

/** What a write made of one item; `before` and `after` undefined where there was, or is, no row. */
export interface Write {
  readonly item: Item;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
  readonly expired: boolean;
}

/** The table that everything is derived from, without the rows that the worker writes into it. */
export class SourceTable {
  readonly #subject: Pick<Subject, 'noted'>;
  readonly #rows = new Map<Item, Attributes>();
  #rewritten = 0;

  constructor(subject: Pick<Subject, 'noted'>) {
    this.#subject = subject;
  }

  /** Undefined when it changes nothing: then the stream says nothing of it. */
  write({ item, action, variant, note }: Operation): Write | undefined {
    const before = this.#rows.get(item);
    if (action !== 'put') {
      if (before === undefined) return undefined;
      this.#rows.delete(item);
      return { item, before, after: undefined, expired: action === 'expire' };
    }
    const values = item.rows[variant % item.rows.length];
    if (values === undefined) throw new Error('an item without rows');
    const after = note === 0 ? values : this.#subject.noted(item, values, note);
    if (before?.equals(after) === true) return undefined;
    this.#rows.set(item, after);
    return { item, before, after, expired: false };
  }

  /** Writes a row anew with what it holds, so that its stream says so. Undefined where there is none. */
  rewrite(item: Item): Write | undefined {
    const before = this.#rows.get(item);
    if (before === undefined) return undefined;
    const after = this.#subject.noted(item, before, REWRITTEN + this.#rewritten++);
    this.#rows.set(item, after);
    return { item, before, after, expired: false };
  }

  *rows(): Generator<{ readonly item: Item; readonly attributes: Attributes }> {
    for (const [item, attributes] of this.#rows) yield { item, attributes };
  }
}

/** Above all notes that operations make. */
const REWRITTEN = 1_000;
