import { type Contribution, type CountModel, tupleFault } from '../../../../domain/count.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { KeySchema } from '../../../../domain/table-model.ts';
import { oversizeFault } from '../key-limits.ts';
import { rawKey } from '../raw-key.ts';

/** A permanent Fault for a contribution whose count cannot have a row of its own; undefined for all others. */
export function contributionFault(
  model: CountModel,
  { tuple, at }: Contribution,
  keys: KeySchema,
): Fault | undefined {
  return (
    tupleFault(model, tuple) ??
    oversizeFault({ row: "the tuple's row", owner: "a tuple's" }, rawKey(keys, at), keys)
  );
}
