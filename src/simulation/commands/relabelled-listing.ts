import {
  DerivedListing,
  type ListedItem,
  type ListedState,
} from '../../application/ports/derived-listing.ts';
import type { TableModel } from '../../domain/table-model.ts';

/** What is listed, by the derivations of a definition: a store keeps their names, but one in memory those that wrote it. */
export class RelabelledListing extends DerivedListing {
  readonly #inner: DerivedListing;
  readonly #model: TableModel;

  constructor(inner: DerivedListing, model: TableModel) {
    super();
    this.#inner = inner;
    this.#model = model;
  }

  override inTable(): undefined {
    return undefined;
  }

  override async *elsewhere(tables: readonly string[]): AsyncGenerator<readonly ListedItem[]> {
    for await (const page of this.#inner.elsewhere(tables))
      yield page.flatMap((item) => this.#relabelled(item) ?? []);
  }

  override states(): AsyncIterable<readonly ListedState[]> {
    return this.#inner.states();
  }

  #relabelled(item: ListedItem): ListedItem | undefined {
    const { pointers, counts, derivedRows } = this.#model;
    switch (item.is) {
      case 'pointer': {
        const model = pointers.find(({ name }) => name === item.entity.model.name);
        return model && { ...item, entity: { ...item.entity, model } };
      }
      case 'count': {
        const model = counts.find(({ name }) => name === item.model.name);
        return model && { ...item, model };
      }
      case 'row': {
        const model = derivedRows.find(({ name }) => name === item.model.name);
        return model && { ...item, model };
      }
    }
  }
}
