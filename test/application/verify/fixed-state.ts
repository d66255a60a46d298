import { type DefaultImageFound, DerivedState } from '../../../src/application/ports/derived-state.ts';
import type { DocumentFields, DocumentKey } from '../../../src/domain/search-document.ts';
import type { Tuple } from '../../../src/domain/tuple.ts';
import type { Attributes } from '../../../src/domain/value.ts';

export interface StateParts {
  readonly rows?: readonly Attributes[];
  readonly documents?: readonly { readonly key: DocumentKey; readonly fields: DocumentFields }[];
  readonly defaultImages?: readonly DefaultImageFound[];
  readonly tupleCounts?: readonly { readonly tuple: Tuple; readonly count: number }[];
}

/** Derived state that is as given, and empty otherwise. */
export class FixedState extends DerivedState {
  readonly #parts: StateParts;

  constructor(parts: StateParts) {
    super();
    this.#parts = parts;
  }

  override async *documents() {
    yield* this.#parts.documents ?? [];
  }

  override async *defaultImages() {
    yield* this.#parts.defaultImages ?? [];
  }

  override async *tupleCounts() {
    yield* this.#parts.tupleCounts ?? [];
  }

  override rows(): AsyncIterable<Attributes> {
    return eachOf(this.#parts.rows ?? []);
  }
}

export async function* eachOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
