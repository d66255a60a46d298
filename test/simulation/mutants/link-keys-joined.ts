import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { CountedRow, CountMove } from '../../../src/domain/count-move.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// The same mistake as document-ids-joined, in the states of link rows.
export const mutant: Mutant = {
  mistake: 'Code and serial number of a link are joined without a separator: two link rows share one state.',
  variant: () => ({ counts: () => new JoinedLinks() }),
};

class JoinedLinks extends MemoryMatcherRepository {
  override load(rows: readonly CountedRow[]) {
    return super.load(rows.map(joined));
  }

  override apply(moves: readonly CountMove[]) {
    return super.apply(moves.map((move) => ({ ...move, source: joined(move.source) })));
  }
}

function joined({ model, row }: CountedRow): CountedRow {
  return { model, row: { ...row, parts: [row.parts.join(''), ''] } };
}
