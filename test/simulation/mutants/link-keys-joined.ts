import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { LinkMove } from '../../../src/domain/link-move.ts';
import type { Link } from '../../../src/domain/row.ts';
import type { Mutant } from '../runs/variant.ts';

// The same mistake as document-ids-joined, in the states of link rows.
export const mutant: Mutant = {
  mistake: 'Code and serial number of a link are joined without a separator: two link rows share one state.',
  variant: () => ({ counts: () => new JoinedLinks() }),
};

class JoinedLinks extends MemoryMatcherRepository {
  override load(links: readonly Link[]) {
    return super.load(links.map(joined));
  }

  override apply(moves: readonly LinkMove[]) {
    return super.apply(moves.map((move) => ({ ...move, link: joined(move.link) })));
  }
}

function joined({ code, serial }: Link): Link {
  return { code: code + serial, serial: '' };
}
