import { type Contribution, contributionOf, type CountModel, heldBy } from '../count.ts';
import { contributionFault } from '../count-limits.ts';
import { type DerivedRow, derivedNow, type RowsModel } from '../derived-rows.ts';
import { Fault } from '../fault.ts';
import type { Row } from '../row.ts';
import { plainAttributes } from '../row-view.ts';
import {
  type DocumentFields,
  type DocumentKey,
  documentKeyOf,
  type DocumentModel,
  documentOf,
  hasWantedParts,
  isIndexed,
} from '../search-document.ts';
import type { Attributes } from '../value.ts';
import { satisfies } from '../when.ts';

export interface ExpectedDocument {
  readonly model: DocumentModel;
  readonly key: DocumentKey;
  /** Undefined where there must be none. */
  readonly fields: DocumentFields | undefined;
}

export interface ExpectedCounts {
  readonly model: CountModel;
  readonly contributions: readonly Contribution[];
}

export interface ExpectedRows {
  readonly model: RowsModel;
  /** Undefined where the row alone does not tell. */
  readonly rows: readonly DerivedRow[] | undefined;
}

/** What must be derived from one row: of each of its derivations but pointers and effects. */
export interface Expected {
  readonly documents: readonly ExpectedDocument[];
  readonly counts: readonly ExpectedCounts[];
  readonly rows: readonly ExpectedRows[];
}

/**
 * Works out what must be derived from a row as it is.
 *
 * @param row as one of the kinds that it can be.
 * @param attributes undefined where there is no row. Of a row that is of another kind, nothing is derived for this one.
 * @throws Fault where the definition refuses the row: the worker does nothing for a change that leaves it so, whatever the other
 *   derivations say.
 */
export function expectedOf(row: Row, attributes: Attributes | undefined): Expected {
  const { model } = row;
  const own = attributes !== undefined && satisfies(model.when, attributes) ? attributes : undefined;
  if (own !== undefined && model.schema !== undefined) plainAttributes(row, own);
  return {
    documents: model.documents
      .filter((document) => hasWantedParts(document, row))
      .map((document) => {
        const key = documentKeyOf(document, row);
        const isWanted = own !== undefined && isIndexed(document, row, own);
        return { model: document, key, fields: isWanted ? documentOf(document, row, key, own) : undefined };
      }),
    counts: model.counts.map((count) => ({ model: count, contributions: contributionsOf(count, row, own) })),
    rows: model.derivedRows.map((derived) => ({
      model: derived,
      rows: own === undefined ? [] : derivedNow(derived, row, own),
    })),
  };
}

function contributionsOf(
  model: CountModel,
  row: Row,
  attributes: Attributes | undefined,
): readonly Contribution[] {
  if (attributes === undefined) return [];
  return heldBy(model, row, attributes).map((held) => {
    const contribution = contributionOf(model, held);
    const fault = contributionFault({ model, row }, contribution);
    if (Fault.is(fault)) throw fault;
    return contribution;
  });
}
