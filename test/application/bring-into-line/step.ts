import fc from 'fast-check';
import type { TableRow } from '../../support/stream-records.ts';

/** A write of a row, or its removal. */
export interface Step {
  readonly row: TableRow;
  readonly removed: boolean;
  readonly lost: boolean;
}

/** Rows out of so few that most steps meet one that is there. */
export const step: fc.Arbitrary<Step> = fc
  .record({
    PK: fc.constantFrom('P', 'Q'),
    SK: fc.constantFrom('1', '2'),
    _et: fc.constantFrom('order', 'order', 'order', 'note', 'other'),
    status: fc.constantFrom('open', 'paid'),
    total: fc.integer({ min: 0, max: 2 }),
    removed: fc.nat(2).map((dice) => dice === 0),
    lost: fc.boolean(),
  })
  .map(({ removed, lost, ...written }) => ({ row: written, removed, lost }));
