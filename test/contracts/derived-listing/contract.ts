import type { Contract } from '../contract.ts';
import * as elsewhere from './elsewhere.ts';
import type { Harness } from './harness.ts';
import * as states from './states.ts';

export const derivedListing: Contract<Harness> = { 'inTable, elsewhere': elsewhere, states };
