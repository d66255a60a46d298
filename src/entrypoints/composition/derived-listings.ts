import type { ServiceIdentifier } from 'inversify';
import type { DerivedListing } from '../../application/ports/derived-listing.ts';
import type { TableModel } from '../../domain/table-model.ts';

/** Makes listings of what a definition derives, be it the present one or a former one. */
export const DERIVED_LISTINGS: ServiceIdentifier<(model: TableModel) => DerivedListing> =
  Symbol('DerivedListings');
