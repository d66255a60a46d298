import {
  type CountFound,
  type DerivedRowFound,
  DerivedState,
  type PointerFound,
} from '../../../src/application/ports/derived-state.ts';
import type { DocumentFields, DocumentKey } from '../../../src/domain/search-document.ts';
import type { Attributes } from '../../../src/domain/value.ts';

export interface StateParts {
  readonly rows?: readonly Attributes[];
  readonly documents?: readonly { readonly key: DocumentKey; readonly fields: DocumentFields }[];
  readonly pointers?: readonly PointerFound[];
  readonly counts?: readonly CountFound[];
  readonly derivedRows?: readonly DerivedRowFound[];
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

  override async *pointers() {
    yield* this.#parts.pointers ?? [];
  }

  override async *counts() {
    yield* this.#parts.counts ?? [];
  }

  override async *derivedRows() {
    yield* this.#parts.derivedRows ?? [];
  }

  override rows(): AsyncIterable<Attributes> {
    return eachOf(this.#parts.rows ?? []);
  }
}

export async function* eachOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
