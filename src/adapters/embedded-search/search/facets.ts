import { compareTexts } from '../../../domain/compare-texts.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { nameOfValue, valuesAt } from './field-values.ts';

/** How many of the documents that were found have each value of a field. */
export interface Facet {
  readonly field: string;
  /** The most frequent first. Of lists and sets, each member counts once a document. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** How many values there are, whether they are among those or not. */
  readonly distinct: number;
}

/** Counts the values of a field in documents. */
export class FacetCount {
  readonly #field: string;
  readonly #counts = new Map<string, number>();

  constructor(field: string) {
    this.#field = field;
  }

  add(fields: DocumentFields): void {
    for (const name of new Set(valuesAt(fields, this.#field).map(nameOfValue)))
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  result(limit: number): Facet {
    const values = Array.from(this.#counts, ([value, count]) => ({ value, count }));
    return {
      field: this.#field,
      values: values.sort((a, b) => b.count - a.count || compareTexts(a.value, b.value)).slice(0, limit),
      distinct: values.length,
    };
  }
}
