import type { TableModel } from './table-model.ts';

/** What records of a stream may carry, the most first. */
export const VIEW_TYPES = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const;

/**
 * The view types of a stream from which all can be derived that a definition says, as far as that shows without running the code of its
 * effects: that may ask for any image.
 *
 * @param keepsRows whether the worker keeps the rows themselves, which it then has from the stream.
 */
export function fittingViewTypes(model: TableModel, keepsRows: boolean): readonly string[] {
  if (model.documents.length > 0) return VIEW_TYPES.slice(0, 1);
  const isTold = model.rows.some(({ when }) => when !== undefined);
  const needsNew = keepsRows || isTold || model.counts.length > 0 || model.derivedRows.length > 0;
  return needsNew ? VIEW_TYPES.slice(0, 2) : VIEW_TYPES;
}
