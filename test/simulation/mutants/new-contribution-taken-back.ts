import type { CountMove } from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { RuledCounts } from './parts/ruled-counts.ts';

export const mutant: Mutant = {
  mistake:
    'Where a row goes from one tuple to another, one is taken from the new tuple and not from the old.',
  variant: () => ({ counts: () => new RuledCounts({ counted }) }),
};

function counted({ from, to }: CountMove): Pick<CountMove, 'from' | 'to'> {
  if (from === undefined || from.contributions.length === 0 || to.contributions.length === 0)
    return { from, to };
  return { from: { ...from, contributions: to.contributions }, to };
}
