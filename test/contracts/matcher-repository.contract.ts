import { expect } from 'chai';
import type { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../src/domain/link-move.ts';
import type { Link } from '../../src/domain/row.ts';
import type { Tuple } from '../../src/domain/tuple.ts';
import { type Capability, whenAble } from './capability.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** A matcher repository, and what its users read of it. */
export interface MatcherRepositoryHarness {
  readonly matcher: MatcherRepository;
  /** The tuple's count as a user of the table finds it; undefined when there is no such row. */
  count(tuple: Tuple): Promise<number | undefined>;
  close?(): Promise<void>;
}

export interface MatcherRepositoryFeatures {
  /** Keeps the character U+0000 in text. */
  readonly nulCharacters: Capability;
}

/** What every matcher repository promises. Each test uses links and tuples of its own. */
export function matcherRepositoryContract(
  name: string,
  setUp: () => Promise<MatcherRepositoryHarness>,
  features: MatcherRepositoryFeatures,
): void {
  describe(`${name} keeps the contract of a matcher repository`, () => {
    let harness: MatcherRepositoryHarness;
    before(async () => {
      harness = await setUp();
    });
    after(() => harness.close?.());

    const loadAll = async (links: readonly Link[]): Promise<(LinkState | undefined)[]> => {
      const states = await harness.matcher.load(links);
      expect(states).to.have.length(links.length);
      return states.map((state) => {
        if (Fault.is(state)) throw state;
        return state;
      });
    };
    const load = async (link: Link) => (await loadAll([link]))[0];
    const apply = async (...moves: LinkMove[]) => {
      const results = await harness.matcher.apply(moves);
      expect(results).to.have.length(moves.length);
      return results;
    };
    /** Moves links that nobody else moves. */
    const succeed = async (...moves: LinkMove[]) =>
      expect(await apply(...moves)).to.deep.equal(moves.map(() => 'done'));
    /** Moves a link that nobody else moves, however often others are in the way of its counts. */
    const succeedInTheEnd = async (move: LinkMove) => {
      for (let times = 1; times <= 100; times++) {
        const [result] = await apply(move);
        if (result === 'done') return;
        expect(result).to.equal('conflict');
        expect(await load(move.link), 'after a conflict').to.deep.equal(move.from);
      }
      expect.fail('others were in the way a hundred times');
    };
    const expectNotTried = (results: readonly unknown[], count: number) => {
      expect(results).to.have.length(count);
      for (const result of results)
        expect(result).to.be.instanceOf(Fault).and.to.include({ kind: 'transient' });
    };

    describe('load', () => {
      it('answers no question with no answer', async () => {
        expect(await loadAll([])).to.deep.equal([]);
      });

      it('finds nothing of a link that was never counted', async () => {
        expect(await load(aLink())).to.equal(undefined);
      });

      it('finds what was applied: version, tuple and removal', async () => {
        const link = aLink();
        const states = [
          state('99', aTuple()),
          state('100', undefined),
          state('49999999999999999999999999999999999999', aTuple()),
          state('050000000000000000000000000000000000000', undefined, true),
          {
            ...state('7', aTuple()),
            version: { generation: 0, epoch: '2026-02-01T00:00:00.000', sequence: '7' },
          },
          inGeneration(1, state('1', aTuple())),
          inGeneration(12, state('1', undefined)),
        ];
        let from: LinkState | undefined;
        for (const to of states) {
          await succeed({ link, from, to });
          from = await load(link);
          expect(from).to.deep.equal(to);
        }
      });

      it('keeps what was counted in an unnamed stream', async () => {
        const link = aLink();
        const to = { ...state('1', undefined), version: { generation: 0, epoch: '', sequence: '1' } };
        await succeed({ link, from: undefined, to });
        expect(await load(link)).to.deep.equal(to);
      });

      it('answers for many links at once, each in its place', async () => {
        const links = range(230).map(() => aLink());
        const counted = links.map((link, n) => ({ link, from: undefined, to: state(`${n}`, undefined) }));
        await succeed(...counted.filter((_, n) => n % 2 === 0));
        const states = await loadAll(links);
        expect(states).to.deep.equal(counted.map(({ to }, n) => (n % 2 === 0 ? to : undefined)));
      });

      it('reads nothing once it is aborted, and says so of each link', async () => {
        const links = range(230).map(() => aLink());
        expectNotTried(await harness.matcher.load(links, AbortSignal.abort()), links.length);
      });

      it('answers as ever while it is not aborted', async () => {
        const link = aLink();
        await succeed({ link, from: undefined, to: state('1', undefined) });
        const { signal } = new AbortController();
        expect(await harness.matcher.load([link, aLink()], signal)).to.deep.equal([
          state('1', undefined),
          undefined,
        ]);
      });
    });

    describe('apply', () => {
      it('does nothing with nothing to do', async () => {
        expect(await harness.matcher.apply([])).to.deep.equal([]);
      });

      it('counts a link under its tuple', async () => {
        const tuple = aTuple();
        await succeed({ link: aLink(), from: undefined, to: state('1', tuple) });
        expect(await harness.count(tuple)).to.equal(1);
      });

      it('moves a link from one tuple to another', async () => {
        const [link, old, next] = [aLink(), aTuple(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', old) });
        await succeed({ link: aLink(), from: undefined, to: state('1', old) });
        await succeed({ link, from: state('1', old), to: state('2', next) });
        expect(await harness.count(old)).to.equal(1);
        expect(await harness.count(next)).to.equal(1);
      });

      it('lets a count go away that reaches zero, and start again', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', tuple) });
        await succeed({ link, from: state('1', tuple), to: state('2', undefined) });
        expect(await harness.count(tuple)).to.equal(undefined);
        await succeed({ link, from: state('2', undefined), to: state('3', tuple) });
        expect(await harness.count(tuple)).to.equal(1);
      });

      it('remembers a removed link, and counts it no more', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', tuple) });
        await succeed({ link, from: state('1', tuple), to: state('2', undefined, true) });
        expect(await harness.count(tuple)).to.equal(undefined);
        expect(await load(link)).to.deep.equal(state('2', undefined, true));
      });

      it('moves only the state of a link that keeps its tuple', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', tuple) });
        await succeed({ link, from: state('1', tuple), to: state('2', tuple) });
        expect(await harness.count(tuple)).to.equal(1);
        expect(await load(link)).to.deep.equal(state('2', tuple));
      });

      it('counts many links under one tuple in one call', async () => {
        const tuple = aTuple();
        const links = range(150).map(() => aLink());
        await succeed(...links.map((link) => ({ link, from: undefined, to: state('1', tuple) })));
        expect(await harness.count(tuple)).to.equal(150);
        await succeed(
          ...links.map((link) => ({ link, from: state('1', tuple), to: state('2', undefined, true) })),
        );
        expect(await harness.count(tuple)).to.equal(undefined);
      });

      it('counts many links under as many tuples in one call', async () => {
        const tuples = range(150).map(() => aTuple());
        await succeed(...tuples.map((tuple) => ({ link: aLink(), from: undefined, to: state('1', tuple) })));
        for (const tuple of tuples) expect(await harness.count(tuple)).to.equal(1);
      });

      it('lets links change places in one call', async () => {
        const [a, b, left, right] = [aLink(), aLink(), aTuple(), aTuple()];
        await succeed(
          { link: a, from: undefined, to: state('1', left) },
          { link: b, from: undefined, to: state('2', right) },
        );
        await succeed(
          { link: a, from: state('1', left), to: state('3', right) },
          { link: b, from: state('2', right), to: state('4', left) },
        );
        expect(await harness.count(left)).to.equal(1);
        expect(await harness.count(right)).to.equal(1);
        expect(await loadAll([a, b])).to.deep.equal([state('3', right), state('4', left)]);
      });

      for (const order of ['leaves before another joins', 'joins before another leaves'])
        it(`keeps a count at one when a link ${order} in one call`, async () => {
          const [leaving, joining, tuple] = [aLink(), aLink(), aTuple()];
          await succeed({ link: leaving, from: undefined, to: state('1', tuple) });
          const moves = [
            { link: leaving, from: state('1', tuple), to: state('2', undefined) },
            { link: joining, from: undefined, to: state('3', tuple) },
          ];
          await succeed(...(order.startsWith('leaves') ? moves : moves.toReversed()));
          expect(await harness.count(tuple)).to.equal(1);
        });
    });

    describe('apply, once aborted,', () => {
      it('changes nothing, and says so of each move', async () => {
        const [leaving, joining, old, next] = [aLink(), aLink(), aTuple(), aTuple()];
        await succeed({ link: leaving, from: undefined, to: state('1', old) });
        const moves = [
          { link: leaving, from: state('1', old), to: state('2', undefined) },
          { link: joining, from: undefined, to: state('3', next) },
        ];
        expectNotTried(await harness.matcher.apply(moves, AbortSignal.abort()), moves.length);
        expect(await loadAll([leaving, joining])).to.deep.equal([state('1', old), undefined]);
        expect(await harness.count(old)).to.equal(1);
        expect(await harness.count(next)).to.equal(undefined);
      });

      it('says applied of nothing that is not, and what is left can be applied later', async () => {
        const tuple = aTuple();
        const moves = range(300).map(() => ({ link: aLink(), from: undefined, to: state('1', tuple) }));
        const aborting = new AbortController();
        const applying = harness.matcher.apply(moves, aborting.signal);
        setTimeout(() => {
          aborting.abort();
        }, 10);
        const results = await applying;
        let states = await loadAll(moves.map(({ link }) => link));
        for (const [n, { to }] of moves.entries())
          if (results[n] === 'done') expect(states[n]).to.deep.equal(to);
          else expectNotTried([results[n]], 1);

        // What was broken off may take effect at any time.
        for (let times = 1; times <= 100 && states.includes(undefined); times++) {
          await apply(...moves.filter((_, n) => states[n] === undefined));
          states = await loadAll(moves.map(({ link }) => link));
        }
        expect(states).to.deep.equal(moves.map(({ to }) => to));
        expect(await harness.count(tuple)).to.equal(moves.length);
      });

      it('applies as ever what it was given while it was not', async () => {
        const tuple = aTuple();
        const move = { link: aLink(), from: undefined, to: state('1', tuple) };
        const { signal } = new AbortController();
        expect(await harness.matcher.apply([move], signal)).to.deep.equal(['done']);
        expect(await harness.count(tuple)).to.equal(1);
      });
    });

    describe('apply, after somebody else moved the link,', () => {
      it('finds a conflict where there was no state, and does nothing', async () => {
        const [link, mine, theirs] = [aLink(), aTuple(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', theirs) });
        expect(await apply({ link, from: undefined, to: state('2', mine) })).to.deep.equal(['conflict']);
        expect(await load(link)).to.deep.equal(state('1', theirs));
        expect(await harness.count(mine)).to.equal(undefined);
        expect(await harness.count(theirs)).to.equal(1);
      });

      it('finds a conflict where the state is newer, and does nothing', async () => {
        const [link, old, mine, theirs] = [aLink(), aTuple(), aTuple(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', old) });
        await succeed({ link, from: state('1', old), to: state('2', theirs) });
        expect(await apply({ link, from: state('1', old), to: state('3', mine) })).to.deep.equal([
          'conflict',
        ]);
        expect(await load(link)).to.deep.equal(state('2', theirs));
        expect(await harness.count(old)).to.equal(undefined);
        expect(await harness.count(mine)).to.equal(undefined);
        expect(await harness.count(theirs)).to.equal(1);
      });

      it('finds a conflict where the link was removed', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        await succeed({ link, from: undefined, to: state('1', tuple) });
        await succeed({ link, from: state('1', tuple), to: state('3', undefined, true) });
        expect(await apply({ link, from: state('1', tuple), to: state('2', tuple) })).to.deep.equal([
          'conflict',
        ]);
        expect(await harness.count(tuple)).to.equal(undefined);
      });

      it('finds a conflict where the state is of another stream', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        const stored = {
          ...state('1', tuple),
          version: { generation: 0, epoch: '2026-02-01T00:00:00.000', sequence: '1' },
        };
        await succeed({ link, from: undefined, to: stored });
        expect(await apply({ link, from: state('1', tuple), to: state('2', undefined) })).to.deep.equal([
          'conflict',
        ]);
        expect(await harness.count(tuple)).to.equal(1);
      });

      it('finds a conflict where the state is of another table, although label and number are the same', async () => {
        for (const [stored, read] of [
          [1, 0],
          [0, 1],
          [10, 9],
        ] as const) {
          const [link, tuple] = [aLink(), aTuple()];
          await succeed({ link, from: undefined, to: inGeneration(stored, state('1', tuple)) });
          const from = inGeneration(read, state('1', tuple));
          const to = inGeneration(11, state('2', undefined));
          expect(await apply({ link, from, to })).to.deep.equal(['conflict']);
          expect(await harness.count(tuple)).to.equal(1);
        }
      });

      it('finds a conflict where a state was decided on that there never was', async () => {
        const [link, tuple] = [aLink(), aTuple()];
        expect(await apply({ link, from: state('1', tuple), to: state('2', undefined) })).to.deep.equal([
          'conflict',
        ]);
        expect(await load(link)).to.equal(undefined);
        expect(await harness.count(tuple)).to.equal(undefined);
      });

      it('finds a conflict on applying a move again, and does not count twice', async () => {
        const tuple = aTuple();
        const move = { link: aLink(), from: undefined, to: state('1', tuple) };
        await succeed(move);
        expect(await apply(move)).to.deep.equal(['conflict']);
        expect(await harness.count(tuple)).to.equal(1);
      });

      it('answers for many moves at once, each in its place, whatever becomes of the others', async () => {
        const shared = aTuple();
        const tuples = range(150).map((n) => (n % 2 === 0 ? shared : aTuple()));
        const moves = tuples.map((tuple) => ({ link: aLink(), from: undefined, to: state('2', tuple) }));
        const overtaken = (n: number) => n % 7 === 3;
        const theirs = aTuple();
        await succeed(
          ...moves.filter((_, n) => overtaken(n)).map((move) => ({ ...move, to: state('1', theirs) })),
        );

        const results = await apply(...moves);

        expect(results).to.deep.equal(moves.map((_, n) => (overtaken(n) ? 'conflict' : 'done')));
        const states = await loadAll(moves.map(({ link }) => link));
        expect(states).to.deep.equal(moves.map(({ to }, n) => (overtaken(n) ? state('1', theirs) : to)));
        expect(await harness.count(shared)).to.equal(
          tuples.filter((tuple, n) => tuple === shared && !overtaken(n)).length,
        );
        for (const [n, tuple] of tuples.entries())
          if (tuple !== shared) expect(await harness.count(tuple)).to.equal(overtaken(n) ? undefined : 1);
      });
    });

    describe('counts never fall below zero:', () => {
      /** A link whose state says that nothing is counted, and a move that claims the opposite. */
      const lyingMove = async (tuple: Tuple): Promise<LinkMove> => {
        const link = aLink();
        await succeed({ link, from: undefined, to: state('1', undefined) });
        return { link, from: state('1', tuple), to: state('2', undefined) };
      };
      const expectRefused = async (move: LinkMove, result: unknown) => {
        expect(result, 'neither applied nor silently dropped').to.satisfy(
          (r: unknown) => Fault.is(r) || r === 'conflict',
        );
        expect(await load(move.link)).to.deep.equal(state('1', undefined));
      };

      it('a move that would take one away from nothing is refused, and nothing of it done', async () => {
        const tuple = aTuple();
        const move = await lyingMove(tuple);
        const [result] = await apply(move);
        await expectRefused(move, result);
        expect(await harness.count(tuple)).to.equal(undefined);
      });

      it('a refused move does not add to its new tuple, nor keep others from being applied', async () => {
        const [tuple, next, other] = [aTuple(), aTuple(), aTuple()];
        const move = { ...(await lyingMove(tuple)), to: state('2', next) };
        const [result, others] = await apply(move, { link: aLink(), from: undefined, to: state('1', other) });
        await expectRefused(move, result);
        expect(others).to.equal('done');
        expect(await harness.count(tuple)).to.equal(undefined);
        expect(await harness.count(next)).to.equal(undefined);
        expect(await harness.count(other)).to.equal(1);
      });
    });

    describe('with many callers at once', () => {
      it('adds up what all of them count under one tuple', async () => {
        const tuple = aTuple();
        const links = range(25).map(() => aLink());
        await Promise.all(
          links.map((link) => succeedInTheEnd({ link, from: undefined, to: state('1', tuple) })),
        );
        expect(await harness.count(tuple)).to.equal(25);

        const next = aTuple();
        await Promise.all(
          links.map((link, n) =>
            succeedInTheEnd({ link, from: state('1', tuple), to: state('2', n < 10 ? undefined : next) }),
          ),
        );
        expect(await harness.count(tuple)).to.equal(undefined);
        expect(await harness.count(next)).to.equal(15);
      });

      it('lets one of them win that move one link at the same time', async () => {
        const link = aLink();
        const tuples = range(20).map(() => aTuple());
        const results = await Promise.all(
          tuples.map((tuple, n) => apply({ link, from: undefined, to: state(`${n + 1}`, tuple) })),
        );
        const winner = results.findIndex(([result]) => result === 'done');
        expect(results.map(([result]) => result)).to.deep.equal(
          tuples.map((_, n) => (n === winner ? 'done' : 'conflict')),
        );
        for (const [n, tuple] of tuples.entries())
          expect(await harness.count(tuple)).to.equal(n === winner ? 1 : undefined);
        expect(await load(link)).to.deep.equal(state(`${winner + 1}`, tuples[winner]));
      });

      it('agrees at every end: the counts are what the states say', async () => {
        const links = range(8).map(() => aLink());
        const tuples = range(3).map(() => aTuple());
        const walk = async (caller: number) => {
          for (let step = 1; step <= 12; step++) {
            const link = links[(caller * 3 + step * 5) % links.length]!;
            const from = await load(link);
            const to = state(`${Number(from?.version.sequence ?? 0) + 1}`, tuples[(caller + step * 2) % 4]);
            const [result] = await apply({ link, from, to });
            expect(result).to.be.oneOf(['done', 'conflict']);
          }
        };
        await Promise.all(range(6).map(walk));
        const states = await loadAll(links);
        for (const tuple of tuples) {
          const counted = states.filter((each) => each?.tuple?.model === tuple.model).length;
          expect(await harness.count(tuple)).to.equal(counted === 0 ? undefined : counted);
        }
      });
    });

    describe('whatever links and tuples are called,', () => {
      for (const text of HOSTILE_NAMES)
        it(`keeps ${JSON.stringify(text.slice(0, 60))}`, async () => {
          const link = { code: unique(text), serial: text };
          const tuple = { manufacturer: unique(text), model: text, typeDesignator: text };
          await succeed({ link, from: undefined, to: state('1', tuple) });
          expect(await load(link)).to.deep.equal(state('1', tuple));
          expect(await harness.count(tuple)).to.equal(1);
          await succeed({ link, from: await load(link), to: state('2', undefined) });
          expect(await harness.count(tuple)).to.equal(undefined);
        });

      whenAble(features.nulCharacters, 'keeps U+0000', async () => {
        const tuple = { ...aTuple(), model: 'a\u0000b' };
        await succeed({ link: aLink(), from: undefined, to: state('1', tuple) });
        expect(await harness.count(tuple)).to.equal(1);
      });

      it('mixes up no two tuples that look alike', async () => {
        const maker = unique('maker');
        const alike: Tuple[] = [
          { manufacturer: maker, model: 'a', typeDesignator: 'bc' },
          { manufacturer: maker, model: 'ab', typeDesignator: 'c' },
          { manufacturer: maker, model: 'A', typeDesignator: 'bc' },
          { manufacturer: maker, model: 'a#', typeDesignator: 'bc' },
          { manufacturer: maker, model: 'a', typeDesignator: '#bc' },
          { manufacturer: maker, model: 'a%23', typeDesignator: 'bc' },
          { manufacturer: maker, model: 'a b', typeDesignator: 'c' },
          { manufacturer: maker, model: 'a  b', typeDesignator: 'c' },
          { manufacturer: `${maker}a`, model: 'a', typeDesignator: 'bc' },
          { manufacturer: maker.toUpperCase(), model: 'a', typeDesignator: 'bc' },
        ];
        for (const [n, tuple] of alike.entries())
          await succeed(
            ...range(n + 1).map(() => ({ link: aLink(), from: undefined, to: state('1', tuple) })),
          );
        for (const [n, tuple] of alike.entries()) expect(await harness.count(tuple)).to.equal(n + 1);
      });

      it('counts no two tuples as one, though it may have to refuse both', async () => {
        const manufacturer = unique('maker');
        const parts: [model: string, typeDesignator: string][] = [
          ['A#TYPE', 'B'],
          ['A', 'TYPE#B'],
          ['A#TYPE#B', 'C'],
          ['A', 'B#TYPE#C'],
          ['A#TYPE#', 'B'],
          ['A', '#TYPE#B'],
          ['A', '\ud83d'],
          ['A', '\ud83e'],
        ];
        const tuples = parts.map(([model, typeDesignator]) => ({ manufacturer, model, typeDesignator }));
        const moves = tuples.map((tuple) => ({ link: aLink(), from: undefined, to: state('1', tuple) }));
        const results = await apply(...moves);
        for (const [n, result] of results.entries())
          if (Fault.is(result)) expect(result.kind).to.equal('permanent');
          else expect(await harness.count(tuples[n]!)).to.equal(1);
      });

      it('mixes up no two links that look alike', async () => {
        const code = unique('code');
        const alike: Link[] = [
          { code, serial: '1' },
          { code, serial: '01' },
          { code, serial: '1 ' },
          { code, serial: '1#' },
          { code: `${code}1`, serial: '1' },
          { code: `${code}#`, serial: '1' },
          { code: code.toUpperCase(), serial: '1' },
          { code, serial: '%31' },
        ];
        await succeed(
          ...alike.map((link, n) => ({ link, from: undefined, to: state(`${n + 1}`, undefined) })),
        );
        expect(await loadAll(alike)).to.deep.equal(alike.map((_, n) => state(`${n + 1}`, undefined)));
      });
    });
  });
}

function aLink(): Link {
  return { code: unique('code'), serial: unique('serial') };
}

function aTuple(): Tuple {
  return { manufacturer: unique('maker'), model: unique('model'), typeDesignator: unique('type') };
}

function inGeneration(generation: number, { version, ...state }: LinkState): LinkState {
  return { ...state, version: { ...version, generation } };
}

function state(sequence: string, tuple: Tuple | undefined, removed = false): LinkState {
  return { version: { generation: 0, epoch: '2026-01-05T09:00:00.000', sequence }, tuple, removed };
}
