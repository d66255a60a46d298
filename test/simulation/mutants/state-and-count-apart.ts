import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { LinkMove, LinkState } from '../../../src/domain/link-move.ts';
import { type Link, linkKey } from '../../../src/domain/row.ts';
import { compareVersions } from '../../../src/domain/version.ts';
import { portsWith } from '../../support/ports.ts';
import type { Mutant } from '../runs/variant.ts';
import { AddedCounts } from './parts/added-counts.ts';

export const mutant: Mutant = {
  mistake: 'A link state is written first and the counts after it: a crash in between counts it never.',
  variant: () => {
    const countsOnly = new WeakSet<LinkMove>();
    return {
      ports: (ports) =>
        portsWith(ports, {
          'matcher.apply': (apply) => async (moves, signal) => {
            const written = await apply(moves, signal);
            const rest = moves.filter((_, index) => written[index] === 'done').map((move) => ({ ...move }));
            for (const move of rest) countsOnly.add(move);
            if (rest.length === 0) return written;
            signal?.throwIfAborted();
            const counted = (await apply(rest, signal)).values();
            return written.map((result) => (result === 'done' ? counted.next().value! : result));
          },
        }),
      counts: () => new StatesApart((move) => countsOnly.has(move)),
    };
  },
};

class StatesApart extends MemoryMatcherRepository {
  readonly #states = new Map<string, LinkState>();
  readonly #counts = new AddedCounts();
  readonly #isCount: (move: LinkMove) => boolean;

  constructor(isCount: (move: LinkMove) => boolean) {
    super();
    this.#isCount = isCount;
  }

  override load(links: readonly Link[]) {
    return Promise.resolve(links.map((link) => this.#states.get(linkKey(link))));
  }

  override apply(moves: readonly LinkMove[]) {
    return Promise.resolve(
      moves.map((move) => (this.#isCount(move) ? this.#count(move) : this.#write(move))),
    );
  }

  override *tupleCounts() {
    yield* this.#counts.all();
  }

  #write({ link, from, to }: LinkMove): 'done' | 'conflict' {
    const stored = this.#states.get(linkKey(link));
    const isAsRead =
      stored === undefined || from === undefined
        ? stored === from
        : compareVersions(stored.version, from.version) === 0;
    if (!isAsRead) return 'conflict';
    this.#states.set(linkKey(link), to);
    return 'done';
  }

  #count(move: LinkMove): 'done' {
    this.#counts.move(move);
    return 'done';
  }
}
