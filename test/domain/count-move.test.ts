import { expect } from 'chai';
import fc from 'fast-check';
import type { Change } from '../../src/domain/change.ts';
import { groupBy, newest } from '../../src/domain/coalesce.ts';
import { commandsOf, type UpdateMatcherTupleCommand } from '../../src/domain/command.ts';
import { contributionOf, type Tuple } from '../../src/domain/count.ts';
import {
  type CountMove,
  type CountState,
  decideCountMove,
  netDeltas,
  sameContributions,
} from '../../src/domain/count-move.ts';
import { itemKey, keyOf } from '../../src/domain/row.ts';
import type { Attributes } from '../../src/domain/value.ts';
import {
  attributes,
  change,
  contribution,
  decimal,
  link,
  row,
  TUPLE_COUNTS,
  tuple,
  version,
} from '../support/factories.ts';
import { sameState } from '../../src/domain/version.ts';

function state(sequence: number, counted: Tuple | undefined, removed = false): CountState {
  return {
    version: version(sequence),
    contributions: counted === undefined ? [] : [contribution(counted)],
    removed,
  };
}

/** How a tuple's count changes. */
interface Delta {
  readonly tuple: Tuple;
  readonly delta: number;
}

/** What moves do to the counts together. A link adds one to its tuple, so a count is that of its rows. */
function sums(moves: readonly Pick<CountMove, 'from' | 'to'>[]): Delta[] {
  return netDeltas(moves).map(({ tuple: counted, at, amount, rows }) => {
    expect(at).to.deep.equal(contribution(counted).at);
    expect(amount.text).to.equal(String(rows));
    return { tuple: counted, delta: rows };
  });
}

/** What the move from one state to the next does to the counts. */
function deltas(from: CountState | undefined, to: CountState): Delta[] {
  const move = decideCountMove(link(), from, to);
  return move === undefined ? [] : sums([move]);
}

describe('decideCountMove', () => {
  const skyhawk = tuple('172S');
  const cutlass = tuple('172RG');

  it('given a link never counted, when one with a tuple is inserted, then its tuple gains one', () => {
    expect(decideCountMove(link(), undefined, state(1, skyhawk))).to.deep.equal({
      source: link(),
      from: undefined,
      to: state(1, skyhawk),
    });
    expect(deltas(undefined, state(1, skyhawk))).to.deep.equal([{ tuple: skyhawk, delta: 1 }]);
  });

  it('given a link never counted, when one without a tuple is inserted, then only its state is kept', () => {
    expect(decideCountMove(link(), undefined, state(1, undefined))).to.have.deep.property(
      'to',
      state(1, undefined),
    );
    expect(deltas(undefined, state(1, undefined))).to.deep.equal([]);
  });

  it('given a counted link, when its tuple changes, then one moves from the old to the new', () => {
    expect(deltas(state(1, skyhawk), state(2, cutlass))).to.deep.equal([
      { tuple: skyhawk, delta: -1 },
      { tuple: cutlass, delta: 1 },
    ]);
  });

  it('given a counted link, when it changes and its tuple does not, then its version moves and no count', () => {
    expect(decideCountMove(link(), state(1, skyhawk), state(2, tuple('172S')))).to.deep.equal({
      source: link(),
      from: state(1, skyhawk),
      to: state(2, skyhawk),
    });
    expect(deltas(state(1, skyhawk), state(2, tuple('172S')))).to.deep.equal([]);
  });

  it('given a link without a valid tuple, when it gains one, then that tuple gains one', () => {
    expect(deltas(state(1, undefined), state(2, skyhawk))).to.deep.equal([{ tuple: skyhawk, delta: 1 }]);
  });

  it('given a counted link, when it loses its valid tuple, then that tuple loses one', () => {
    expect(deltas(state(1, skyhawk), state(2, undefined))).to.deep.equal([{ tuple: skyhawk, delta: -1 }]);
  });

  it('given a counted link, when it is removed, then its tuple loses one and a tombstone stays', () => {
    expect(decideCountMove(link(), state(1, skyhawk), state(2, undefined, true))).to.have.deep.property(
      'to',
      {
        version: version(2),
        contributions: [],
        removed: true,
      },
    );
    expect(deltas(state(1, skyhawk), state(2, undefined, true))).to.deep.equal([
      { tuple: skyhawk, delta: -1 },
    ]);
  });

  it('given a removed link, when it is inserted again, then its tuple gains one', () => {
    expect(deltas(state(2, undefined, true), state(3, skyhawk))).to.deep.equal([
      { tuple: skyhawk, delta: 1 },
    ]);
  });

  it('given a removed link, when an older record of it arrives late, then nothing moves', () => {
    expect(decideCountMove(link(), state(2, undefined, true), state(1, skyhawk))).to.equal(undefined);
  });

  it('given a counted change, when it is delivered again, then nothing moves', () => {
    expect(decideCountMove(link(), state(2, skyhawk), state(2, skyhawk))).to.equal(undefined);
  });

  it('given a counted change, when an older one arrives late, then nothing moves', () => {
    expect(decideCountMove(link(), state(10, skyhawk), state(9, cutlass))).to.equal(undefined);
  });

  it('given a lost change, when the next one arrives, then the move starts from what was counted', () => {
    const counted = state(1, skyhawk);
    const afterTheLostOne = state(3, cutlass);
    expect(deltas(counted, afterTheLostOne)).to.deep.equal([
      { tuple: skyhawk, delta: -1 },
      { tuple: cutlass, delta: 1 },
    ]);
  });
});

describe('netDeltas', () => {
  const move = (serial: string, from: Tuple | undefined, to: Tuple | undefined): CountMove => ({
    source: link(serial),
    from: from && state(1, from),
    to: state(2, to),
  });

  it('given no moves, when summed, then there is no delta', () => {
    expect(sums([])).to.deep.equal([]);
  });

  it('given several links that gain one tuple, when summed, then it has one delta of their number', () => {
    const moves = ['1', '2', '3'].map((serial) => move(serial, undefined, tuple()));
    expect(sums(moves)).to.deep.equal([{ tuple: tuple(), delta: 3 }]);
  });

  it('given several links that lose one tuple, when summed, then it has one delta of their number below zero', () => {
    const moves = ['1', '2'].map((serial) => move(serial, tuple(), undefined));
    expect(sums(moves)).to.deep.equal([{ tuple: tuple(), delta: -2 }]);
  });

  it('given moves that cancel out, when summed, then their tuples are left out', () => {
    const moves = [
      move('1', tuple('A'), tuple('B')),
      move('2', tuple('B'), tuple('A')),
      move('3', undefined, tuple('C')),
    ];
    expect(sums(moves)).to.deep.equal([{ tuple: tuple('C'), delta: 1 }]);
  });

  it('given tuples that differ in any one field, when summed, then each has its own delta', () => {
    const tuples = [
      tuple(),
      tuple('172R'),
      tuple('172S', { manufacturer: 'X' }),
      tuple('172S', { type_designator: 'X' }),
    ];
    const found = sums(tuples.map((to, index) => move(String(index), undefined, to)));
    expect(found).to.deep.equal(tuples.map((each) => ({ tuple: each, delta: 1 })));
  });
});

/** The one command that a change of a link asks for. */
function countCommandOf(of: Change): UpdateMatcherTupleCommand {
  const [command, ...others] = commandsOf(of);
  if (command?.does !== 'count' || others.length > 0) throw new Error('expected one command to count');
  return command;
}

describe('counting by moves', () => {
  /** Counts as a repository keeps them. No delivery may take one below zero. */
  class Matcher {
    readonly #states = new Map<string, CountState>();
    readonly #counts = new Map<string, number>();

    deliver(batch: readonly Change[]): void {
      const commands = batch.map(countCommandOf);
      const moves = [...groupBy(commands, (each) => each.change.item).values()].flatMap((group) => {
        const { change: last, held } = newest(group);
        const to: CountState = {
          version: last.version,
          contributions: held.map((each) => contributionOf(TUPLE_COUNTS, each)),
          removed: last.operation === 'REMOVE',
        };
        return decideCountMove({ model: TUPLE_COUNTS, row: last.row }, this.#states.get(last.item), to) ?? [];
      });
      for (const { tuple: of, delta } of sums(moves)) {
        const model = of['model']!;
        const count = (this.#counts.get(model) ?? 0) + delta;
        expect(count, `the count of ${model}`).to.be.at.least(0);
        if (count === 0) this.#counts.delete(model);
        else this.#counts.set(model, count);
      }
      for (const move of moves) this.#states.set(itemKey(keyOf(move.source.row)), move.to);
    }

    get counts(): Record<string, number> {
      return Object.fromEntries(this.#counts);
    }
  }

  /** What becomes of a link row: it holds a model, a blank one, or it is removed. */
  type Step = readonly [serial: string, becomes: string | undefined];

  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('172', '182', ' ', undefined)),
    { minLength: 1, maxLength: 20 },
  );

  function changesOf(history: readonly Step[]): Change[] {
    const rows = new Map<string, Attributes>();
    return history.map(([serial, model], index) => {
      const before = rows.get(serial) ?? 'absent';
      const after =
        model === undefined ? 'absent' : attributes({ manufacturer: 'CESSNA', model, type_designator: 'C' });
      if (after === 'absent') rows.delete(serial);
      else rows.set(serial, after);
      const operation = after === 'absent' ? 'REMOVE' : before === 'absent' ? 'INSERT' : 'MODIFY';
      return change({ row: row.link(serial), before, after, operation, sequence: index + 8 });
    });
  }

  function recount(history: readonly Step[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const model of new Map(history).values())
      if (model?.trim()) counts[model] = (counts[model] ?? 0) + 1;
    return counts;
  }

  it('given losses, repeats and late records, when all is delivered, then counts match the final rows', () => {
    const picks = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), { maxLength: 12 });
    fc.assert(
      fc.property(steps, picks, picks, (history, early, late) => {
        const changes = changesOf(history);
        const chosen = (batches: readonly (readonly number[])[]) =>
          batches.map((batch) => batch.map((pick) => changes[pick % changes.length]!));
        const lastOfEachRow = [...new Map(changes.map((each) => [each.item, each])).values()];

        const matcher = new Matcher();
        for (const batch of chosen(early)) matcher.deliver(batch);
        for (const each of lastOfEachRow) matcher.deliver([each]);
        for (const batch of chosen(late)) matcher.deliver(batch);
        expect(matcher.counts).to.deep.equal(recount(history));
      }),
    );
  });

  it('given any history, when delivered in order, then the counts are right after every batch', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });
    fc.assert(
      fc.property(steps, sizes, (history, split) => {
        const changes = changesOf(history);
        const matcher = new Matcher();
        for (let from = 0, batch = 0; from < changes.length; batch++) {
          const to = from + split[batch % split.length]!;
          matcher.deliver(changes.slice(from, to));
          expect(matcher.counts).to.deep.equal(recount(history.slice(0, to)));
          from = to;
        }
      }),
    );
  });
});

describe('sameState', () => {
  it('given states of one version, then they are the same, however the version is written', () => {
    expect(sameState(state(5, tuple()), state(5, undefined))).to.equal(true);
    expect(sameState(state(5, undefined), { ...state(5, undefined), version: version('005') })).to.equal(
      true,
    );
  });

  it('given states of different versions, or one and none, then they are not', () => {
    expect(sameState(state(5, tuple()), state(6, tuple()))).to.equal(false);
    expect(sameState(undefined, state(5, tuple()))).to.equal(false);
    expect(sameState(state(5, tuple()), undefined)).to.equal(false);
  });

  it('given none twice, then it is the same', () => {
    expect(sameState(undefined, undefined)).to.equal(true);
  });
});

describe('sums', () => {
  const adding = (amount: string, of = tuple()) => ({ ...contribution(of), amount: decimal(amount) });
  const move = (from: readonly string[], to: readonly string[]) => ({
    from: { ...state(1, undefined), contributions: from.map((amount) => adding(amount)) },
    to: { ...state(2, undefined), contributions: to.map((amount) => adding(amount)) },
  });
  const netOf = (...moves: Pick<CountMove, 'from' | 'to'>[]) =>
    netDeltas(moves).map(({ amount, rows }) => [amount.text, rows]);

  it('given amounts that change, when summed, then they are exact, and the rows are counted beside them', () => {
    expect(netOf(move([], ['0.1']), move([], ['0.2']))).to.deep.equal([['0.3', 2]]);
    expect(netOf(move(['0.3'], ['0.1']))).to.deep.equal([['-0.2', 0]]);
    expect(netOf(move(['5'], []))).to.deep.equal([['-5', -1]]);
  });

  it('given rows whose amounts cancel out, when summed, then the rows are still counted', () => {
    expect(netOf(move([], ['5']), move([], ['-5']))).to.deep.equal([['0', 2]]);
    expect(netOf(move([], ['0']))).to.deep.equal([['0', 1]]);
  });

  it('given one row for another of the same amount, when summed, then there is no delta', () => {
    expect(netOf(move(['5'], []), move([], ['5.0']))).to.deep.equal([]);
  });

  it('given contributions in another order or notation, then they are the same; others are not', () => {
    const [a, b] = [adding('1', tuple('A')), adding('2', tuple('B'))];
    expect(sameContributions([a, b], [b, { ...a, amount: decimal('1.0') }])).to.equal(true);
    expect(sameContributions([], [])).to.equal(true);
    expect(sameContributions([a, b], [a])).to.equal(false);
    expect(sameContributions([a], [{ ...a, amount: decimal('2') }])).to.equal(false);
    expect(sameContributions([a], [{ ...a, at: { partition: 'elsewhere', sort: 'x' } }])).to.equal(false);
  });
});
