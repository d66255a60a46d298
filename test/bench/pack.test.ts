import { expect } from 'chai';
import { chainsOf, type Move } from '../../bench/workers/strong/pack.ts';
import type { Tuple } from '../../bench/workers/strong/links.ts';

function tuple(name: string): Tuple {
  return { name, at: { table: 't', pk: name, sk: '' }, attributes: {} };
}

function insert(name: string): Move {
  return { from: undefined, to: tuple(name) };
}

function tuplesIn(moves: readonly Move[]): Set<string> {
  return new Set(
    moves.flatMap(({ from, to }) =>
      from?.name === to?.name ? [] : [from, to].flatMap((one) => one?.name ?? []),
    ),
  );
}

describe('how the strong worker packs links into transactions', () => {
  const cases: Record<string, { moves: Move[]; chains: number[] }> = {
    'ten of each tuple': {
      moves: Array.from({ length: 1_000 }, (_, n) => insert(`T${n % 100}`)),
      chains: Array.from({ length: 12 }, () => 1),
    },
    'all of one tuple': { moves: Array.from({ length: 1_000 }, () => insert('T')), chains: [11] },
    'moves that hang together': {
      moves: Array.from({ length: 120 }, (_, n) => ({ from: tuple(`T${n}`), to: tuple(`T${n + 1}`) })),
      chains: [3],
    },
    'moves of no count': {
      moves: Array.from({ length: 101 }, () => ({ from: tuple('T'), to: tuple('T') })),
      chains: [1, 1],
    },
  };
  for (const [name, { moves, chains }] of Object.entries(cases))
    it(`given ${name}, then each is in a transaction of at most a hundred items, and chains share no tuple`, () => {
      const packed = chainsOf(moves);
      expect(packed.map((chain) => chain.length)).to.deep.equal(chains);
      expect(packed.flat(2)).to.have.members(moves);
      for (const some of packed.flat()) expect(some.length + tuplesIn(some).size).to.be.at.most(100);
      const tuples = packed.map((chain) => tuplesIn(chain.flat()));
      const all = tuples.reduce((sum, { size }) => sum + size, 0);
      expect(new Set(tuples.flatMap((some) => [...some])).size).to.equal(all);
    });
});
