import { type CountModel, type Tuple, tupleKey } from './count.ts';
import type { Decimal } from './decimal.ts';
import { Fault } from './fault.ts';

/** What a count says: a sum, and how many rows are counted in it. */
export interface CountSays {
  readonly count: Decimal;
  readonly rows: number;
}

/** A count that its own states contradict, to be set right. */
export interface CountCorrection {
  readonly model: CountModel;
  readonly tuple: Tuple;
  /** As it was read; undefined where there was none. */
  readonly seen: CountSays | undefined;
  /** What its states add up to; undefined where none holds the tuple. */
  readonly to: CountSays | undefined;
}

/** A permanent Fault where no table can hold what the count must be; undefined for all others. */
export function correctionFault({ model, tuple, to }: CountCorrection): Fault | undefined {
  if (to === undefined || to.count.isStorable()) return undefined;
  return new Fault(
    'permanent',
    `the states of the derivation ${model.name} add up to no number that a table can hold, for ${tupleKey(tuple)}`,
    { reason: 'a sum is no number that a table can hold' },
  );
}
